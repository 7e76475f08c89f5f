//! Where a network looks, and whether what is drawn of that depends on what it learnt.

use serde::{Deserialize, Serialize};
use study::Fold;

/// Maps of saliency of one run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Saliency {
    /// Which run, and which pictures.
    pub choice: SaliencyChoice,
    /// What the maps came to; none until they are drawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub methods: Option<Vec<MethodResult>>,
}

/// The run and the pictures that maps are drawn of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SaliencyChoice {
    /// Label of the arm.
    pub arm: String,
    /// Identity of its run with the median test AUC; of an even number, the lower of the two.
    pub run: String,
    /// Seed of the run.
    pub seed: u64,
    /// Fold of cross-validation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fold: Option<Fold>,
    /// Its test AUC.
    pub auc: f64,
    /// What yes is.
    pub question: String,
    /// One a role that a picture of the test partition plays.
    pub cases: Vec<SaliencyCase>,
}

/// What a picture is an example of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SaliencyRole {
    /// Rightly called yes: the one with the median probability of those.
    TruePositive,
    /// Wrongly called yes: the one with the highest probability.
    FalsePositive,
    /// Rightly called no: the one with the median probability of those.
    TrueNegative,
    /// Wrongly called no: the one with the lowest probability.
    FalseNegative,
    /// The right class is the most probable: the median of those by its probability.
    Right,
    /// Another class is the most probable: the one that is the surest.
    Wrong,
}

/// What evidence a map shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Evidence {
    /// For one class against all others, by index.
    Class(usize),
    /// For grades from this one on.
    AtLeast(usize),
    /// For a finding, by index.
    Finding(usize),
}

/// A picture that maps are drawn of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SaliencyCase {
    /// What it is an example of.
    pub role: SaliencyRole,
    /// Id of the picture, as in the tables of predictions.
    pub image: String,
    /// What the data say of it.
    pub truth: String,
    /// What the maps show evidence for.
    pub evidence: Evidence,
    /// The same in words.
    pub evidence_for: String,
    /// Its probability, in [0, 1].
    pub probability: f64,
}

/// How a map is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SaliencyMethod {
    /// Maps of the last block with enough places, weighed by their mean gradients (Selvaraju et al. 2017).
    GradCam,
    /// Patches are covered one after the other (Zeiler and Fergus 2014).
    Occlusion,
}

impl SaliencyMethod {
    /// Its name in a sentence.
    pub fn title(self) -> &'static str {
        match self {
            Self::GradCam => "Grad-CAM",
            Self::Occlusion => "Occlusion",
        }
    }
}

/// The maps of one method.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MethodResult {
    /// Which.
    pub method: SaliencyMethod,
    /// Rows and columns of a map; none where the network has no maps to draw from.
    pub grid: Option<[usize; 2]>,
    /// Grad-CAM: name of the block.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub block: Option<String>,
    /// Occlusion: rows and columns of a patch, and the steps between patches, in pixels of what
    /// networks see.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub patch: Option<Patch>,
    /// Spearman's correlation of the map with that of the same network whose weights are drawn anew,
    /// over all cells by absolute value, in the order of the cases; none where a map is constant or no
    /// finite number.
    pub correlations: Vec<Option<f64>>,
}

/// What covers a part of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Patch {
    /// Rows and columns, in pixels.
    pub size: [usize; 2],
    /// Rows and columns between neighbours, in pixels.
    pub stride: [usize; 2],
}

/// A mean correlation from which on maps hardly depend on what was learnt: half of the variance of
/// ranks is there without any training.
pub const HARDLY: f64 = 0.7;
/// Cells of a map below which a correlation says little.
pub const FEW_CELLS: usize = 16;

impl MethodResult {
    /// Mean of the correlations that are known.
    pub fn mean_correlation(&self) -> Option<f64> {
        let known: Vec<f64> = self.correlations.iter().copied().flatten().collect();
        (!known.is_empty()).then(|| known.iter().sum::<f64>() / known.len() as f64)
    }

    /// Whether maps hardly depend on what was learnt: they look much the same without it.
    pub fn hardly_depends(&self) -> bool {
        self.mean_correlation().is_some_and(|mean| mean >= HARDLY)
    }

    /// Whether a map has too few cells for its correlation to say much.
    pub fn is_coarse(&self) -> bool {
        self.grid
            .is_some_and(|[rows, columns]| rows * columns < FEW_CELLS)
    }
}
