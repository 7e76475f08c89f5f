//! What the probes of frozen features found, over seeds.

use serde::{Deserialize, Serialize};
use study::{ProbeMethod, ProbeSettings};

use super::estimate::Estimate;
use super::progress::Progress;

/// Probes of a study.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Probes {
    /// Whether nothing was trained.
    pub only: bool,
    /// How features were probed.
    pub settings: ProbeSettings,
    /// Planned, finished and failed probes: one for every network with weights of its own.
    pub progress: Progress,
    /// Fits of logistic regression that ended before their tolerance was reached.
    pub unconverged: usize,
}

/// One method on the features of one block, from one initialisation and training size.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProbeResult {
    /// Label of the model.
    pub model: String,
    /// Name of the initialisation.
    pub init: String,
    /// Training pictures of the probe.
    pub train_size: usize,
    /// Whether that is the whole training partition.
    pub is_all: bool,
    /// Name of the block.
    pub block: String,
    /// How its features were probed.
    pub method: ProbeMethod,
    /// Test AUC over seeds; none until a probe is done or where it is undefined.
    pub auc: Option<Estimate>,
    /// One per finished seed. Seeds that share features and training pictures have one value.
    pub seeds: Vec<ProbeSeed>,
}

/// A probe with the features and training pictures of one seed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProbeSeed {
    /// Seed.
    pub seed: u64,
    /// Headline AUC on the validation partition.
    pub validation_auc: f64,
    /// Headline AUC on the test partition.
    pub test_auc: Option<f64>,
    /// Linear: the C that the validation partition chose.
    pub strength: Option<f64>,
}
