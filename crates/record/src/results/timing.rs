//! Wall-clock times, which are no part of `results.json`.

use serde::{Deserialize, Serialize};

/// Wall-clock times and memory of finished runs; beside the results, because they differ every
/// time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Timing {
    /// Label of the arm.
    pub arm: String,
    /// Seconds of training and evaluation, per finished seed.
    pub seconds: Vec<f64>,
    /// Training images per second, evaluations included, per finished seed.
    pub images_per_second: Vec<f64>,
    /// Milliseconds to predict a decoded test image, in batches, per finished seed.
    #[serde(default)]
    pub inference_ms: Vec<f64>,
    /// The most memory the process held during a run, in MiB; only of runs that had it to
    /// themselves.
    #[serde(default)]
    pub peak_mib: Vec<f64>,
    /// What they ran on, with the threads that each had, every combination once.
    #[serde(default)]
    pub machines: Vec<String>,
    /// What trained them, every version once.
    #[serde(default)]
    pub programs: Vec<String>,
}
