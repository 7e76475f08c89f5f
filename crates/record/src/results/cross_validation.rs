//! What cross-validation adds to arms and comparisons.

use serde::{Deserialize, Serialize};
use study::Fold;

use super::estimate::Estimate;

/// Arms and differences over folds. The AUCs of the arms and the outcomes are for the *way of
/// training* on another training set of this size; here stands what they are for the networks that
/// were trained, and by the spread of the folds alone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CrossValidation {
    /// Folds of a repeat.
    pub folds: usize,
    /// Repeats.
    pub repeats: usize,
    /// In the order of the arms.
    pub arms: Vec<CrossValidatedArm>,
    /// In the order of the comparisons of the headline.
    pub comparisons: Vec<CrossValidatedDifference>,
}

/// One arm over its folds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CrossValidatedArm {
    /// Name of the arm.
    pub label: String,
    /// Mean AUC of the networks that were trained, its interval over seeds and test patients; none
    /// until a seed has all folds.
    pub networks: Option<Estimate>,
    /// For the way of training, by the spread of the folds alone.
    pub resampled: Option<ResampledResult>,
    /// Standard deviation of the AUC by fold; this and the following take two seeds.
    pub fold_sd: Option<f64>,
    /// By seed.
    pub seed_sd: Option<f64>,
    /// What is neither the fold nor the seed alone.
    pub rest_sd: Option<f64>,
    /// AUCs by fold.
    pub folds: Vec<FoldAucs>,
}

/// AUCs of one fold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FoldAucs {
    /// Which one.
    #[serde(flatten)]
    pub fold: Fold,
    /// Of every seed that has all folds.
    pub seeds: Vec<f64>,
}

/// An arm less another over their folds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CrossValidatedDifference {
    /// Name of the arm.
    pub arm: String,
    /// Name of the other.
    pub baseline: String,
    /// Difference of the networks that were trained, its interval over seeds and test patients.
    pub networks: Estimate,
    /// For the way of training, by the spread of the folds alone.
    pub resampled: Option<ResampledResult>,
    /// Difference by fold, mean over seeds.
    pub folds: Vec<f64>,
}

/// A mean over folds with the corrected resampled t of Nadeau and Bengio.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ResampledResult {
    /// Mean over folds.
    pub value: f64,
    /// Lower end of the 95% interval.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Two-sided p value of no difference, uncorrected; none of an AUC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p: Option<f64>,
}
