//! Values with their uncertainty.

use serde::{Deserialize, Serialize};

/// A value with its 95% interval and where its uncertainty comes from.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// The mean over seeds.
    pub value: f64,
    /// Lower end of the 95% interval.
    pub low: f64,
    /// Upper end of the 95% interval.
    pub high: f64,
    /// Standard deviation between seeds; none with one seed.
    pub seed_sd: Option<f64>,
    /// Standard error from the finite test set (DeLong).
    pub sampling_se: f64,
}

/// An AUC with its DeLong 95% interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct AucResult {
    /// Area under the ROC curve, in [0, 1].
    pub value: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}
