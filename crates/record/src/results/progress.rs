//! How far a study is.

use serde::{Deserialize, Serialize};
use study::Fold;

/// How far the study is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Runs of the plan.
    pub planned: usize,
    /// Runs with a result.
    pub done: usize,
    /// Runs with an error.
    pub failed: usize,
}

/// A run that ended in an error.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Failure {
    /// Number of the run.
    pub run: usize,
    /// Label of its arm.
    pub arm: String,
    /// Seed.
    pub seed: u64,
    /// Fold of cross-validation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fold: Option<Fold>,
    /// What went wrong.
    pub error: String,
}

/// How to get the numbers again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reproduction {
    /// The command.
    pub command: String,
    /// `study.toml` as it was run.
    pub study: String,
    /// SHA-256 of the plan.
    pub plan_sha256: String,
}
