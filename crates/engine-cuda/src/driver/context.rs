//! A device, opened.

use std::ffi::CStr;
use std::ptr::null_mut;

use cudarc::driver::sys::{self as cuda, CUcontext, CUdevice, CUdevice_attribute as Attribute};

use super::call::check;
use crate::error::CudaError;

/// Makes the driver ready.
pub fn initialise() -> Result<(), CudaError> {
    // SAFETY: the library is there, as the caller has found; it may be called any number of times.
    check(unsafe { cuda::cuInit(0) }, "cuInit")
}

/// The version of CUDA that the driver speaks, as 1000 · major + 10 · minor.
pub fn driver_version() -> Result<usize, CudaError> {
    let mut version = 0;
    // SAFETY: it writes one number, and needs no `cuInit`.
    check(
        unsafe { cuda::cuDriverGetVersion(&mut version) },
        "cuDriverGetVersion",
    )?;
    Ok(usize::try_from(version).unwrap_or(0))
}

/// How many devices the driver shows.
pub fn count() -> Result<usize, CudaError> {
    let mut count = 0;
    // SAFETY: it writes one number.
    check(
        unsafe { cuda::cuDeviceGetCount(&mut count) },
        "cuDeviceGetCount",
    )?;
    Ok(usize::try_from(count).unwrap_or(0))
}

/// The primary context of a device, which all of a process share.
#[derive(Debug)]
pub struct Context {
    device: CUdevice,
    handle: CUcontext,
    /// From 0.
    pub index: usize,
}

// SAFETY: a context may be made current on, and released from, any thread.
unsafe impl Send for Context {}
// SAFETY: the driver guards its contexts itself.
unsafe impl Sync for Context {}

impl Context {
    /// Opens device `index`.
    pub fn open(index: usize) -> Result<Self, CudaError> {
        let found = count()?;
        let number = i32::try_from(index).ok().filter(|_| index < found);
        let Some(number) = number else {
            return Err(CudaError::NoSuchDevice { index, found });
        };
        let mut device = 0;
        let mut handle = null_mut();
        // SAFETY: both calls write one handle.
        check(
            unsafe { cuda::cuDeviceGet(&mut device, number) },
            "cuDeviceGet",
        )?;
        let retained = unsafe { cuda::cuDevicePrimaryCtxRetain(&mut handle, device) };
        check(retained, "cuDevicePrimaryCtxRetain")?;
        let context = Self {
            device,
            handle,
            index,
        };
        context.enter()?;
        Ok(context)
    }

    /// Makes it current on this thread, as every other call wants it.
    pub fn enter(&self) -> Result<(), CudaError> {
        // SAFETY: the handle is retained until drop.
        check(
            unsafe { cuda::cuCtxSetCurrent(self.handle) },
            "cuCtxSetCurrent",
        )
    }

    fn attribute(&self, attribute: Attribute) -> Result<u32, CudaError> {
        let mut value = 0;
        // SAFETY: it writes one number.
        let code = unsafe { cuda::cuDeviceGetAttribute(&mut value, attribute, self.device) };
        check(code, "cuDeviceGetAttribute")?;
        Ok(u32::try_from(value).unwrap_or(0))
    }

    /// Compute capability: major, minor.
    pub fn capability(&self) -> Result<[u32; 2], CudaError> {
        Ok([
            self.attribute(Attribute::CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR)?,
            self.attribute(Attribute::CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR)?,
        ])
    }

    /// Its multiprocessors.
    pub fn multiprocessors(&self) -> Result<u32, CudaError> {
        self.attribute(Attribute::CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT)
    }

    /// What its maker calls it.
    pub fn name(&self) -> Result<String, CudaError> {
        let mut name = [0; 128];
        // SAFETY: it writes at most 127 bytes and a zero.
        let code = unsafe { cuda::cuDeviceGetName(name.as_mut_ptr(), 128, self.device) };
        check(code, "cuDeviceGetName")?;
        // SAFETY: it ends with a zero, at the latest the last of the 128 that it was made with.
        let name = unsafe { CStr::from_ptr(name.as_ptr()) };
        Ok(name.to_string_lossy().into_owned())
    }

    /// Which of all devices it is, in hexadecimal.
    pub fn uuid(&self) -> Result<String, CudaError> {
        let mut uuid = cuda::CUuuid { bytes: [0; 16] };
        // SAFETY: it writes 16 bytes.
        let code = unsafe { cuda::cuDeviceGetUuid_v2(&mut uuid, self.device) };
        check(code, "cuDeviceGetUuid")?;
        let digits = uuid.bytes.iter().map(|byte| format!("{:02x}", *byte as u8));
        Ok(digits.collect())
    }

    /// Bytes of its memory: free, and in all.
    pub fn memory(&self) -> Result<[usize; 2], CudaError> {
        self.enter()?;
        let [mut free, mut total] = [0; 2];
        // SAFETY: it writes two numbers.
        check(
            unsafe { cuda::cuMemGetInfo_v2(&mut free, &mut total) },
            "cuMemGetInfo",
        )?;
        Ok([free, total])
    }
}

impl Drop for Context {
    fn drop(&mut self) {
        // SAFETY: retained once, released once; whoever made something in it holds it.
        unsafe { cuda::cuDevicePrimaryCtxRelease_v2(self.device) };
    }
}
