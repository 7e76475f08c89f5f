//! One arm and its runs.

use std::collections::BTreeSet;

use initialisation::InitKind;
use serde::{Deserialize, Serialize};
use study::Fold;

use super::estimate::{AucResult, Estimate};
use super::over_seeds::OverSeeds;
use super::question::{ArmQuestion, QuestionResult};
use super::regime_name::RegimeName;
use crate::metrics::MetricValues;

/// One cell of the grid.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ArmResult {
    /// Name: model, initialisation, regime and training size.
    pub label: String,
    /// Label of the model.
    pub model: String,
    /// Name of the initialisation.
    pub init: String,
    /// What that is by its rules.
    #[serde(default)]
    pub kind: InitKind,
    /// Name of the training regime.
    #[serde(default)]
    pub regime: RegimeName,
    /// Whether the initialisation reads pretrained weights.
    #[serde(default)]
    pub needs_weights: bool,
    /// The highest block that pretrained weights are loaded into; none where none are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub up_to_block: Option<String>,
    /// What it starts from and how it is trained, in words; empty in results of earlier versions.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub words: String,
    /// Training images used.
    pub train_size: usize,
    /// Whether `train_size` is the whole training partition.
    pub is_all: bool,
    /// Test AUC over seeds; none until a run is done or where it is undefined.
    pub auc: Option<Estimate>,
    /// One per finished run: a seed, or a fold of a seed.
    pub seeds: Vec<SeedResult>,
    /// How many of these runs were trained on which kind of device, where the study has runs of
    /// several kinds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub devices: Vec<DeviceRuns>,
    /// Validation curve, one point per evaluation.
    pub curve: Vec<CurvePoint>,
    /// Steps to each threshold, in the order of the thresholds.
    pub convergence: Vec<Convergence>,
    /// Mean height of the validation curve from the first step to the last that all runs of the
    /// study have: the area under the learning curve over its length.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub learning_curve: Option<OverSeeds>,
    /// Every question behind the headline, over seeds.
    #[serde(default)]
    pub questions: Vec<ArmQuestion>,
}

impl ArmResult {
    /// Different seeds with a finished run.
    pub fn seed_count(&self) -> usize {
        let seeds: BTreeSet<u64> = self.seeds.iter().map(|run| run.seed).collect();
        seeds.len()
    }

    /// The arm in a sentence: its network, what that starts from and how it is trained; its label
    /// where no words are known.
    pub fn in_words(&self) -> String {
        match self.words.as_str() {
            "" => self.label.clone(),
            words => format!("{} from {words}", self.model),
        }
    }

    /// What distinguishes the arms of a model and training size: the initialisation, with the
    /// regime where that is not `full`.
    pub fn setup(&self) -> String {
        match self.regime.beside_full() {
            None => self.init.clone(),
            Some(regime) => format!("{}, {regime}", self.init),
        }
    }
}

/// Runs of one kind of device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceRuns {
    /// `cpu`, `cuda: NVIDIA H200`, or `cpu and cuda: NVIDIA H200` where a run was begun on the one
    /// and finished on the other.
    pub device: String,
    /// How many.
    pub runs: usize,
}

/// Test metrics of one run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SeedResult {
    /// Number of the run in the plan.
    pub run: usize,
    /// Seed.
    pub seed: u64,
    /// Fold of cross-validation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fold: Option<Fold>,
    /// Step of the best checkpoint by validation AUC.
    pub best_step: u64,
    /// Steps trained.
    pub steps: u64,
    /// Headline AUC on the test partition and its DeLong 95% interval.
    pub auc: Option<AucResult>,
    /// Every metric of the [table](crate::metrics::METRICS), by its key.
    #[serde(flatten)]
    pub metrics: MetricValues,
    /// AUC per class (one-vs-rest), per grade threshold or per finding: name and value.
    pub per_class: Vec<(String, Option<f64>)>,
    /// Every question behind the headline.
    #[serde(default)]
    pub questions: Vec<QuestionResult>,
}

/// One evaluation on the validation partition, over seeds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CurvePoint {
    /// Training steps taken.
    pub step: u64,
    /// Validation AUC per seed, in the order of `seeds`; none where a seed has stopped.
    pub auc: Vec<Option<f64>>,
    /// Mean training loss since the previous evaluation, per seed.
    pub loss: Vec<Option<f64>>,
}

/// How soon an arm reaches a threshold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Convergence {
    /// Validation AUC to reach.
    pub threshold: f64,
    /// Steps per seed, interpolated in the isotonic fit of its validation curve; none where the
    /// budget ended before, or where the threshold is reached before the second evaluation.
    pub steps: Vec<Option<f64>>,
    /// The evaluation by which some seed had reached it, where that is the first after the start:
    /// nothing is known of its step then, and there is no mean.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub early: Option<u64>,
    /// Geometric mean of the steps, those beyond `horizon` counting as `horizon`; none if no seed
    /// reaches it.
    pub mean: Option<f64>,
    /// The last step that every seed is known at.
    pub horizon: Option<f64>,
}

impl Convergence {
    /// Seeds that reach it at a known step.
    pub fn reached(&self) -> usize {
        self.steps.iter().flatten().count()
    }

    /// Whether some seed does not reach it, so that the mean is a lower bound.
    pub fn is_bound(&self) -> bool {
        self.reached() < self.steps.len()
    }
}
