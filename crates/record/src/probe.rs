//! What a probe leaves behind, in `probes/<id>/` of the study: `spec.json`, `match.json`, one table
//! of predictions a fit, `features.safetensors` where asked, and `result.json` or `error.json` last.

use serde::{Deserialize, Serialize};

use study::{ProbeMethod, ProbeSize, TransferScore};

/// `result.json`: its presence means that the probe is done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProbeRecord {
    /// Identity of the probe.
    pub id: String,
    /// One per training size, group of seeds, block and method.
    pub fits: Vec<ProbeFit>,
    /// One per training size, group of seeds, score, and block where the score reads features.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scores: Vec<ProbeScore>,
}

/// A score of transferability, of the features of one block or of the source's head.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProbeScore {
    /// Which score.
    pub score: TransferScore,
    /// Name of the block; none where the score reads the source's head.
    pub block: Option<String>,
    /// Training pictures; those of the validation partition are scored with them.
    pub train_size: ProbeSize,
    /// Seeds that this holds for.
    pub seeds: Vec<u64>,
    /// Its value, or why there is none.
    pub value: Result<f64, String>,
    /// Findings with too few positives or negatives, which the mean leaves out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<String>,
}

/// One method on the features of one block.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProbeFit {
    /// Name of the block.
    pub block: String,
    /// How its features were probed.
    pub method: ProbeMethod,
    /// Training pictures.
    pub train_size: ProbeSize,
    /// Seeds that this holds for: all that share features and training pictures.
    pub seeds: Vec<u64>,
    /// Linear: the C that was chosen.
    pub strength: Option<f64>,
    /// Linear: steps of the chosen fit.
    pub steps: Option<usize>,
    /// Linear: whether the chosen fit reached its tolerance.
    pub converged: Option<bool>,
    /// Headline AUC on the validation partition.
    pub validation_auc: f64,
    /// Headline AUC on the test partition; none where it is undefined.
    pub test_auc: Option<f64>,
    /// Its table of predictions on the test partition.
    pub file: String,
}
