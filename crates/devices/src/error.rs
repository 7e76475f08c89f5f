//! Why devices cannot be used.

use engine::DeviceFault;
use engine_cuda::Missing;
use thiserror::Error;

/// Why devices cannot be used.
#[derive(Debug, Error)]
pub enum DevicesError {
    /// Something is not there.
    #[error(
        "`--device {asked}` cannot be used here{}: {}; `transfusion devices` says what there is, and `--device cpu` needs nothing of it",
        reason.as_ref().map(|reason| format!(" ({reason})")).unwrap_or_default(),
        listed(missing)
    )]
    Unusable {
        /// What was asked for.
        asked: String,
        /// What an attempt came to, where there was one.
        reason: Option<String>,
        /// What is missing.
        missing: Vec<Missing>,
    },
    /// There are not as many.
    #[error("there is no device cuda:{index}: {found} found; `transfusion devices` lists them")]
    NoSuch {
        /// Its number.
        index: usize,
        /// How many there are, in words.
        found: String,
    },
    /// More than the command can use.
    #[error("expected one device, found `{asked}`: only `run`, `demo` and `repair` use several")]
    Several {
        /// What was asked for.
        asked: String,
    },
    /// TF32 is CUDA's.
    #[error("`--tf32` is for NVIDIA GPUs: choose one with `--device cuda`, or leave it out")]
    Tf32OnProcessor,
    /// bfloat16 without units for it.
    #[error(
        "train.precision: expected `f32`, found `bf16`: {name} has no bfloat16 products (compute capability {}.{}, at least 8.0 is needed)",
        capability[0],
        capability[1]
    )]
    NoBf16 {
        /// Model of the device.
        name: String,
        /// Its compute capability.
        capability: [u32; 2],
    },
    /// It is there and cannot be used, now or at all.
    #[error("{0}")]
    Fault(#[from] DeviceFault),
}

fn listed(missing: &[Missing]) -> String {
    let all: Vec<String> = missing
        .iter()
        .map(|missing| format!("{} ({})", missing.what, missing.remedy))
        .collect();
    match all.is_empty() {
        true => "no CUDA device was found".into(),
        false => all.join("; "),
    }
}
