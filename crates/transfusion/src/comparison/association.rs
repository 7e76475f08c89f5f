//! How two quantities go together over a study's networks, as `results.json` says it.

use serde::{Deserialize, Serialize};
use stats::{Association, Coefficient, StatsError};

/// Fewest points of which anything is said.
pub const LEAST_POINTS: usize = 4;

/// A coefficient in [-1, 1] with its 95% interval over points.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AssociationResult {
    /// `pearson`, `spearman`, `kendall` (τ-b) or `weighted-tau`.
    pub coefficient: String,
    /// Points that it is computed from.
    pub points: usize,
    /// Its value; none with fewer than four points, or where a quantity does not vary.
    pub value: Option<f64>,
    /// Both ends of its 95% interval; none where it has none.
    pub interval: Option<[f64; 2]>,
    /// Why there is no value, or no interval.
    pub reason: Option<String>,
}

impl AssociationResult {
    /// Of `points`, both quantities of each.
    pub(super) fn new(coefficient: Coefficient, points: &[[f64; 2]]) -> Self {
        let (x, y): (Vec<f64>, Vec<f64>) = points.iter().map(|[x, y]| (*x, *y)).unzip();
        let found = match points.len() < LEAST_POINTS {
            true => Err(StatsError::TooFew {
                what: "points",
                needed: LEAST_POINTS,
                found: points.len(),
            }),
            false => Association::new(coefficient, &x, &y),
        };
        let (value, interval) = match found {
            Ok(found) => (Ok(found.value), found.interval),
            Err(reason) => (Err(reason.clone()), Err(reason)),
        };
        Self {
            coefficient: name(coefficient).into(),
            points: points.len(),
            value: value.ok(),
            reason: interval.as_ref().err().map(StatsError::to_string),
            interval: interval.ok().map(|i| [i.lower, i.upper]),
        }
    }

    /// Its name in texts.
    pub fn title(&self) -> &'static str {
        match self.coefficient.as_str() {
            "pearson" => "Pearson's r",
            "spearman" => "Spearman's ρ",
            "kendall" => "Kendall's τ-b",
            _ => "weighted τ",
        }
    }
}

fn name(coefficient: Coefficient) -> &'static str {
    match coefficient {
        Coefficient::Pearson => "pearson",
        Coefficient::Spearman => "spearman",
        Coefficient::Kendall => "kendall",
        Coefficient::WeightedTau => "weighted-tau",
    }
}
