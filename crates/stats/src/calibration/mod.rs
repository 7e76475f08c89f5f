//! Whether probabilities can be taken at their word, how to mend them, and what they are worth.

mod brier;
mod calibration_error;
mod cases;
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
