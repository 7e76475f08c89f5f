//! `[train]` as written: how every run is trained.

use std::collections::BTreeMap;

use networks::Selection;
use regimes::dropping::Share;
use regimes::{L2Sp, NormPolicy, Phase};
use serde::Deserialize;

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
    /// Whether the curve is also looked at early: at steps 1, 2, 3, 5, 8, 13 … below `eval_every`.
    pub early_evaluations: bool,
    /// Validation pictures of an evaluation at most; all without it.
    pub eval_images: Option<usize>,
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
    /// Decay of the average of the weights that is evaluated in their place, in (0, 1).
    pub ema: Option<f64>,
    /// Share of the features that the classifier does not read, `original` or in [0, 1).
    pub dropout: Option<Share>,
    /// Share of the pictures for which the body of the last residual sums is left out, the same.
    pub stochastic_depth: Option<Share>,
    /// Tensors that move, all others stay; this and the following describe the study's only regime.
    pub only: Option<Selection>,
    /// Tensors that do not move.
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
            early_evaluations: true,
            eval_images: None,
            schedule: ScheduleName::Constant,
            warmup_steps: 0,
            step_factor: 0.1,
            step_at: vec![0.5, 0.75],
            class_weights: ClassWeights::None,
            patience: 0,
            precision: PrecisionName::F32,
            ema: None,
            dropout: None,
            stochastic_depth: None,
            only: None,
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
