//! Two arms against each other, and what of the pretrained weights helps.

use serde::{Deserialize, Serialize};

use super::estimate::Estimate;
use super::outcome::{Bound, Outcome, SpeedOutcome};
use super::over_seeds::OverSeeds;
use super::regime_name::RegimeName;

/// An arm against another that differs from it in one thing: initialisation, regime, or the network
/// being whole. Seeds are paired.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ComparisonResult {
    /// Label of the arm.
    pub arm: String,
    /// Label of the other.
    pub baseline: String,
    /// The class or finding whose AUC is compared; none for the headline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub question: Option<String>,
    /// Test AUC of the arm minus that of the other.
    pub difference: Estimate,
    /// What may be concluded as one of all conclusions of the study.
    pub outcome: Outcome,
    /// The same, were this the only one.
    pub uncorrected: Outcome,
    /// p values; none with fewer than three seeds, or where nothing varied.
    pub p: PValues,
    /// What is believed of the true difference; none where there are no p values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub posterior: Option<PosteriorResult>,
    /// What it could have seen; none where there are no p values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub power: Option<Vec<PowerResult>>,
    /// What would settle it; none where it is settled or nothing can be planned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settling: Option<SettlingResult>,
    /// The difference again, by resampling seeds and patients.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bootstrap: Option<BootstrapResult>,
    /// p values that assume no distribution.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permutation: Option<PermutationResult>,
    /// How much sooner the arm reaches each threshold; none where neither reaches it.
    pub speed_up: Vec<Option<SpeedUpResult>>,
    /// Mean height of the arm's learning curve less that of the other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub learning_curve: Option<OverSeeds>,
}

/// p values of one comparison.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PValues {
    /// Two-sided, of no difference.
    pub difference: Option<f64>,
    /// Of a difference of at least the margin either way: the larger of two one-sided tests.
    pub equivalence: Option<f64>,
    /// Of no difference, corrected for all that the study concludes: below 0.05 it is shown.
    pub difference_corrected: Option<f64>,
    /// Of equivalence, corrected alike.
    pub equivalence_corrected: Option<f64>,
}

/// Probabilities of the true difference, were all differences as likely before the data.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PosteriorResult {
    /// That it is 0 or less.
    pub none_or_worse: f64,
    /// That it lies within ± margin.
    pub equivalent: f64,
    /// That it is above the margin.
    pub better: f64,
}

/// The chance of finding a true difference.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PowerResult {
    /// The true difference, above 0.
    pub difference: f64,
    /// The chance that this comparison calls it better, after correction.
    pub power: f64,
}

/// What would settle an open comparison with 80% power after correction.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct SettlingResult {
    /// To show equivalence if the true difference is 0.
    pub equivalence: NeededResult,
    /// To show a true difference of twice the margin.
    pub difference: NeededResult,
}

/// What is enough, from the least to the most that the spread between seeds allows for.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct NeededResult {
    /// Seeds in all, with the patients as they are; none where not even 50 are enough.
    pub seeds: [Option<usize>; 2],
    /// Patients, as a multiple, with the seeds as they are; none where not even ten times as many
    /// are enough.
    pub patients: [Option<f64>; 2],
}

/// An estimate by resampling seeds and patients.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct BootstrapResult {
    /// Lower end of the 95% interval.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Standard error over seeds; none with one.
    pub seed_se: Option<f64>,
    /// Standard error over samples of patients.
    pub sampling_se: f64,
    /// Resamples that could be used.
    pub resamples: usize,
}

/// Paired permutation tests of no difference.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PermutationResult {
    /// Swapping the two arms' scores patient by patient: about these networks and other patients.
    pub patients: Option<f64>,
    /// Swapping the two arms seed by seed: about these patients and other seeds.
    pub seeds: f64,
    /// The smallest value that the latter can take with so few seeds.
    pub smallest_by_seeds: f64,
}

/// How much sooner an arm reaches a threshold: geometric means over paired seeds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SpeedUpResult {
    /// Steps of the other arm over those of this one.
    pub value: f64,
    /// Lower end of the 95% interval over seeds and validation patients; none with fewer than three
    /// seeds.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
    /// What seeds that never reach the threshold make of it.
    pub bound: Bound,
    /// The step up to which all runs are known; steps beyond count as it.
    pub horizon: f64,
    /// Steps of this arm.
    pub arm_steps: f64,
    /// Steps of the other.
    pub baseline_steps: f64,
    /// Seeds of this arm that do not reach it within the horizon.
    pub arm_open: usize,
    /// The same of the other.
    pub baseline_open: usize,
    /// What may be concluded as one of all conclusions of the study.
    pub outcome: SpeedOutcome,
    /// The same, were this the only one.
    pub uncorrected: SpeedOutcome,
    /// p values; none with fewer than three seeds, or where the error of the validation AUC is not
    /// known.
    pub p: PValues,
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
    #[serde(default)]
    pub regime: RegimeName,
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
    /// The outcome of that difference, as wherever it is shown.
    pub outcome: Outcome,
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

impl AttributionResult {
    /// The model, with the regime and the training size where they are not the usual ones.
    pub fn place(&self) -> String {
        let mut place = self.model.clone();
        if let Some(regime) = self.regime.beside_full() {
            place.push_str(&format!(" (trained by {regime})"));
        }
        if !self.is_all {
            place.push_str(&format!(" with {} images", self.train_size));
        }
        place
    }
}
