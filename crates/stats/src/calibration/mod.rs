//! Whether probabilities can be taken at their word, how to mend them, and what they are worth.

mod brier;
mod calibration_error;
mod decision_curve;
mod log_loss;
mod poisson_binomial;
mod recalibration;
mod reliability;
mod root;
mod temperature;

pub use brier::{BrierDecomposition, brier, squared_errors};
pub use calibration_error::CalibrationError;
pub use decision_curve::{DecisionCurve, NetBenefit};
pub use log_loss::{binary_log_loss, log_loss};
pub use recalibration::{LogOdds, Recalibration};
pub use reliability::{Binning, Reliability, ReliabilityBin};
pub use temperature::Temperature;

use crate::StatsError;
use crate::input::{check_probabilities, same_length};

/// Refuses no cases, labels and probabilities that do not match, and what is no probability.
fn check(labels: &[bool], probabilities: &[f64]) -> Result<(), StatsError> {
    if labels.is_empty() {
        return Err(StatsError::Empty { what: "labels" });
    }
    same_length("probabilities", labels.len(), probabilities.len())?;
    check_probabilities("probabilities", probabilities)
}

/// `ln (p / (1 − p))` of a probability cut to `ε..=1 − ε`, as the log loss is.
fn logit(probability: f64) -> f64 {
    let p = probability.clamp(f64::EPSILON, 1.0 - f64::EPSILON);
    (p / (1.0 - p)).ln()
}

/// `1 / (1 + e⁻ˣ)`, in `0..=1`.
fn expit(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// `ln (1 + eˣ)` without overflow.
fn softplus(x: f64) -> f64 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}
