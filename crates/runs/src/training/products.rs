//! How products are computed.

use kernels::Precision;
use study::PrecisionName;

/// What the operands of products are rounded to.
pub(crate) fn of_products(precision: PrecisionName) -> Precision {
    match precision {
        PrecisionName::F32 => Precision::Single,
        PrecisionName::Bf16 => Precision::Bf16,
    }
}
