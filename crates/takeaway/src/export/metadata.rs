//! `metadata.json`: what an exported model is and where it comes from.

use std::collections::BTreeMap;

use comparison::{Asks, Choices};
use images::Task;
use networks::zoo::Choice;
use regimes::addition::Addition;
use serde::{Deserialize, Serialize};

use record::Predictions;
use record::results::{Estimate, SeedResult};
use study::{ComparePlan, Headline, SourceResult, StudyPlan};

/// Format of an exported model; a newer one is refused.
pub const FORMAT: u32 = 3;

/// Format of a model with the layers of its network alone, which earlier versions read as well.
const PLAIN: u32 = 2;

/// `metadata.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Metadata {
    /// [`FORMAT`].
    pub format: u32,
    /// Label of the network and its initialisation.
    pub name: String,
    /// The network.
    pub network: Choice,
    /// What the network has beside its own layers, added in training.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub addition: Option<Addition>,
    /// Whose names the tensors have: `torchvision`, `timm` or `transfusion`.
    pub tensor_names: String,
    /// Trained numbers.
    pub parameters: usize,
    /// The kind of question.
    pub task: Task,
    /// Classes, grades or findings, in the order of the outputs.
    pub classes: Vec<String>,
    /// What the headline AUC tells apart.
    pub headline: Headline,
    /// Where the model comes from.
    pub training: Training,
    /// Metrics on the test partition.
    pub test: SeedResult,
    /// What the study's validation pictures chose for using the probabilities; none of a model of an
    /// earlier version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<Decision>,
    /// Headline AUC of the arm over its seeds, where the study has compared them.
    pub arm_auc: Option<Estimate>,
    /// SHA-256 of the files beside this one.
    pub sha256: BTreeMap<String, String>,
    /// What this model may be used for.
    pub intended_use: String,
}

/// What the study's validation pictures chose, and at what it measured its test pictures.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// Thresholds and temperature.
    #[serde(flatten)]
    pub choices: Choices,
    /// Specificities at which sensitivity is reported.
    pub specificities: Vec<f64>,
    /// Prevalences for predictive values.
    pub prevalences: Vec<f64>,
    /// Bootstrap resamples.
    pub resamples: usize,
}

impl Metadata {
    /// The format of a model with such an addition: an earlier version would leave it out.
    pub fn format(addition: Option<&Addition>) -> u32 {
        match addition {
            Some(_) => FORMAT,
            None => PLAIN,
        }
    }
}

impl Decision {
    /// What the validation predictions of a run choose by the rules of its study.
    pub fn new(plan: &StudyPlan, validation: &Predictions) -> Self {
        let compare = &plan.compare;
        Self {
            choices: Asks::of(plan).choose(validation),
            specificities: compare.specificities.clone(),
            prevalences: compare.prevalences.clone(),
            resamples: compare.resamples,
        }
    }

    /// The same as far as a study's plan says it.
    pub fn compare(&self) -> ComparePlan {
        ComparePlan {
            specificities: self.specificities.clone(),
            prevalences: self.prevalences.clone(),
            resamples: self.resamples,
            ..ComparePlan::default()
        }
    }
}

/// How a model was trained.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Training {
    /// The study's question.
    pub study: String,
    /// Identity of the run.
    pub run: String,
    /// Name of the initialisation.
    pub init: String,
    /// Where pretrained weights came from, if the initialisation read any.
    pub source: Option<SourceResult>,
    /// Seed.
    pub seed: u64,
    /// Training pictures.
    pub train_size: usize,
    /// Steps of training up to these weights.
    pub steps: u64,
    /// Name of the data.
    pub data: String,
    /// SHA-256 over ids, labels and pixels.
    pub data_sha256: String,
    /// Version of the program that trained it.
    pub version: String,
}

/// What every exported model may be used for.
pub const INTENDED_USE: &str = "Research use only. Not a medical device: not validated for \
diagnosis, triage or any decision about patients.";
