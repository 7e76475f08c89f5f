//! `[tune]` as written: what every arm is trained with, left to its validation pictures.

use serde::{Deserialize, Serialize};

/// `[tune]`. The candidates are all combinations of its lists; a list that is left out holds the
/// one value of `[train]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TuneSpec {
    /// Learning rates after warm-up, each above 0.
    pub lr: Option<Vec<f64>>,
    /// L2 decays, each 0 or more.
    pub weight_decay: Option<Vec<f64>>,
    /// Steps at most, each 1 or more.
    pub max_steps: Option<Vec<u64>>,
    /// Trials of each candidate in each arm, with seeds that no run of the study has.
    pub seeds: u64,
    /// What candidates are chosen by.
    pub metric: TuneMetric,
}

impl Default for TuneSpec {
    fn default() -> Self {
        Self {
            lr: None,
            weight_decay: None,
            max_steps: None,
            seeds: 2,
            metric: TuneMetric::default(),
        }
    }
}

/// What candidates are chosen by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TuneMetric {
    /// The headline AUC on the validation partition, of each trial's best checkpoint.
    #[default]
    ValidationAuc,
}
