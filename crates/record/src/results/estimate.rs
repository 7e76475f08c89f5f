//! Values with their uncertainty.

use serde::{Deserialize, Serialize};

/// A mean over seeds with its 95% interval and where its uncertainty comes from.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// The mean over seeds.
    pub value: f64,
    /// Lower end of the 95% interval over seeds and patients; none with fewer than three seeds, or
    /// where nothing varied.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
    /// Seeds behind it, at least 1.
    pub seeds: usize,
    /// Standard deviation between seeds; none with one seed.
    pub seed_sd: Option<f64>,
    /// Standard error from the finite test set (DeLong).
    pub sampling_se: f64,
}

impl Estimate {
    /// Both ends of the interval.
    pub fn interval(&self) -> Option<[f64; 2]> {
        Some([self.low?, self.high?])
    }

    /// Why there is no interval, where there is none.
    pub fn why_no_interval(&self) -> &'static str {
        match self.seeds {
            1 => "no interval: one seed",
            2 => "no interval: two seeds",
            _ => "no interval: nothing varied",
        }
    }
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
