//! The plan: every run a study needs, numbered and fully resolved before anything trains.
//!
//! A [`StudyPlan`] comes only from checking a specification against its data, networks and
//! weights, or from the `plan.json` that such a check wrote. Training accepts nothing else.

use images::{Augmentation, Normalisation, Partition, Task};
use networks::initialisation::{Initialisation, InputAdaptation};
use networks::regime::Regime;
use networks::zoo;
use networks::{Card, Input, Network, NetworkError};
use serde::{Deserialize, Serialize};

use super::analysis::AnalysisPlan;
use super::compare::ComparePlan;
use super::headline::Headline;
use super::probe::ProbePlan;
use super::run_spec::{RunData, RunSpec};
use super::split::Split;
use crate::described::{DataResult, ModelResult, SourceResult};
use crate::train::TrainPlan;

/// `plan.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StudyPlan {
    /// [`FORMAT`](crate::FORMAT).
    pub format: u32,
    /// Version of the program that planned it; only told, never compared.
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
    /// Which pictures are trained on, chosen on and reported on.
    pub split: Split,
}

impl PlannedData {
    /// The examples of a partition.
    pub fn partition(&self, partition: Partition) -> &[usize] {
        self.split.partition(partition)
    }

    /// What a run depends on.
    pub(crate) fn of_run(&self) -> RunData {
        RunData {
            sha256: self.described.sha256.clone(),
            split: self.split.id.clone(),
            test_sets: vec![Partition::Test.name().into()],
            task: self.task,
            headline: self.headline.clone(),
            classes: self.described.classes.clone(),
            size: self.described.size,
            channels: self.described.channels,
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

/// What a report says of the weights behind a card.
pub(crate) fn describe_source(model: &str, card: &Card, sha256: String) -> SourceResult {
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
