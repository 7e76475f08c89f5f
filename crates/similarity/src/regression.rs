//! Linear regression of one view on the other.
//!
//! `R² = tr(Sᵦₐ Sₐₐ⁻¹ Sₐᵦ) / tr Sᵦᵦ`: the share of the variance of `b` that the best linear map of
//! `a` explains in the same datapoints, by least squares. Not symmetric, and not a prediction of
//! new datapoints: of independent data it is `p / (n − 1)`.

use crate::cca::not_saturated;
use crate::linear::Matrix;
use crate::{Reason, View};

/// Share of the variance of `b` explained by `a`, in `[0, 1]`; `scatter` is `[b, a]`.
pub(crate) fn b_from_a(a: &View, b: &View, scatter: Matrix) -> Result<f64, Reason> {
    let whitening = a.whitening()?;
    not_saturated([whitening.rank(), 0], a.count)?;
    Ok((whitening.columns(scatter).square() / b.trace).clamp(0.0, 1.0))
}

/// Share of the variance of `a` explained by `b`, in `[0, 1]`; `scatter` is `[b, a]`.
pub(crate) fn a_from_b(a: &View, b: &View, scatter: Matrix) -> Result<f64, Reason> {
    let whitening = b.whitening()?;
    not_saturated([whitening.rank(), 0], b.count)?;
    Ok((whitening.rows(scatter).square() / a.trace).clamp(0.0, 1.0))
}
