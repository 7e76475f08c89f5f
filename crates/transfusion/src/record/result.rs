//! How a run ended: `result.json` or `error.json`, written last.

use serde::{Deserialize, Serialize};

use crate::comparison::results::SeedResult;

/// Why training stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ending {
    /// The budget of steps was used.
    Budget,
    /// The validation AUC did not improve for the study's patience.
    Patience,
}

/// `result.json`: its presence means that the run is done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunResult {
    /// Identity of the run.
    pub id: String,
    /// Why training stopped.
    pub ending: Ending,
    /// Validation AUC of the best checkpoint.
    pub validation_auc: f64,
    /// Test metrics of the best checkpoint.
    pub test: SeedResult,
}

/// `error.json`: the run failed and would fail again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunError {
    /// Identity of the run.
    pub id: String,
    /// What went wrong, and at which step.
    pub error: String,
}

/// `timing.json`: how long a run took; beside its result, because it differs every time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunTiming {
    /// Seconds of training and evaluation, over all interruptions.
    pub seconds: f64,
    /// Training pictures seen, repeats counted.
    pub images: u64,
}
