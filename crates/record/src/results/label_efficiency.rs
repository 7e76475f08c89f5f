//! How many labels an initialisation saves.

use serde::{Deserialize, Serialize};

use super::outcome::{Bound, LabelOutcome};
use super::regime_name::RegimeName;

/// An initialisation against the baseline over training sizes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LabelEfficiencyResult {
    /// Label of the model.
    pub model: String,
    /// Name of the initialisation.
    pub init: String,
    /// Name of the regime.
    pub regime: RegimeName,
    /// One per training size, ascending.
    pub savings: Vec<SavingResult>,
}

/// With `train_size` labels as good as the baseline with `factor` times as many.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SavingResult {
    /// Training pictures.
    pub train_size: usize,
    /// Times as many pictures that the baseline needs, by its AUC straight in the logarithm of the
    /// number of pictures.
    pub factor: f64,
    /// Lower end of the 95% interval; none where no seeds could be resampled.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
    /// Exact; at least where the baseline does not get there with all its pictures; at most
    /// where it is above with the fewest.
    pub bound: Bound,
    /// What may be concluded, as one of all savings of the study.
    #[serde(default)]
    pub outcome: LabelOutcome,
}
