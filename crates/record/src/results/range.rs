//! A number over seeds without an interval.

use serde::{Deserialize, Serialize};

/// Mean over seeds, with the smallest and the largest: no interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct RangeResult {
    /// Mean.
    pub mean: f64,
    /// Of the seed with the smallest.
    pub smallest: f64,
    /// Of the seed with the largest.
    pub largest: f64,
}

impl RangeResult {
    /// Of values by seed; none without one.
    pub fn of(values: impl IntoIterator<Item = f64>) -> Option<Self> {
        let values: Vec<f64> = values.into_iter().collect();
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        (!values.is_empty()).then(|| Self {
            mean,
            smallest: values.iter().copied().fold(f64::INFINITY, f64::min),
            largest: values.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        })
    }
}
