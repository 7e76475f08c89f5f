//! Canonical correlations.
//!
//! `ρ` are the singular values of `Fₐ⁺ Sₐᵦ Fᵦ⁺ᵀ`, with `S = F Fᵀ` (Hotelling 1936; Raghu 2017 for
//! networks). They do not change under any invertible affine map of either view, so they tell
//! what could be read out linearly, not how strongly it is represented. With `p ≥ n − 1`
//! dimensions on a side they are all 1, whatever the data; with `p + q > n − 1`, some are.

use faer::Mat;

use crate::linear::{Matrix, Vectors, singular};
use crate::{Reason, View};

/// Canonical correlations with, if asked, the directions in whitened coordinates.
#[derive(Clone, Debug)]
pub(crate) struct Correlations {
    /// Largest first, `min` of the ranks of them, in `[0, 1]`.
    pub(crate) values: Vec<f64>,
    /// Directions of `a` and `b` in the columns, `[rank, values]`.
    pub(crate) directions: Option<(Mat<f64>, Mat<f64>)>,
    /// Ranks kept of `a` and `b`.
    pub(crate) ranks: [usize; 2],
}

/// What of the correlations is asked for; less is faster.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Wanted {
    /// Their values.
    Values,
    /// Their directions, too.
    Directions,
}

impl Correlations {
    /// `Σ ρ / min(rank a, rank b)`
    pub(crate) fn mean(&self) -> f64 {
        self.values.iter().sum::<f64>() / self.values.len() as f64
    }

    /// `Σ ρ² / min(rank a, rank b)`
    pub(crate) fn mean_square(&self) -> f64 {
        self.values.iter().map(|rho| rho * rho).sum::<f64>() / self.values.len() as f64
    }
}

/// Correlations of the views whose `scatter` is `[b, a]`.
pub(crate) fn correlations(
    a: &View,
    b: &View,
    scatter: Matrix,
    wanted: Wanted,
) -> Result<Correlations, Reason> {
    let (left, right) = (a.whitening()?, b.whitening()?);
    of_whitened(left.columns(right.rows(scatter)), wanted)
}

/// Correlations from `whitened`, `Fᵦ⁺ Sᵦₐ Fₐ⁺ᵀ`, `[rank b, rank a]`.
pub(crate) fn of_whitened(whitened: Matrix, wanted: Wanted) -> Result<Correlations, Reason> {
    const WHAT: &str = "the whitened covariance of both sides";
    let ranks = [whitened.columns(), whitened.rows()];
    let (values, directions) = match wanted {
        Wanted::Values => (whitened.singular_values(WHAT)?, None),
        Wanted::Directions => {
            let parts = singular(whitened.view(), Vectors::Thin, WHAT)?;
            (parts.values, Some((parts.right, parts.left)))
        }
    };
    Ok(Correlations {
        values: values.iter().map(|rho| rho.clamp(0.0, 1.0)).collect(),
        directions,
        ranks,
    })
}

/// An error if correlations of sides with these `ranks` are 1 whatever the data.
pub(crate) fn not_saturated(ranks: [usize; 2], datapoints: u64) -> Result<(), Reason> {
    let dimensions = ranks[0].max(ranks[1]);
    if (dimensions as u64) < datapoints.saturating_sub(1) {
        return Ok(());
    }
    Err(Reason::Saturated {
        dimensions,
        datapoints,
    })
}
