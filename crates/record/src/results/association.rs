//! How two quantities go together over a study's networks.

use serde::{Deserialize, Serialize};

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
