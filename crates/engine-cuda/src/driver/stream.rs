//! Work of a device, one thing after the other.

use std::ffi::c_void;
use std::ptr::null_mut;
use std::sync::Arc;

use cudarc::driver::sys::{self as cuda, CUstream};

use super::call::check;
use super::context::Context;
use super::event::Event;
use super::graph::Graph;
use super::memory::{DeviceMemory, HostMemory};
use super::module::Function;
use crate::error::CudaError;

/// A queue of work.
#[derive(Debug)]
pub struct Stream {
    context: Arc<Context>,
    handle: CUstream,
}

// SAFETY: streams and events may be used from any thread, one at a time.
unsafe impl Send for Stream {}

/// Threads of a block: what every kernel is written for.
const THREADS: u32 = 256;
/// A stream that does not wait for the default one.
const NON_BLOCKING: u32 = 1;

impl Stream {
    /// A new queue.
    pub fn new(context: &Arc<Context>) -> Result<Self, CudaError> {
        context.enter()?;
        let mut handle = null_mut();
        // SAFETY: it writes one handle.
        check(
            unsafe { cuda::cuStreamCreate(&mut handle, NON_BLOCKING) },
            "cuStreamCreate",
        )?;
        Ok(Self {
            context: context.clone(),
            handle,
        })
    }

    /// Waits until all of it is done.
    pub fn wait(&self) -> Result<(), CudaError> {
        self.context.enter()?;
        // SAFETY: the handle lives as long as self.
        check(
            unsafe { cuda::cuStreamSynchronize(self.handle) },
            "cuStreamSynchronize",
        )
    }

    /// Sets a mark at the end of the queue.
    pub fn mark(&self, event: &Event) -> Result<(), CudaError> {
        self.context.enter()?;
        // SAFETY: both handles live as long as what holds them.
        check(
            unsafe { cuda::cuEventRecord(event.handle(), self.handle) },
            "cuEventRecord",
        )
    }

    /// Copies the first `len` floats of the host to a device, once it is their turn. They may not be
    /// changed before the queue has come past that.
    ///
    /// # Panics
    /// Panics where either has fewer.
    pub fn upload(
        &self,
        from: &HostMemory,
        to: &DeviceMemory,
        len: usize,
    ) -> Result<(), CudaError> {
        let bytes = len * size_of::<f32>();
        assert!(
            len <= from.values().len() && bytes <= to.bytes(),
            "more than there is room for"
        );
        self.context.enter()?;
        // SAFETY: both have so many bytes, as just checked, and outlive the copy: the host's memory
        // by what the caller keeps to, the device's because the driver waits before it frees.
        let code = unsafe {
            cuda::cuMemcpyHtoDAsync_v2(
                to.address(),
                from.values().as_ptr().cast(),
                bytes,
                self.handle,
            )
        };
        check(code, "cuMemcpyHtoDAsync")
    }

    /// Copies the first floats at an address of a device to the host, as many as the host's memory
    /// has, once it is their turn. They may be read once the queue has come past that.
    pub fn download(&self, from: u64, to: &mut HostMemory) -> Result<(), CudaError> {
        let bytes = size_of_val(to.values());
        self.context.enter()?;
        // SAFETY: the host's memory has so many bytes; the address is of memory that the caller
        // holds and that has as many. Both outlive the copy, as above.
        let code = unsafe {
            cuda::cuMemcpyDtoHAsync_v2(
                to.values_mut().as_mut_ptr().cast(),
                from,
                bytes,
                self.handle,
            )
        };
        check(code, "cuMemcpyDtoHAsync")
    }

    /// Sets bytes of a device to 0, once it is their turn.
    pub fn clear(&self, memory: &DeviceMemory) -> Result<(), CudaError> {
        self.context.enter()?;
        // SAFETY: the memory has so many bytes.
        let code =
            unsafe { cuda::cuMemsetD8Async(memory.address(), 0, memory.bytes(), self.handle) };
        check(code, "cuMemsetD8Async")
    }

    /// Launches a kernel, once it is its turn. Each argument is the bits of an address or number in
    /// its first bytes.
    pub fn launch(
        &self,
        function: Function,
        grid: [u32; 2],
        arguments: &mut [u64],
    ) -> Result<(), CudaError> {
        let mut pointers: Vec<*mut c_void> = arguments
            .iter_mut()
            .map(|argument| (argument as *mut u64).cast())
            .collect();
        self.context.enter()?;
        // SAFETY: the driver reads as many arguments as the kernel has, and the schedule gives as
        // many, of those types: tests launch every kernel. Their addresses are of memory that the
        // executor holds.
        let code = unsafe {
            cuda::cuLaunchKernel(
                function.0,
                grid[0],
                grid[1],
                1,
                THREADS,
                1,
                1,
                0,
                self.handle,
                pointers.as_mut_ptr(),
                null_mut(),
            )
        };
        check(code, "cuLaunchKernel")
    }

    /// What `work` queues, as one thing that can be queued again and again. Nothing of it is done.
    pub fn record(&self, work: impl FnOnce() -> Result<(), CudaError>) -> Result<Graph, CudaError> {
        self.context.enter()?;
        let mode = cuda::CUstreamCaptureMode::CU_STREAM_CAPTURE_MODE_THREAD_LOCAL;
        // SAFETY: the handle lives as long as self.
        check(
            unsafe { cuda::cuStreamBeginCapture_v2(self.handle, mode) },
            "cuStreamBeginCapture",
        )?;
        let done = work();
        let mut graph = null_mut();
        // SAFETY: it writes one handle, or null where the capture failed.
        let ended = unsafe { cuda::cuStreamEndCapture(self.handle, &mut graph) };
        done?;
        check(ended, "cuStreamEndCapture")?;
        Graph::new(&self.context, graph)
    }

    /// Queues recorded work.
    pub fn replay(&self, graph: &Graph) -> Result<(), CudaError> {
        self.context.enter()?;
        // SAFETY: both handles live as long as what holds them.
        check(
            unsafe { cuda::cuGraphLaunch(graph.handle(), self.handle) },
            "cuGraphLaunch",
        )
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        if self.context.enter().is_ok() {
            // SAFETY: made once, destroyed once; the driver lets queued work end.
            unsafe {
                cuda::cuStreamSynchronize(self.handle);
                cuda::cuStreamDestroy_v2(self.handle);
            }
        }
    }
}
