//! Recorded work.

use std::ptr::null_mut;
use std::sync::Arc;

use cudarc::driver::sys::{self as cuda, CUgraph, CUgraphExec};

use super::call::check;
use super::context::Context;
use crate::error::CudaError;

/// Launches that were recorded, ready to be queued as one.
#[derive(Debug)]
pub struct Graph {
    context: Arc<Context>,
    ready: CUgraphExec,
}

// SAFETY: it may be launched and destroyed from any thread, one at a time.
unsafe impl Send for Graph {}

impl Graph {
    /// Makes what a stream recorded ready, and gives the record itself up.
    pub(super) fn new(context: &Arc<Context>, recorded: CUgraph) -> Result<Self, CudaError> {
        let mut ready = null_mut();
        // SAFETY: the record was just made; it writes one handle, which does not need the record.
        let code = unsafe { cuda::cuGraphInstantiateWithFlags(&mut ready, recorded, 0) };
        // SAFETY: made once, destroyed once.
        unsafe { cuda::cuGraphDestroy(recorded) };
        check(code, "cuGraphInstantiate")?;
        Ok(Self {
            context: context.clone(),
            ready,
        })
    }

    pub(super) fn handle(&self) -> CUgraphExec {
        self.ready
    }
}

impl Drop for Graph {
    fn drop(&mut self) {
        if self.context.enter().is_ok() {
            // SAFETY: made once, destroyed once; the driver lets queued work end.
            unsafe { cuda::cuGraphExecDestroy(self.ready) };
        }
    }
}
