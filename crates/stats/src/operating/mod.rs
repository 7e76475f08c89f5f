//! What a threshold does: chosen on validation cases, counted on test cases.

mod counts;
mod likelihood_ratio;
mod predictive_values;
mod threshold_rule;

pub use counts::{ClusteredCounts, Counts, Rate};
pub use likelihood_ratio::LikelihoodRatio;
pub use predictive_values::PredictiveValues;
pub use threshold_rule::{ChosenThreshold, ThresholdRule};
