//! Memory of a device, and of the host where a device reads it by itself.

use std::ptr::{NonNull, null_mut};
use std::sync::Arc;

use cudarc::driver::sys::{self as cuda, CUdeviceptr, CUresult};

use super::call::check;
use super::context::Context;
use crate::error::CudaError;

/// Bytes on a device.
#[derive(Debug)]
pub struct DeviceMemory {
    context: Arc<Context>,
    at: CUdeviceptr,
    bytes: usize,
}

impl DeviceMemory {
    /// So many bytes, at least one, of arbitrary contents.
    pub fn new(context: &Arc<Context>, bytes: usize) -> Result<Self, CudaError> {
        context.enter()?;
        let bytes = bytes.max(1);
        let mut at = 0;
        // SAFETY: it writes one address.
        match unsafe { cuda::cuMemAlloc_v2(&mut at, bytes) } {
            CUresult::CUDA_ERROR_OUT_OF_MEMORY => {
                let [free, total] = context.memory().unwrap_or_default();
                Err(CudaError::OutOfMemory {
                    asked_mib: bytes.div_ceil(1 << 20),
                    free_mib: free >> 20,
                    total_mib: total >> 20,
                })
            }
            code => check(code, "cuMemAlloc").map(|()| Self {
                context: context.clone(),
                at,
                bytes,
            }),
        }
    }

    /// Where it lies on the device.
    pub fn address(&self) -> u64 {
        self.at
    }

    /// How many bytes it has.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Writes numbers from byte `offset` on; the host waits.
    ///
    /// # Panics
    /// Panics where they reach beyond its end.
    pub fn write<N: Number>(&self, offset: usize, values: &[N]) -> Result<(), CudaError> {
        let bytes = size_of_val(values);
        assert!(offset + bytes <= self.bytes, "more than the memory holds");
        self.context.enter()?;
        let to = self.at + offset as u64;
        // SAFETY: the source is a slice, the target has room as just checked.
        let code = unsafe { cuda::cuMemcpyHtoD_v2(to, values.as_ptr().cast(), bytes) };
        check(code, "cuMemcpyHtoD")?;
        // The copy from pageable memory may still be on its way to the device, where a stream that
        // does not wait for the default one would overtake it.
        // SAFETY: the default stream of the current context.
        check(
            unsafe { cuda::cuStreamSynchronize(null_mut()) },
            "cuStreamSynchronize",
        )
    }

    /// The first `len` numbers in it; the host waits.
    ///
    /// # Panics
    /// Panics where they are more than it holds.
    pub fn read(&self, offset: usize, len: usize) -> Result<Vec<f32>, CudaError> {
        let bytes = len * size_of::<f32>();
        assert!(offset + bytes <= self.bytes, "more than the memory holds");
        self.context.enter()?;
        let mut values = vec![0.0_f32; len];
        // SAFETY: the target is a vector of so many bytes, the source has them as just checked; any
        // bits are a float.
        let code = unsafe {
            cuda::cuMemcpyDtoH_v2(values.as_mut_ptr().cast(), self.at + offset as u64, bytes)
        };
        check(code, "cuMemcpyDtoH")?;
        Ok(values)
    }
}

impl Drop for DeviceMemory {
    fn drop(&mut self) {
        if self.context.enter().is_ok() {
            // SAFETY: allocated once, freed once. The driver waits for work that uses it.
            unsafe { cuda::cuMemFree_v2(self.at) };
        }
    }
}

/// What may be copied as it lies: all bits of it mean a number.
pub trait Number: Copy {}

impl Number for u8 {}
impl Number for f32 {}
impl Number for u64 {}

/// Floats of the host that a device reads by itself.
#[derive(Debug)]
pub struct HostMemory {
    context: Arc<Context>,
    at: NonNull<f32>,
    len: usize,
}

// SAFETY: it is owned memory like a box of floats.
unsafe impl Send for HostMemory {}

impl HostMemory {
    /// Room for so many floats, at least one, all 0.
    pub fn new(context: &Arc<Context>, len: usize) -> Result<Self, CudaError> {
        context.enter()?;
        let len = len.max(1);
        let mut at = null_mut();
        // SAFETY: it writes one address.
        let code = unsafe { cuda::cuMemAllocHost_v2(&mut at, len * size_of::<f32>()) };
        check(code, "cuMemAllocHost")?;
        let Some(at) = NonNull::new(at.cast::<f32>()) else {
            return check(CUresult::CUDA_ERROR_OUT_OF_MEMORY, "cuMemAllocHost").map(|()| {
                unreachable!("an error is no success");
            });
        };
        // SAFETY: so many bytes were just allocated, at an address that suits every type.
        unsafe { at.write_bytes(0, len) };
        Ok(Self {
            context: context.clone(),
            at,
            len,
        })
    }

    /// What is in it.
    pub fn values(&self) -> &[f32] {
        // SAFETY: allocated with so many floats, all written since `new`.
        unsafe { std::slice::from_raw_parts(self.at.as_ptr(), self.len) }
    }

    /// What is in it, to be changed.
    pub fn values_mut(&mut self) -> &mut [f32] {
        // SAFETY: as above, and it is borrowed alone; whoever shows it to a device waits before.
        unsafe { std::slice::from_raw_parts_mut(self.at.as_ptr(), self.len) }
    }
}

impl Drop for HostMemory {
    fn drop(&mut self) {
        if self.context.enter().is_ok() {
            // SAFETY: allocated once, freed once.
            unsafe { cuda::cuMemFreeHost(self.at.as_ptr().cast()) };
        }
    }
}
