//! What the user wrote: `study.toml`, read strictly, not yet checked against data or networks.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use images::{Augmentation, Fractions, Task};
use networks::Selection;
use networks::regime::{L2Sp, NormPolicy, Phase};
use serde::{Deserialize, de};

use super::analysis::AnalysisSpec;
use super::compare::CompareSpec;
use super::entry::{InitEntry, ModelEntry, TrainSize, WeightsEntry};
use super::probe::ProbeSpec;
use super::regime::RegimeEntry;
use crate::error::{StudyError, in_plain_words, with_suggestion};

/// Largest configuration file that is read, in bytes.
const FILE_LIMIT: u64 = 1 << 20;

/// One question: the whole of `study.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StudySpec {
    /// The question, for the report's head line.
    pub title: String,
    /// The user's pictures.
    pub data: DataSpec,
    /// What is compared: arms are every combination.
    pub grid: GridSpec,
    /// How every run is trained.
    #[serde(default)]
    pub train: TrainSpec,
    /// How arms are compared.
    #[serde(default)]
    pub compare: CompareSpec,
    /// Label of a model ─▶ its pretrained weights.
    #[serde(default)]
    pub weights: BTreeMap<String, WeightsEntry>,
    /// What frozen features can do; not asked without it.
    pub probe: Option<ProbeSpec>,
    /// What trained networks kept and share; not asked without it.
    pub analysis: Option<AnalysisSpec>,
}

/// `[data]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataSpec {
    /// `.npz`, a folder of class folders, a `.csv` table, `phantom-fundus` or `phantom-objects`.
    pub source: String,
    /// Name in the report; by default the file's.
    pub name: Option<String>,
    /// `multiclass` (default), `multilabel` or `ordinal`.
    #[serde(default = "multiclass")]
    pub task: Task,
    /// What the headline AUC calls positive: `">=2"` (ordinal), a class or a finding by name.
    pub positive: Option<String>,
    /// Edge of the square picture that networks see, in pixels.
    pub size: usize,
    /// 1 (grey) or 3 (RGB); by default as stored, and 3 where weights expect 3.
    pub channels: Option<usize>,
    /// What becomes of weights that expect other channels: `replicate` (the picture instead),
    /// `sum` or `repeat`.
    pub adapt: Option<Adapt>,
    /// Names of the classes, in order.
    pub classes: Option<Vec<String>>,
    /// What distinguishes the classes, for the report's comparison with natural images.
    pub property: Option<String>,
    /// Table only: folder that picture names are relative to; by default the table's.
    pub image_root: Option<PathBuf>,
    /// Table only: column of the picture's file.
    #[serde(default = "image_column")]
    pub image: String,
    /// Table only: column of the class, or the columns of the findings.
    #[serde(default)]
    pub label: Columns,
    /// Table only: column that splits cluster by.
    pub patient: Option<String>,
    /// Table only: column with `train`, `validation`, `test`.
    pub split: Option<String>,
    /// Table only: what a label of -1 means.
    #[serde(default)]
    pub uncertain: images::table::Uncertain,
    /// Shares of the partitions where the data bring no split.
    #[serde(default)]
    pub fractions: Fractions,
    /// Seed of the split.
    #[serde(default)]
    pub split_seed: u64,
    /// What happens to pictures that cannot be read: `stop` or `skip`.
    #[serde(default)]
    pub unreadable: Unreadable,
    /// Random changes to training pictures.
    #[serde(default)]
    pub augment: Augmentation,
    /// Scaling of pixel values: `weights` (default), `data` or `none`.
    #[serde(default)]
    pub normalise: Normalise,
    /// Memory for decoded pictures, in MiB; what does not fit is decoded again when needed.
    #[serde(default = "cache_mib")]
    pub cache_mib: usize,
    /// Phantom only: patients (two pictures each) or pictures to draw.
    #[serde(default = "phantom_count")]
    pub count: usize,
    /// Phantom only: seed of the pictures.
    #[serde(default)]
    pub seed: u64,
}

fn multiclass() -> Task {
    Task::Multiclass
}

fn image_column() -> String {
    "image".into()
}

fn cache_mib() -> usize {
    2048
}

fn phantom_count() -> usize {
    800
}

/// One column name or several.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Columns {
    /// One column that holds the class.
    One(String),
    /// One column a finding.
    Many(Vec<String>),
}

impl Default for Columns {
    fn default() -> Self {
        Columns::One("label".into())
    }
}

/// What happens to pictures that cannot be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Unreadable {
    /// The study does not start.
    #[default]
    Stop,
    /// They are left out and listed in the report.
    Skip,
}

/// How pictures and weights of different channels come together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Adapt {
    /// Grey pictures become three equal channels; weights stay as they are.
    Replicate,
    /// The first convolution is summed over its input channels.
    Sum,
    /// The first convolution's input channels are repeated and scaled.
    Repeat,
}

/// Where the scaling of pixel values comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Normalise {
    /// What a model's pretrained weights were trained with, for all its arms; the training
    /// partition where it has no weights.
    #[default]
    Weights,
    /// Mean and standard deviation of the training partition.
    Data,
    /// Pixel values in [0, 1] as they are.
    None,
}

/// `[grid]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GridSpec {
    /// Networks.
    pub model: Vec<ModelEntry>,
    /// Initialisations.
    pub init: Vec<InitEntry>,
    /// Training regimes; without them, the one that `[train]` describes.
    pub regime: Option<Vec<RegimeEntry>>,
    /// Training sizes, in pictures.
    #[serde(default = "all_sizes")]
    pub train_size: Vec<TrainSize>,
    /// Seeds per arm: 0 to `seeds` − 1, the same in every arm.
    #[serde(default = "five")]
    pub seeds: u64,
    /// What happens to combinations of a model without weights and an initialisation that needs
    /// them: `stop` or `skip`.
    #[serde(default)]
    pub without_weights: WithoutWeights,
}

/// What happens to arms that lack pretrained weights.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WithoutWeights {
    /// The study does not start.
    #[default]
    Stop,
    /// They are left out.
    Skip,
}

fn all_sizes() -> Vec<TrainSize> {
    vec![TrainSize::All]
}

fn five() -> u64 {
    5
}

/// `[train]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TrainSpec {
    /// `adam`, `adamw` or `sgd`.
    pub optimizer: OptimizerName,
    /// Learning rate after warm-up.
    pub lr: f64,
    /// SGD only, in [0, 1).
    pub momentum: f64,
    /// SGD only.
    pub nesterov: bool,
    /// L2 decay; apart from the gradient with `adamw`.
    pub weight_decay: f64,
    /// Pictures per step.
    pub batch_size: usize,
    /// Steps at most.
    pub max_steps: u64,
    /// Steps between evaluations on the validation partition.
    pub eval_every: u64,
    /// `constant`, `cosine` or `step`.
    pub schedule: ScheduleName,
    /// Steps of linear warm-up.
    pub warmup_steps: u64,
    /// `step` only: factor of the learning rate at each of `step_at`.
    pub step_factor: f64,
    /// `step` only: shares of `max_steps` at which the rate falls, in (0, 1).
    pub step_at: Vec<f64>,
    /// `none`, or `balanced`: classes weigh inversely to their frequency.
    pub class_weights: ClassWeights,
    /// Evaluations without a better validation AUC before a run stops; 0 = never.
    pub patience: u64,
    /// `f32` or `bf16`.
    pub precision: PrecisionName,
    /// Tensors that do not move; this and the following describe the study's only regime.
    pub freeze: Option<Selection>,
    /// What becomes of batch norms there.
    pub norms: Option<NormPolicy>,
    /// Factor of the learning rate from one block to the one below, in (0, 1].
    pub layer_decay: Option<f64>,
    /// Selection ─▶ factor of the learning rate, above 0.
    pub rates: BTreeMap<String, f64>,
    /// A penalty on the distance to the start.
    pub l2_sp: Option<L2Sp>,
    /// Parts of the training with regimes of their own.
    pub phases: Option<Vec<Phase>>,
}

impl Default for TrainSpec {
    fn default() -> Self {
        Self {
            optimizer: OptimizerName::Adam,
            lr: 1e-3,
            momentum: 0.9,
            nesterov: false,
            weight_decay: 0.0,
            batch_size: 32,
            max_steps: 2000,
            eval_every: 50,
            schedule: ScheduleName::Constant,
            warmup_steps: 0,
            step_factor: 0.1,
            step_at: vec![0.5, 0.75],
            class_weights: ClassWeights::None,
            patience: 0,
            precision: PrecisionName::F32,
            freeze: None,
            norms: None,
            layer_decay: None,
            rates: BTreeMap::new(),
            l2_sp: None,
            phases: None,
        }
    }
}

/// Names that `optimizer` takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OptimizerName {
    /// Adam with L2 decay.
    Adam,
    /// Adam with decoupled decay.
    Adamw,
    /// SGD with momentum.
    Sgd,
}

/// Names that `schedule` takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ScheduleName {
    /// The same rate throughout.
    Constant,
    /// Half a cosine down to 0.
    Cosine,
    /// A factor at given shares of the steps.
    Step,
}

/// How the loss weighs classes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ClassWeights {
    /// Every picture alike.
    #[default]
    None,
    /// Inversely to the class's frequency in the training pictures.
    Balanced,
}

/// How convolutions multiply in training steps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum PrecisionName {
    /// In `f32`.
    #[default]
    F32,
    /// Operands rounded to bfloat16, sums, weights and maps in `f32`.
    Bf16,
}

/// Reads a configuration file as text, bounded.
pub fn read_text(path: &Path) -> Result<String, StudyError> {
    let unreadable = |source| StudyError::Unreadable {
        path: path.into(),
        source,
    };
    let bytes = std::fs::metadata(path).map_err(unreadable)?.len();
    if bytes > FILE_LIMIT {
        return Err(StudyError::TooLarge {
            path: path.into(),
            bytes,
            limit: FILE_LIMIT,
        });
    }
    std::fs::read_to_string(path).map_err(unreadable)
}

/// Parses a configuration strictly; `path` names it in errors.
pub fn parse<T: de::DeserializeOwned>(text: &str, path: &Path) -> Result<T, StudyError> {
    toml::from_str(text).map_err(|e| StudyError::Syntax {
        path: path.into(),
        message: with_suggestion(&in_plain_words(&e.to_string())),
    })
}
