//! Projection-weighted CCA.
//!
//! `Σ αᵢ ρᵢ / Σ αᵢ` with `αᵢ = Σⱼ |cov(hᵢ, xⱼ)|`, `hᵢ` the `i`-th canonical variate of one view and
//! `xⱼ` its channels (Morcos 2018). It weights by one view, so there are two numbers; the paper
//! takes the view of fewer dimensions. It is not what the file `pwcca.py` of the original code
//! computes: that leaves out the whitening of the variates, and the centring.
//!
//! Where several correlations are equal their directions are not unique, but as they then have
//! one value, weights may pass between them.

use faer::MatRef;

use crate::cca::Correlations;
use crate::linear::Whitening;
use crate::{Reason, View};

/// Weighted by view `a`. In `[0, 1]`.
pub(crate) fn weighted_by_a(a: &View, correlations: &Correlations) -> Result<f64, Reason> {
    let (directions, _) = correlations.directions.as_ref().ok_or(Reason::Unprepared)?;
    Ok(weighted(
        &a.whitening()?,
        directions.as_ref(),
        &correlations.values,
    ))
}

/// Weighted by view `b`. In `[0, 1]`.
pub(crate) fn weighted_by_b(b: &View, correlations: &Correlations) -> Result<f64, Reason> {
    let (_, directions) = correlations.directions.as_ref().ok_or(Reason::Unprepared)?;
    Ok(weighted(
        &b.whitening()?,
        directions.as_ref(),
        &correlations.values,
    ))
}

fn weighted(whitening: &Whitening, directions: MatRef<f64>, values: &[f64]) -> f64 {
    let loadings = whitening.loadings(directions);
    let (mut sum, mut weights) = (0.0, 0.0);
    for (direction, rho) in loadings.col_iter().zip(values) {
        let weight: f64 = direction.iter().map(|loading| loading.abs()).sum();
        sum += weight * rho;
        weights += weight;
    }
    sum / weights
}
