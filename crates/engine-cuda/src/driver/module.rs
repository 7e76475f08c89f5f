//! Compiled kernels on a device.

use std::collections::BTreeMap;
use std::ffi::CString;
use std::ptr::null_mut;
use std::sync::{Arc, Mutex, PoisonError};

use cudarc::driver::sys::{self as cuda, CUfunction, CUmodule};

use super::call::check;
use super::context::Context;
use crate::error::CudaError;

/// A kernel on a device. It lives as long as its module, which lives as long as the process.
#[derive(Clone, Copy, Debug)]
pub struct Function(pub(super) CUfunction);

// SAFETY: a function is a name for code that never changes.
unsafe impl Send for Function {}

/// The kernels of one compilation on one device.
#[derive(Debug)]
pub struct Module {
    context: Arc<Context>,
    handle: CUmodule,
    known: Mutex<BTreeMap<&'static str, Function>>,
}

// SAFETY: the driver guards its modules itself.
unsafe impl Send for Module {}
// SAFETY: likewise.
unsafe impl Sync for Module {}

impl Module {
    /// Brings machine code onto the device. It is never unloaded: one for each device and type of
    /// maps is there in a process.
    pub fn load(context: &Arc<Context>, code: &[u8]) -> Result<Self, CudaError> {
        context.enter()?;
        // The driver looks for a zero behind textual code.
        let code = [code, &[0]].concat();
        let mut handle = null_mut();
        // SAFETY: it copies the code, whose extent its own header tells, and writes one handle.
        let loaded = unsafe { cuda::cuModuleLoadData(&mut handle, code.as_ptr().cast()) };
        check(loaded, "cuModuleLoadData")?;
        Ok(Self {
            context: context.clone(),
            handle,
            known: Mutex::default(),
        })
    }

    /// A kernel by its name.
    pub fn function(&self, name: &'static str) -> Result<Function, CudaError> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(function) = known.get(name) {
            return Ok(*function);
        }
        self.context.enter()?;
        let text = CString::new(name).unwrap_or_default();
        let mut handle = null_mut();
        // SAFETY: the name ends with a zero; it writes one handle.
        let code = unsafe { cuda::cuModuleGetFunction(&mut handle, self.handle, text.as_ptr()) };
        check(code, "cuModuleGetFunction").map_err(|error| match error {
            CudaError::Call {
                call,
                name: code,
                text,
                is_passing,
            } => CudaError::Call {
                call,
                name: format!("{code}, kernel {name}"),
                text,
                is_passing,
            },
            other => other,
        })?;
        known.insert(name, Function(handle));
        Ok(Function(handle))
    }
}
