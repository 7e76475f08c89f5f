//! Which precision a network trains in here, where the study leaves it to the machine.

use images::Size;
use networks::zoo::Choice;
use serde::{Deserialize, Serialize};
use study::{PrecisionName, RunSpec};

/// `precisions.json`: what was measured, one entry a network.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Precisions {
    /// One a network, size and batch.
    pub networks: Vec<MeasuredPrecision>,
}

/// What training steps of one network took in either precision, and which one its runs have.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MeasuredPrecision {
    /// The network.
    pub network: Choice,
    /// Rows and columns of its pictures.
    pub size: Size,
    /// Pictures of a step.
    pub batch_size: usize,
    /// Seconds of a step in `f32`.
    pub f32_seconds: f64,
    /// Seconds of a step with products rounded to bfloat16.
    pub bf16_seconds: f64,
    /// The precision of all runs of this network in the study.
    pub precision: PrecisionName,
    /// Where it was measured.
    pub device: String,
}

impl MeasuredPrecision {
    /// Whether the runs like `spec` are meant.
    pub fn is_of(&self, spec: &RunSpec) -> bool {
        self.network == spec.model
            && self.size == spec.data.size
            && self.batch_size == spec.train.batch_size
    }

    /// Whether `other` is the choice for the same runs.
    pub fn is_like(&self, other: &Self) -> bool {
        self.network == other.network
            && self.size == other.size
            && self.batch_size == other.batch_size
    }
}
