//! One yes-or-no question: how well scores tell the answers apart, what a threshold makes of them,
//! and whether probabilities can be taken at their word.

use serde::{Deserialize, Serialize};

use super::estimate::{AucResult, Estimate};

/// A question in the test partition of one run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct QuestionResult {
    /// A class, a finding, or grades from one on.
    pub name: String,
    /// Whether the headline AUC is this question's alone.
    pub is_headline: bool,
    /// Test pictures with yes.
    pub positives: usize,
    /// Test pictures with no.
    pub negatives: usize,
    /// Its AUC and 95% interval, over patients where they have several pictures.
    pub auc: Option<AucResult>,
    /// Average precision.
    pub auprc: Option<f64>,
    /// Its 95% interval, by resampling patients.
    pub auprc_interval: Option<[f64; 2]>,
    /// Partial AUC at specificities of 0.9 and more, standardised as McClish: 0.5 is chance.
    pub partial_auc: Option<f64>,
    /// Its 95% interval, by resampling patients.
    pub partial_auc_interval: Option<[f64; 2]>,
    /// Sensitivity at each of the study's specificities.
    pub sensitivities: Vec<Option<f64>>,
    /// Their 95% intervals, by resampling patients.
    pub sensitivity_intervals: Vec<Option<[f64; 2]>>,
    /// At the threshold that the validation partition chose.
    pub operating: Option<OperatingResult>,
    /// Of the probabilities as the network gives them.
    pub calibration: Option<CalibrationResult>,
    /// After temperature scaling fitted on the validation partition.
    pub rescaled: Option<RescaledResult>,
    /// Net benefit at thresholds on the probability.
    pub decision_curve: Vec<NetBenefit>,
}

/// A proportion with its 95% interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Proportion {
    /// The proportion, in [0, 1]; for a likelihood ratio, 0 or more.
    pub value: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// What a threshold makes of the test pictures.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OperatingResult {
    /// How it was chosen on the validation partition.
    pub rule: String,
    /// Positive from this probability on.
    pub threshold: f64,
    /// Counts: true positive, false negative, false positive, true negative.
    pub counts: [u64; 4],
    /// Share of the positive that are called positive.
    pub sensitivity: Option<Proportion>,
    /// Share of the negative that are called negative.
    pub specificity: Option<Proportion>,
    /// Share of those called positive that are, at the test partition's prevalence.
    pub ppv: Option<Proportion>,
    /// Share of those called negative that are.
    pub npv: Option<Proportion>,
    /// Sensitivity over 1 − specificity.
    pub lr_positive: Option<Proportion>,
    /// 1 − sensitivity over specificity.
    pub lr_negative: Option<Proportion>,
    /// Predictive values at other prevalences.
    pub elsewhere: Vec<PredictiveValues>,
}

/// Predictive values where the answer is more or less common.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PredictiveValues {
    /// Share of yes, in (0, 1).
    pub prevalence: f64,
    /// Share of those called positive that are.
    pub ppv: Option<Proportion>,
    /// Share of those called negative that are.
    pub npv: Option<Proportion>,
}

/// Whether probabilities can be taken at their word.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CalibrationResult {
    /// Slope of the logistic regression of the answer on the logit of the probability; 1 is right,
    /// below 1 too extreme. With its 95% interval.
    pub slope: Option<Proportion>,
    /// Calibration in the large: the intercept with the slope at 1; 0 is right, below 0
    /// probabilities are too high.
    pub intercept: Option<Proportion>,
    /// Mean squared error of the probability.
    pub brier: f64,
    /// Expected calibration error over bins of as many pictures each.
    pub ece: f64,
    /// What that error would be on average, were the probabilities right: its bias upwards.
    pub ece_if_right: f64,
    /// Predicted and observed shares by bin.
    pub reliability: Vec<ReliabilityBin>,
}

/// Pictures of like probability.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReliabilityBin {
    /// Pictures.
    pub images: u64,
    /// Their mean probability.
    pub predicted: f64,
    /// The share of yes among them, with its 95% interval (Wilson).
    pub observed: Proportion,
}

/// Calibration after one temperature for all probabilities.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct RescaledResult {
    /// Logits are divided by it; above 1 the network was too sure.
    pub temperature: f64,
    /// Slope afterwards.
    pub slope: Option<f64>,
    /// Brier score afterwards.
    pub brier: f64,
    /// Expected calibration error afterwards.
    pub ece: f64,
}

/// Net benefit of acting on a probability from a threshold on.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct NetBenefit {
    /// Threshold, in (0, 1).
    pub threshold: f64,
    /// Of the network.
    pub model: f64,
    /// Of treating everyone; treating no one has 0.
    pub all: f64,
}

/// A question over the seeds of an arm.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ArmQuestion {
    /// A class, a finding, or grades from one on.
    pub name: String,
    /// Whether the headline AUC is this question's alone.
    pub is_headline: bool,
    /// Test pictures with yes.
    pub positives: usize,
    /// Test pictures with no.
    pub negatives: usize,
    /// Test patients with a picture with yes, and with one with no; pictures where patients are not
    /// known.
    pub patients: [usize; 2],
    /// Fewer than ten patients of either, so that its intervals and tests cannot be relied on.
    pub is_rare: bool,
    /// Test AUC over seeds.
    pub auc: Option<Estimate>,
}
