//! Linear centred kernel alignment.
//!
//! Invariant to orthogonal maps, isotropic scale and translation of either view. Few directions
//! of large variance dominate it, and moving few datapoints far away changes it at will (Davari
//! 2023): a high value does not say that two networks compute the same function.

use crate::cross_scatter::CrossSums;
use crate::{Reason, View};

/// Share of a self-similarity that is rounding.
const ROUNDING: f64 = 1e-12;

/// `‖Sₐᵦ‖² / (‖Sₐₐ‖ ‖Sᵦᵦ‖)`, Frobenius (Kornblith 2019). In `[0, 1]`.
///
/// Biased upwards: about `p / (p + n)` for independent data.
pub(crate) fn biased(a: &View, b: &View, common: CrossSums) -> f64 {
    let norms = a.scatter_square.sqrt() * b.scatter_square.sqrt();
    (common.scatter_square / norms).clamp(0.0, 1.0)
}

/// The ratio of unbiased estimates of HSIC (Song 2012, as in the code of Kornblith 2019):
/// `f(a, b) / √(f(a, a) f(b, b))` with
/// `f(a, b) = ‖XᵀY‖² − n/(n−2) Σ rᵢ qᵢ + Σ rᵢ Σ qᵢ / ((n−1)(n−2))`, `rᵢ = ‖xᵢ − x̄‖²`,
/// `qᵢ = ‖yᵢ − ȳ‖²`.
///
/// About 0 for independent data; may be negative. Not clipped.
pub(crate) fn debiased(a: &View, b: &View, common: CrossSums) -> Result<f64, Reason> {
    let n = a.count as f64;
    let unbiased = |square: f64, products: f64, traces: f64| {
        square - n / (n - 2.0) * products + traces / ((n - 1.0) * (n - 2.0))
    };
    let own = |view: &View, side| {
        let own = unbiased(
            view.scatter_square,
            view.norm_square,
            view.trace * view.trace,
        );
        if own > ROUNDING * view.scatter_square {
            Ok(own)
        } else {
            Err(Reason::NoSignal { side })
        }
    };
    let (own_a, own_b) = (own(a, 'a')?, own(b, 'b')?);
    let both = unbiased(
        common.scatter_square,
        common.norm_product,
        a.trace * b.trace,
    );
    Ok(both / own_a.sqrt() / own_b.sqrt())
}

/// `1 − 2 ‖YXᵀ‖² / (‖X‖⁴ + ‖Y‖⁴)` of the centred views, each divided by its norm (the code of
/// Ding 2021).
///
/// A distance in `[0, 1]`, but not 0 for equal views: its denominator holds norms of the
/// activations where that of CKA holds norms of their Gram matrices.
pub(crate) fn prime(a: &View, b: &View, common: CrossSums) -> f64 {
    1.0 - common.scatter_square / a.trace / b.trace
}
