//! What products are rounded to, and whether this machine can.

use kernels::Precision;
use study::{PrecisionName, RunSpec, StudyError};

/// How the training steps of `spec` multiply.
pub(crate) fn precision(spec: &RunSpec) -> Precision {
    match spec.train.precision {
        PrecisionName::F32 => Precision::Single,
        PrecisionName::Bf16 => Precision::Bf16,
    }
}

/// Refuses a precision that this machine would only emulate: it would be slower than `f32`.
pub fn check_precision<'a>(runs: impl IntoIterator<Item = &'a RunSpec>) -> Result<(), StudyError> {
    let mut runs = runs.into_iter();
    if runs.any(|run| run.train.precision == PrecisionName::Bf16) && !Precision::is_native() {
        return Err(StudyError::Value {
            field: "train.precision",
            expected: "`f32`: this processor has no bfloat16 products (AVX-512 BF16)".into(),
            found: "`bf16`".into(),
        });
    }
    Ok(())
}
