//! Two arms against each other, and what of the pretrained weights helps.

use serde::{Deserialize, Serialize};

use super::arm::{Estimate, full};

/// An arm against another that differs from it in one thing: initialisation, regime, or the network
/// being whole. Seeds are paired.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ComparisonResult {
    /// Label of the arm.
    pub arm: String,
    /// Label of the other.
    pub baseline: String,
    /// Test AUC of the arm minus that of the other.
    pub difference: Estimate,
    /// `better`, `worse`, `equivalent` or `undecided`.
    pub outcome: String,
    /// The smallest difference that this comparison could have seen (80% power, two-sided 5%);
    /// none where nothing varied.
    pub smallest_detectable: Option<f64>,
    /// Median steps of the other arm divided by median steps of the arm, per threshold.
    pub speed_up: Vec<Option<f64>>,
}

/// The gain of `transfer` over `random`, split by `mean-var`: gain = scale + features.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AttributionResult {
    /// Label of the model.
    pub model: String,
    /// Training images used.
    pub train_size: usize,
    /// Whether `train_size` is the whole training partition.
    pub is_all: bool,
    /// Name of the training regime.
    #[serde(default = "full")]
    pub regime: String,
    /// What may be concluded.
    pub helps: Helps,
    /// `transfer` less `random`.
    pub gain: PartResult,
    /// `mean-var` less `random`.
    pub scale: PartResult,
    /// `transfer` less `mean-var`.
    pub features: PartResult,
}

/// A part of a gain.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PartResult {
    /// Difference in test AUC, seeds paired.
    pub difference: Estimate,
    /// `better`, `worse`, `equivalent` or `undecided`.
    pub outcome: String,
}

/// What of the pretrained weights helps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Helps {
    /// The gain is there, and the features have a part that is better than nothing.
    Features,
    /// `mean-var` is better than random, and the features are equivalent to nothing.
    Scale,
    /// Both parts are better than nothing.
    FeaturesAndScale,
    /// Gain and scale are equivalent to nothing.
    Nothing,
    /// `transfer` is worse than random.
    Harm,
    /// None of these is shown.
    Undecided,
}
