//! How a run ended: `result.json` or `error.json`, written last.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use study::PrecisionName;

use crate::devices::Devices;
use crate::results::SeedResult;

/// Why training stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ending {
    /// The budget of steps was used.
    Budget,
    /// The validation AUC did not improve for the study's patience.
    Patience,
}

/// What was verified to be the same, bit for bit, before and after every phase that froze it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrozenResult {
    /// Tensors and buffers that at least one phase froze.
    pub tensors: usize,
    /// Numbers in them.
    pub values: usize,
    /// Those of the tensors that every phase froze: the tested model has them as they were
    /// before training.
    pub throughout: usize,
}

/// `result.json`: its presence means that the run is done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunResult {
    /// Identity of the run.
    pub id: String,
    /// Why training stopped.
    pub ending: Ending,
    /// What froze; none where nothing did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frozen: Option<FrozenResult>,
    /// Validation AUC of the best checkpoint.
    pub validation_auc: f64,
    /// Test metrics of the best checkpoint.
    pub test: SeedResult,
    /// The same on every named test set, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub test_sets: BTreeMap<String, SeedResult>,
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
    /// Identity of the run.
    pub id: String,
    /// Seconds of training and evaluation, over all interruptions.
    pub seconds: f64,
    /// Training pictures seen, repeats counted.
    pub images: u64,
    /// Threads it had.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub threads: Option<usize>,
    /// Predicting the test pictures, decoded and in batches.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inference: Option<InferenceTiming>,
    /// Version of the program that trained it, with the revision of its source where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub program: Option<String>,
    /// What its products were rounded to, where the machine had the choice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub precision: Option<PrecisionName>,
    /// What it was trained on: every device in order, a processor with its instruction set.
    #[serde(default, skip_serializing_if = "Devices::is_empty")]
    pub device: Devices,
    /// The most memory the process held during the run, in MiB; only where no other run trained
    /// beside it and the system tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peak_mib: Option<f64>,
    /// Joules that the machine's processors drew while it ran, its share by threads; without GPUs, memory
    /// and fans; none where the system does not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub joules: Option<f64>,
}

/// How long predictions took.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct InferenceTiming {
    /// Seconds.
    pub seconds: f64,
    /// Pictures.
    pub images: usize,
}
