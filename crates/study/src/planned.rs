//! What a plan is about: its data, networks and arms, resolved.

use images::{Augmentation, Normalisation, Partition, Task};
use initialisation::{Initialisation, InputAdaptation};
use networks::{Network, NetworkError, zoo};
use regimes::Regime;
use serde::{Deserialize, Serialize};

use super::described::{DataResult, ModelResult, SourceResult};
use super::fold::{Fold, Folds};
use super::headline::Headline;
use super::run_spec::RunData;
use super::split::Split;

/// The data of a study, resolved.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedData {
    /// What the report says of the data.
    pub described: DataResult,
    /// The kind of question.
    pub task: Task,
    /// What the headline AUC tells apart.
    pub headline: Headline,
    /// Random changes to training pictures.
    pub augment: Augmentation,
    /// Which pictures are trained on, chosen on and reported on; with folds, in the first of them.
    pub split: Split,
    /// The folds of cross-validation, where the study asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub folds: Option<Folds>,
}

impl PlannedData {
    /// The examples of a partition.
    pub fn partition(&self, partition: Partition) -> &[usize] {
        self.split.partition(partition)
    }

    /// Every fold, or none for the one split.
    pub fn folds(&self) -> Vec<Option<Fold>> {
        match &self.folds {
            None => vec![None],
            Some(folds) => folds.planned.iter().map(|p| Some(p.fold)).collect(),
        }
    }

    /// The pictures of a run in `fold`, or of one in none. Of a fold that the study does not have
    /// it is the first split, which no run of that fold names as its own.
    pub fn split_of(&self, fold: Option<Fold>) -> &Split {
        let folds = self.folds.as_ref().zip(fold);
        let found = folds.and_then(|(folds, fold)| folds.split(fold));
        found.unwrap_or(&self.split)
    }

    /// Training pictures that every run can have.
    pub fn fewest_to_train(&self) -> usize {
        match &self.folds {
            None => self.split.train.len(),
            Some(folds) => folds.fewest_to_train(),
        }
    }

    /// `test`, then the named test sets.
    fn test_set_names(&self) -> Vec<String> {
        let named = self.split.test_sets.iter().map(|set| set.name.clone());
        [Partition::Test.name().to_owned()]
            .into_iter()
            .chain(named)
            .collect()
    }

    /// What a run in `fold`, or in none, depends on.
    pub fn of_run(&self, fold: Option<Fold>) -> RunData {
        RunData {
            sha256: self.described.sha256.clone(),
            split: self.split_of(fold).id.clone(),
            test_sets: self.test_set_names(),
            task: self.task,
            headline: self.headline.clone(),
            classes: self.described.classes.clone(),
            size: self.described.size,
            channels: self.described.channels,
            fit: self.described.fit,
            resize: self.described.resize,
            range: self.described.range,
            depth: self.described.depth,
        }
    }
}

/// A network of the study.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
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
        zoo::network(&self.described.choice, data.input(), data.classes.len())
    }
}

/// A cell of the grid.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
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
