use std::cmp::Ordering;

use super::points::check_pairs;
use crate::StatsError;

/// The weighted τ of `x` and `y`, one entry a point, in `-1..=1`.
///
/// Kendall's τ-b with each pair of points weighing `1 / (r + 1) + 1 / (s + 1)`, where `r` and `s`
/// are the points' ranks, 0 for the largest; the mean of ranking by `x` (then `y`) and by `y`
/// (then `x`). Vigna, *A weighted correlation index for rankings with ties*, 2015; as
/// `scipy.stats.weightedtau` with its defaults. Exchanging the best two costs most, so it asks
/// whether the best are found, not whether the worst are in order. `O(n²)`.
pub fn weighted_tau(x: &[f64], y: &[f64]) -> Result<f64, StatsError> {
    let by_x = weighted_tau_ranked_by_first(x, y)?;
    let by_y = weighted_tau_ranked_by_first(y, x)?;
    Ok((by_x + by_y) / 2.0)
}

/// [`weighted_tau()`] with the ranks by `x` alone, `y` deciding among equal ones: `rank=None` of
/// scipy. Exchanging `x` and `y` changes it.
pub fn weighted_tau_ranked_by_first(x: &[f64], y: &[f64]) -> Result<f64, StatsError> {
    check_pairs(x, y)?;
    let mut order: Vec<usize> = (0..x.len()).collect();
    let descending = |a: &usize, b: &usize| {
        let by_x = x[*b].total_cmp(&x[*a]);
        by_x.then(y[*b].total_cmp(&y[*a]))
    };
    order.sort_by(descending);
    let mut weights = vec![0.0; x.len()];
    for (rank, point) in order.into_iter().enumerate() {
        weights[point] = 1.0 / (rank + 1) as f64;
    }
    Ok(tau(x, y, |point| weights[point]))
}

/// τ-b where a pair weighs the sum of its points' weights. Neither quantity is constant.
pub(super) fn tau(x: &[f64], y: &[f64], weight: impl Fn(usize) -> f64) -> f64 {
    let (mut agreeing, mut by_x, mut by_y) = (0.0, 0.0, 0.0);
    for i in 0..x.len() {
        for j in 0..i {
            let weight = weight(i) + weight(j);
            let (x, y) = (sign(x[i], x[j]), sign(y[i], y[j]));
            agreeing += weight * x * y;
            by_x += weight * x.abs();
            by_y += weight * y.abs();
        }
    }
    // The product of the roots, so that perfect agreement is exactly 1.
    let scale = if by_x == by_y {
        by_x
    } else {
        (by_x * by_y).sqrt()
    };
    (agreeing / scale).clamp(-1.0, 1.0)
}

fn sign(a: f64, b: f64) -> f64 {
    match a.partial_cmp(&b) {
        Some(Ordering::Greater) => 1.0,
        Some(Ordering::Less) => -1.0,
        _ => 0.0,
    }
}
