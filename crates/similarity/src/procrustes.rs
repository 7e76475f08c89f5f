//! Orthogonal Procrustes.
//!
//! How well an orthogonal map turns one centred view of norm 1 into the other (Schönemann 1966;
//! Ding 2021 for networks). Invariant to orthogonal maps, isotropic scale and translation. Unlike
//! CKA it counts directions by their standard deviation, not variance, and its angle is a metric.

use crate::linear::Matrix;
use crate::{Reason, View};

/// `‖Sₐᵦ‖⁎`, the sum of singular values.
pub(crate) fn nuclear_norm(scatter: Matrix) -> Result<f64, Reason> {
    let values = scatter.singular_values("the covariance of both sides")?;
    Ok(values.iter().sum())
}

/// `‖Sₐᵦ‖⁎ / √(tr Sₐₐ tr Sᵦᵦ)`, in `[0, 1]`. The distance of Ding 2021 is `2 − 2 ×` this.
pub(crate) fn similarity(a: &View, b: &View, nuclear_norm: f64) -> f64 {
    (nuclear_norm / a.trace.sqrt() / b.trace.sqrt()).clamp(0.0, 1.0)
}

/// The angle whose cosine is [`similarity`], in radians, `[0, π/2]`; 0 is alike. Below 1e-7 it is
/// rounding.
pub(crate) fn angle(a: &View, b: &View, nuclear_norm: f64) -> f64 {
    similarity(a, b, nuclear_norm).acos()
}
