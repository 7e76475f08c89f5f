//! From the sources of kernels to machine code, on any machine that has NVRTC.

use std::ffi::CString;
use std::ptr::{null, null_mut};

use cudarc::nvrtc::sys::{self as nvrtc, nvrtcProgram, nvrtcResult};

use crate::error::CudaError;

/// The version of the compiler: major, minor.
pub fn version() -> Option<[i32; 2]> {
    let [mut major, mut minor] = [0; 2];
    // SAFETY: the library is there, as the caller has found; it writes two numbers.
    let code = unsafe { nvrtc::nvrtcVersion(&mut major, &mut minor) };
    (code == nvrtcResult::NVRTC_SUCCESS).then_some([major, minor])
}

/// Machine code of `source` for `architecture`, such as `sm_90`, with macros like `BF16=1`. The
/// library must be there.
pub fn compile(source: &str, architecture: &str, macros: &[String]) -> Result<Vec<u8>, CudaError> {
    let failed = |log: String| CudaError::Kernels {
        architecture: architecture.into(),
        log,
    };
    let text = |text: String| CString::new(text).map_err(|_| failed("a zero in the source".into()));
    let options: Vec<CString> = macros
        .iter()
        .map(|name| format!("-D{name}"))
        .chain([
            format!("--gpu-architecture={architecture}"),
            "--std=c++17".into(),
            // Sums and products as written: fused multiply-adds only where asked for by name would
            // cost speed, so they are allowed; approximate divisions and roots are not.
            "--prec-div=true".into(),
            "--prec-sqrt=true".into(),
        ])
        .map(text)
        .collect::<Result<_, _>>()?;
    let compilation = Compilation::new(&text(source.into())?).map_err(failed)?;
    compilation.run(&options).map_err(failed)
}

struct Compilation(nvrtcProgram);

impl Compilation {
    fn new(source: &CString) -> Result<Self, String> {
        let mut program = null_mut();
        // SAFETY: the source ends with a zero and is copied; there are no headers; it writes one
        // handle.
        let code = unsafe {
            nvrtc::nvrtcCreateProgram(
                &mut program,
                source.as_ptr(),
                c"kernels.cu".as_ptr(),
                0,
                null(),
                null(),
            )
        };
        match code {
            nvrtcResult::NVRTC_SUCCESS => Ok(Self(program)),
            code => Err(format!("{code:?}")),
        }
    }

    fn run(&self, options: &[CString]) -> Result<Vec<u8>, String> {
        let pointers: Vec<_> = options.iter().map(|option| option.as_ptr()).collect();
        let count = i32::try_from(pointers.len()).unwrap_or(0);
        // SAFETY: so many options, each ending with a zero.
        let code = unsafe { nvrtc::nvrtcCompileProgram(self.0, count, pointers.as_ptr()) };
        if code != nvrtcResult::NVRTC_SUCCESS {
            return Err(format!("{code:?}\n{}", self.log()));
        }
        let mut bytes = 0;
        // SAFETY: it writes one number.
        unsafe { nvrtc::nvrtcGetCUBINSize(self.0, &mut bytes) };
        let mut machine_code = vec![0_u8; bytes];
        // SAFETY: it writes as many bytes as it just said.
        let code = unsafe { nvrtc::nvrtcGetCUBIN(self.0, machine_code.as_mut_ptr().cast()) };
        match code {
            nvrtcResult::NVRTC_SUCCESS => Ok(machine_code),
            code => Err(format!("{code:?}")),
        }
    }

    fn log(&self) -> String {
        let mut bytes = 0;
        // SAFETY: it writes one number.
        unsafe { nvrtc::nvrtcGetProgramLogSize(self.0, &mut bytes) };
        let mut log = vec![0_u8; bytes];
        // SAFETY: it writes as many bytes as it just said.
        unsafe { nvrtc::nvrtcGetProgramLog(self.0, log.as_mut_ptr().cast()) };
        String::from_utf8_lossy(&log)
            .trim_end_matches('\0')
            .to_owned()
    }
}

impl Drop for Compilation {
    fn drop(&mut self) {
        // SAFETY: made once, destroyed once.
        unsafe { nvrtc::nvrtcDestroyProgram(&mut self.0) };
    }
}
