use super::{interval, kendall_tau_b, pearson, spearman, weighted_tau};
use crate::{Interval, StatsError};

/// How two quantities go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coefficient {
    /// [`pearson()`].
    Pearson,
    /// [`spearman()`].
    Spearman,
    /// [`kendall_tau_b`].
    Kendall,
    /// [`weighted_tau()`].
    WeightedTau,
}

impl Coefficient {
    /// Its value for the points of `x` and `y`, in `-1..=1`.
    pub fn of(self, x: &[f64], y: &[f64]) -> Result<f64, StatsError> {
        match self {
            Self::Pearson => pearson(x, y),
            Self::Spearman => spearman(x, y),
            Self::Kendall => kendall_tau_b(x, y),
            Self::WeightedTau => weighted_tau(x, y),
        }
    }
}

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
