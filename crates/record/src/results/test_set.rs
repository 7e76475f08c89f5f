//! A named test set: reported apart, never chosen on.

use serde::{Deserialize, Serialize};

use super::comparison::ComparisonResult;
use super::estimate::Estimate;

/// Every arm on one named test set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TestSetResult {
    /// Its name in the specification.
    pub name: String,
    /// Pictures.
    pub images: usize,
    /// Patients, where they are known.
    pub patients: Option<usize>,
    /// Every arm, in the order of the results.
    pub arms: Vec<TestSetArm>,
    /// The comparisons of the headline, made again on this set and corrected among themselves.
    pub comparisons: Vec<ComparisonResult>,
}

/// One arm on a named test set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TestSetArm {
    /// Label of the arm.
    pub label: String,
    /// AUC of the headline over seeds; none until a run is done, or where the set has no
    /// positive or no negative picture.
    pub auc: Option<Estimate>,
    /// Seed and AUC of every finished run that has one.
    pub seeds: Vec<(u64, f64)>,
}
