//! A place in a queue of work.

use std::ptr::null_mut;
use std::sync::Arc;

use cudarc::driver::sys::{self as cuda, CUevent};

use super::call::check;
use super::context::Context;
use crate::error::CudaError;

/// An event without a time.
const UNTIMED: u32 = 2;

/// A mark in a queue, which the host can wait for.
#[derive(Debug)]
pub struct Event {
    context: Arc<Context>,
    handle: CUevent,
}

// SAFETY: an event may be used from any thread, one at a time.
unsafe impl Send for Event {}

impl Event {
    /// A mark that is nowhere yet.
    pub fn new(context: &Arc<Context>) -> Result<Self, CudaError> {
        context.enter()?;
        let mut handle = null_mut();
        // SAFETY: it writes one handle.
        check(
            unsafe { cuda::cuEventCreate(&mut handle, UNTIMED) },
            "cuEventCreate",
        )?;
        Ok(Self {
            context: context.clone(),
            handle,
        })
    }

    /// Waits until the queue has come to where the mark was last set; at once where it never was.
    pub fn wait(&self) -> Result<(), CudaError> {
        self.context.enter()?;
        // SAFETY: the handle lives as long as self.
        check(
            unsafe { cuda::cuEventSynchronize(self.handle) },
            "cuEventSynchronize",
        )
    }

    pub(super) fn handle(&self) -> CUevent {
        self.handle
    }
}

impl Drop for Event {
    fn drop(&mut self) {
        if self.context.enter().is_ok() {
            // SAFETY: made once, destroyed once; the driver lets queued work end.
            unsafe { cuda::cuEventDestroy_v2(self.handle) };
        }
    }
}
