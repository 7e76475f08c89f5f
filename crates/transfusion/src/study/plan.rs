//! The plan: every run a study needs, numbered and fully resolved before anything trains.
//!
//! A [`StudyPlan`] comes only from checking a specification against its data, networks and
//! weights, or from the `plan.json` that such a check wrote. Training accepts nothing else.

pub use durable::canonical_json;
use images::{Augmentation, Normalisation, Partition, Task};
use nets::initialisation::{Initialisation, InputAdaptation};
use nets::regime::Regime;
use nets::zoo::{self, Choice};
use nets::{Card, Input, Network, NetworkError};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::analysis::AnalysisPlan;
use super::compare::ComparePlan;
use super::headline::Headline;
use super::probe::ProbePlan;
use crate::comparison::results::{DataResult, ModelResult, SourceResult};
use crate::training::TrainPlan;

/// Format of `plan.json` and of everything beside it; any other is refused.
pub const FORMAT: u32 = 2;

/// `plan.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StudyPlan {
    /// [`FORMAT`].
    pub format: u32,
    /// Version of the program.
    pub version: String,
    /// The question.
    pub title: String,
    /// The data as found.
    pub data: PlannedData,
    /// Networks, each with its cost and input scaling.
    pub models: Vec<PlannedModel>,
    /// What the user has to be told before anything trains.
    #[serde(default)]
    pub warnings: Vec<String>,
    /// Cells of the grid.
    pub arms: Vec<PlannedArm>,
    /// Every run, numbered from 0 in the order of training.
    pub runs: Vec<RunSpec>,
    /// How runs are trained.
    pub train: TrainPlan,
    /// How arms are compared.
    pub compare: ComparePlan,
    /// What frozen features are probed for, where the study asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probe: Option<ProbePlan>,
    /// What trained networks are compared for, where the study asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub analysis: Option<AnalysisPlan>,
}

/// The data of a study, resolved.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlannedData {
    /// What the report says of the data.
    pub described: DataResult,
    /// The kind of question.
    pub task: Task,
    /// What the headline AUC tells apart.
    pub headline: Headline,
    /// Random changes to training pictures.
    pub augment: Augmentation,
    /// Examples to train on, as positions in the data.
    pub train: Vec<usize>,
    /// Examples to choose checkpoints on.
    pub validation: Vec<usize>,
    /// Examples to report on.
    pub test: Vec<usize>,
}

impl PlannedData {
    /// The examples of a partition.
    pub fn partition(&self, partition: Partition) -> &[usize] {
        match partition {
            Partition::Train => &self.train,
            Partition::Validation => &self.validation,
            Partition::Test => &self.test,
        }
    }
}

/// A network of the study.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlannedModel {
    /// What the report says of it.
    pub described: ModelResult,
    /// Scaling of pixel values, the same in all its arms.
    pub normalisation: Normalisation,
    /// What becomes of the first convolution of its weights, where they expect other channels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adaptation: Option<InputAdaptation>,
    /// Where its pretrained weights come from, if it has any.
    pub source: Option<SourceResult>,
}

impl PlannedModel {
    /// The network for the study's pictures and classes.
    pub fn network(&self, data: &DataResult) -> Result<Network, NetworkError> {
        let input = Input {
            channels: data.channels,
            size: data.size,
        };
        zoo::network(&self.described.choice, input, data.classes.len())
    }
}

/// A cell of the grid.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlannedArm {
    /// Model, initialisation, regime and training size.
    pub label: String,
    /// Position in the plan's models.
    pub model: usize,
    /// How weights are made.
    pub init: Initialisation,
    /// How they are trained.
    #[serde(default, skip_serializing_if = "Regime::is_full")]
    pub regime: Regime,
    /// Training pictures.
    pub train_size: usize,
    /// Whether that is the whole training partition.
    pub is_all: bool,
}

/// One run, fully resolved: `spec.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunSpec {
    /// Number in the plan, from 0.
    pub number: usize,
    /// Number and six hexadecimal digits of the hash of everything below: names the directory.
    pub id: String,
    /// Position in the plan's arms.
    pub arm: usize,
    /// Label of the arm.
    pub label: String,
    /// The network.
    pub model: Choice,
    /// How its weights are made.
    pub init: Initialisation,
    /// Which tensors move when, and how fast.
    #[serde(default, skip_serializing_if = "Regime::is_full")]
    pub regime: Regime,
    /// Training pictures.
    pub train_size: usize,
    /// Seed of initialisation, order and augmentation; the same seed in every arm gives the same
    /// subset, order and head.
    pub seed: u64,
    /// Scaling of pixel values.
    pub normalisation: Normalisation,
    /// Edge of the picture, in pixels.
    pub size: usize,
    /// Random changes to training pictures.
    pub augment: Augmentation,
    /// How it is trained.
    pub train: TrainPlan,
    /// SHA-256 of the data.
    pub data_sha256: String,
    /// What becomes of the first convolution of the weights, where they expect other channels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adaptation: Option<InputAdaptation>,
    /// SHA-256 of the pretrained weights that the initialisation reads.
    pub weights_sha256: Option<String>,
    /// Version of the program.
    pub version: String,
}

impl RunSpec {
    /// Gives the run its identity: the hash of all it is made of.
    pub(super) fn identified(mut self) -> Self {
        self.id = String::new();
        let hash = format!("{:x}", Sha256::digest(canonical_json(&self)));
        self.id = format!("{:04}-{}", self.number, &hash[..6]);
        self
    }
}

/// What a report says of the weights behind a card.
pub(super) fn describe_source(model: &str, card: &Card, sha256: String) -> SourceResult {
    SourceResult {
        model: model.into(),
        name: card.source.clone(),
        classes: Some(card.classes),
        images: card.source_images,
        size: Some(card.size),
        property: card.property.clone(),
        top1: card.top1,
        top5: card.top5,
        sha256,
    }
}
