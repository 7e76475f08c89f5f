use super::{kendall_tau_b, pearson, spearman, weighted_tau};
use crate::StatsError;

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
