//! How well arms tell answers apart, as readers look for it first: ROC and precision-recall curves,
//! operating points and confusion matrices over seeds.

use serde::{Deserialize, Serialize};

use super::confusion::ConfusionResult;
use super::estimate::Estimate;
use super::range::RangeResult;

/// Curves and confusion of every arm with a finished run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Discrimination {
    /// Shares of the negative test pictures that are called positive, ascending, at which ROC curves
    /// are told.
    pub false_positive_rates: Vec<f64>,
    /// Shares of the positive test pictures that are called positive, ascending, at which
    /// precision-recall curves are told.
    pub recalls: Vec<f64>,
    /// Resamples of test patients that bands rest on.
    pub resamples: usize,
    /// What is asked: the headline first.
    pub questions: Vec<CurveQuestion>,
    /// Arms with a finished run, in the order of the plan.
    pub arms: Vec<ArmDiscrimination>,
    /// Arms whose curves are left out, as there would be too many: those of lower mean AUC that are
    /// neither recommended nor what the recommended one is compared with.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub without_curves: Vec<String>,
}

/// What a curve is of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CurveQuestion {
    /// A class, a finding, grades from one on, or the headline that is a mean over such.
    pub name: String,
    /// Whether the headline AUC is the area below this curve.
    pub is_headline: bool,
    /// The test pictures; none of a mean over several questions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cases: Option<QuestionCases>,
}

/// Test pictures whose answer to a question is known.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct QuestionCases {
    /// Pictures with yes.
    pub positives: usize,
    /// Pictures with no.
    pub negatives: usize,
    /// Patients with a picture with yes, and with one with no.
    pub patients: [usize; 2],
    /// Fewer than ten patients of either, so that intervals and bands cannot be relied on.
    pub is_rare: bool,
}

impl QuestionCases {
    /// Share of pictures with yes, in [0, 1].
    pub fn prevalence(&self) -> f64 {
        self.positives as f64 / ((self.positives + self.negatives) as f64).max(1.0)
    }
}

/// An arm over its seeds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ArmDiscrimination {
    /// Label of the arm.
    pub label: String,
    /// In the order of the questions.
    pub questions: Vec<QuestionDiscrimination>,
    /// Predicted against true classes; none where classes do not exclude one another, or where there
    /// are only two.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confusion: Option<ConfusionResult>,
}

/// One question over the seeds of an arm.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct QuestionDiscrimination {
    /// Test AUC.
    pub auc: Option<Estimate>,
    /// Average precision; none where the curves are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub average_precision: Option<MeanResult>,
    /// Mean sensitivity at each false-positive rate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub roc: Option<CurveResult>,
    /// Mean precision at each recall.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub precision_recall: Option<CurveResult>,
    /// At the thresholds that the validation partition chose; none of a mean over several questions,
    /// or where a run has no threshold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operating: Option<OperatingMean>,
}

/// A mean over seeds, in [0, 1], with its 95% interval over seeds and patients.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct MeanResult {
    /// The mean.
    pub value: f64,
    /// Lower end; none with fewer than three seeds, or where too few resamples have both answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub low: Option<f64>,
    /// Upper end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub high: Option<f64>,
}

/// A mean curve over seeds, each number in [0, 1].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CurveResult {
    /// Mean at each place.
    pub values: Vec<f64>,
    /// Lower ends of pointwise 95% intervals over seeds and patients; empty with fewer than three
    /// seeds, or where too few resamples have both answers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub low: Vec<f64>,
    /// Upper ends.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub high: Vec<f64>,
}

/// What the thresholds of an arm's runs make of the test pictures.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OperatingMean {
    /// How each run chose its threshold on the validation partition.
    pub rule: String,
    /// The thresholds on the probability.
    pub threshold: RangeResult,
    /// Share of the positive that are called positive.
    pub sensitivity: MeanResult,
    /// Share of the negative that are called negative.
    pub specificity: MeanResult,
    /// True positive, false negative, false positive, true negative.
    pub counts: [RangeResult; 4],
    /// Share of those called positive that are, at the test partition's prevalence; none where no
    /// network calls one positive.
    pub ppv: Option<RangeResult>,
    /// Share of those called negative that are.
    pub npv: Option<RangeResult>,
}
