use super::points::check_pairs;
use super::weighted_tau;
use crate::StatsError;

/// Kendall's τ-b of `x` and `y`, one entry a point, in `-1..=1`.
///
/// `(C − D) / √((P − Tx)(P − Ty))` with `C` pairs of points in the same order by both, `D` in
/// opposite order, `P` all pairs, and `Tx`, `Ty` those with equal `x` or `y`; as
/// `scipy.stats.kendalltau`. All pairs count alike, those of the worst points too: for choosing
/// the best, see [`weighted_tau()`]. `O(n²)`.
pub fn kendall_tau_b(x: &[f64], y: &[f64]) -> Result<f64, StatsError> {
    check_pairs(x, y)?;
    Ok(weighted_tau::tau(x, y, |_| 0.5))
}
