//! How two quantities go together over a study's networks.

use serde::{Deserialize, Serialize};

/// Which coefficient; see [`stats::Coefficient`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Coefficient {
    /// Pearson's r.
    Pearson,
    /// Spearman's ρ.
    Spearman,
    /// Kendall's τ-b.
    Kendall,
    /// Weighted τ.
    WeightedTau,
}

impl Coefficient {
    /// Its name in texts.
    pub fn title(self) -> &'static str {
        match self {
            Self::Pearson => "Pearson's r",
            Self::Spearman => "Spearman's ρ",
            Self::Kendall => "Kendall's τ-b",
            Self::WeightedTau => "weighted τ",
        }
    }
}

impl From<stats::Coefficient> for Coefficient {
    fn from(coefficient: stats::Coefficient) -> Self {
        match coefficient {
            stats::Coefficient::Pearson => Self::Pearson,
            stats::Coefficient::Spearman => Self::Spearman,
            stats::Coefficient::Kendall => Self::Kendall,
            stats::Coefficient::WeightedTau => Self::WeightedTau,
        }
    }
}

/// A coefficient in [-1, 1] with its 95% interval over points.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AssociationResult {
    /// Which.
    pub coefficient: Coefficient,
    /// Points that it is computed from.
    pub points: usize,
    /// Its value; none with fewer than four points, or where a quantity does not vary.
    pub value: Option<f64>,
    /// Both ends of its 95% interval; none where it has none.
    pub interval: Option<[f64; 2]>,
    /// Why there is no value, or no interval.
    pub reason: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_those_of_the_record() {
        for (coefficient, word) in [
            (Coefficient::Pearson, "pearson"),
            (Coefficient::Spearman, "spearman"),
            (Coefficient::Kendall, "kendall"),
            (Coefficient::WeightedTau, "weighted-tau"),
        ] {
            assert_eq!(serde_json::to_value(coefficient).expect("a word"), word);
        }
        assert!(serde_json::from_value::<Coefficient>("tau".into()).is_err());
    }
}
