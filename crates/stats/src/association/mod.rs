//! Whether two quantities go together, over a few points: a score and what it should predict, or
//! the accuracy of networks on two tasks.

mod coefficient;
mod interval;
mod kendall;
mod pearson;
mod points;
mod spearman;
mod weighted_tau;

use crate::{Interval, StatsError};

pub use coefficient::Coefficient;
pub use kendall::kendall_tau_b;
pub use pearson::pearson;
pub use spearman::spearman;
pub use weighted_tau::{weighted_tau, weighted_tau_ranked_by_first};

/// A coefficient with what may be said of its error.
#[derive(Debug, Clone, PartialEq)]
pub struct Association {
    /// Which coefficient.
    pub coefficient: Coefficient,
    /// Its value, in `-1..=1`.
    pub value: f64,
    /// Points that it was computed from.
    pub points: usize,
    /// 95% interval over other points of the same kind; or why there is none. It takes points as
    /// independent: arms of one study share pictures, and their own errors are not in it.
    ///
    /// Pearson: Fisher's z, standard error `1 / √(n − 3)`. Spearman: the same with
    /// `√((1 + ρ²/2) / (n − 3))` and Kendall with `√(0.437 / (n − 4))` (Bonett and Wright 2000).
    /// Weighted τ: 2000 resamples of the points, drawn from a fixed stream; those in which a
    /// quantity does not vary are drawn anew. It is too narrow with a handful of points.
    pub interval: Result<Interval, StatsError>,
}

impl Association {
    /// `x`, `y`: one entry a point, in the same order; 2 to 1000 finite numbers each, not all
    /// equal. Four points are the least for an interval, five for Kendall's.
    pub fn new(coefficient: Coefficient, x: &[f64], y: &[f64]) -> Result<Self, StatsError> {
        let value = coefficient.of(x, y)?;
        Ok(Self {
            coefficient,
            value,
            points: x.len(),
            interval: interval::of(coefficient, value, x, y),
        })
    }
}
