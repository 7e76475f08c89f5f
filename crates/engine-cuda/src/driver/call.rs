//! What the driver answers.

use std::ffi::CStr;
use std::ptr::null;

use cudarc::driver::sys::{self as cuda, CUresult};

use crate::error::CudaError;

/// Nothing where the call went well.
pub(super) fn check(code: CUresult, call: &'static str) -> Result<(), CudaError> {
    match code {
        CUresult::CUDA_SUCCESS => Ok(()),
        code => Err(CudaError::Call {
            call,
            name: format!("{code:?}"),
            text: text(code),
            is_passing: is_passing(code),
        }),
    }
}

fn text(code: CUresult) -> String {
    let mut text = null();
    // SAFETY: the driver points to a string of its own that is never freed, or leaves null.
    let known = unsafe { cuda::cuGetErrorString(code, &mut text) };
    if known != CUresult::CUDA_SUCCESS || text.is_null() {
        return "the driver does not explain it".into();
    }
    // SAFETY: just checked; it ends with a zero.
    unsafe { CStr::from_ptr(text) }
        .to_string_lossy()
        .into_owned()
}

/// What another attempt may find mended: memory that others held, a device that was reset, taken
/// away, or is not ready. Not what a kernel did wrong, which it would do again.
fn is_passing(code: CUresult) -> bool {
    use CUresult as R;
    matches!(
        code,
        R::CUDA_ERROR_OUT_OF_MEMORY
            | R::CUDA_ERROR_DEVICE_UNAVAILABLE
            | R::CUDA_ERROR_NO_DEVICE
            | R::CUDA_ERROR_ECC_UNCORRECTABLE
            | R::CUDA_ERROR_NVLINK_UNCORRECTABLE
            | R::CUDA_ERROR_OPERATING_SYSTEM
            | R::CUDA_ERROR_LAUNCH_TIMEOUT
            | R::CUDA_ERROR_CONTEXT_IS_DESTROYED
            | R::CUDA_ERROR_HARDWARE_STACK_ERROR
            | R::CUDA_ERROR_SYSTEM_NOT_READY
            | R::CUDA_ERROR_MPS_CONNECTION_FAILED
            | R::CUDA_ERROR_MPS_RPC_FAILURE
            | R::CUDA_ERROR_MPS_SERVER_NOT_READY
            | R::CUDA_ERROR_MPS_MAX_CLIENTS_REACHED
            | R::CUDA_ERROR_MPS_MAX_CONNECTIONS_REACHED
            | R::CUDA_ERROR_UNKNOWN
    )
}
