//! Wall-clock times, which are no part of `results.json`.

use serde::{Deserialize, Serialize};

/// Wall-clock times of finished runs; beside the results, because they differ every time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Timing {
    /// Label of the arm.
    pub arm: String,
    /// Seconds of training and evaluation, per finished seed.
    pub seconds: Vec<f64>,
    /// Training images per second, per finished seed.
    pub images_per_second: Vec<f64>,
}
