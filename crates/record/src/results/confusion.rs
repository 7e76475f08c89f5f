//! Predicted against true classes.

use serde::{Deserialize, Serialize};

use super::range::RangeResult;

/// Confusion matrices of an arm: rows are true classes, columns predicted ones, both in the order of
/// the study's classes. Predicted is the class of the highest probability, among equals the lowest
/// class; so accuracy and kappa are read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConfusionResult {
    /// One a seed, with folds one a seed and repeat; empty where there are more classes than a
    /// matrix is told of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub seeds: Vec<SeedConfusion>,
    /// Mean number of test pictures; empty as above.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub counts: Vec<Vec<f64>>,
    /// Shares of the pictures of a true class, with the range over seeds; none where the test
    /// partition lacks the class; empty as above.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shares: Vec<Vec<Option<RangeResult>>>,
    /// Sensitivity of every class: share of its pictures that are predicted to be of it.
    pub recall: Vec<Option<RangeResult>>,
    /// Share of the pictures predicted to be of a class that are; over the seeds that predict it.
    pub precision: Vec<Option<RangeResult>>,
}

/// The confusion matrix of one seed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SeedConfusion {
    /// Seed.
    pub seed: u64,
    /// Repeat of cross-validation, whose folds are added up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeat: Option<usize>,
    /// Test pictures by true and predicted class.
    pub counts: Vec<Vec<u64>>,
}
