//! What scores of transferability promise, and how well they predicted the study.

use serde::{Deserialize, Serialize};
use study::{ProbeMethod, TransferScore};

use super::association::AssociationResult;
use super::regime_name::RegimeName;

/// Scores of a study.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Transferability {
    /// The scores that were asked for.
    pub asked: Vec<TransferScore>,
    /// One per model, initialisation, training size, score, and block where the score reads
    /// features.
    pub scores: Vec<ScoreResult>,
    /// How well each score, and each probe, predicted the test AUC of trained arms; none where the
    /// study trains nothing.
    pub predictions: Vec<Prediction>,
}

/// One score, over seeds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScoreResult {
    /// Label of the model.
    pub model: String,
    /// Name of the initialisation.
    pub init: String,
    /// Training pictures; those of the validation partition were scored with them.
    pub train_size: usize,
    /// Whether that is the whole training partition.
    pub is_all: bool,
    /// Name of the block; none where the score reads the source's head.
    pub block: Option<String>,
    /// Which score.
    pub score: TransferScore,
    /// Mean over finished seeds, higher is better; none until all have one.
    pub value: Option<f64>,
    /// 1 for the highest value of this score and training size, equal values alike.
    pub rank: Option<usize>,
    /// Why there is no value.
    pub reason: Option<String>,
    /// Value of each finished seed. Seeds that share features and pictures have one value.
    pub seeds: Vec<(u64, f64)>,
    /// Findings with fewer than ten positives or negatives in some seed, which the mean leaves out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<String>,
}

/// What predicts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Predictor {
    /// A score: of the last probed block, or of the source's head.
    Score(TransferScore),
    /// The validation AUC of a probe of the last probed block.
    Probe(ProbeMethod),
}

/// Which arms are points.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Points {
    /// Those of `transfer`: one point a model and its source. Was the best source named?
    Sources,
    /// Those of every initialisation: one point a model and initialisation, the untrained controls
    /// among them. Was the best start named?
    Starts,
}

/// How well a predictor ranked the arms of one training size and regime.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Prediction {
    /// What predicted.
    pub predictor: Predictor,
    /// Which arms.
    pub over: Points,
    /// Training pictures.
    pub train_size: usize,
    /// Whether that is the whole training partition.
    pub is_all: bool,
    /// Name of the training regime.
    pub regime: RegimeName,
    /// Weighted τ with the mean test AUC.
    pub association: AssociationResult,
}

impl Predictor {
    /// Its name in texts.
    pub fn title(self) -> &'static str {
        match self {
            Self::Score(score) => score.title(),
            Self::Probe(ProbeMethod::Linear) => "linear probe",
            Self::Probe(ProbeMethod::Knn) => "k-NN",
        }
    }
}
