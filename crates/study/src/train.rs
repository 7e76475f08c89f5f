//! How every run of a study is trained, checked.

use networks::Network;
use regimes::Rule;
use regimes::dropping::{Dropping, NoSums, Share};
use serde::{Deserialize, Serialize};

use super::bounds;
use super::error::StudyError;
use super::schedule::Schedule;
use super::train_spec::{ClassWeights, OptimizerName, PrecisionName, ScheduleName, TrainSpec};

/// `[train]`, checked: the only form that training accepts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrainPlan {
    /// The update rule.
    pub rule: Rule,
    /// L2 decay, or decoupled decay with AdamW.
    pub weight_decay: f64,
    /// Learning rate by step.
    pub schedule: Schedule,
    /// Pictures per step, at least 2: batch norm needs a batch.
    pub batch_size: usize,
    /// Steps at most.
    pub max_steps: u64,
    /// Steps between evaluations.
    pub eval_every: u64,
    /// Whether the curve is also looked at early, without a part in what becomes of the run.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub early_evaluations: bool,
    /// Validation pictures of an evaluation at most; all where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub eval_images: Option<usize>,
    /// How the loss weighs classes.
    pub class_weights: ClassWeights,
    /// Evaluations without a better validation AUC before a run stops; 0 = never.
    pub patience: u64,
    /// What the products inside convolutions are rounded to in training steps.
    #[serde(default)]
    pub precision: PrecisionName,
    /// Decay of the average of the weights that is evaluated and kept in their place, in (0, 1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ema: Option<f64>,
    /// What the classifier does not read of its features in training; nothing where it is not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dropout: Option<Share>,
    /// For how many pictures the body of the last residual sums is left out in training.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stochastic_depth: Option<Share>,
}

impl TrainPlan {
    /// Checks `[train]`; every value outside its range is named.
    pub fn check(spec: &TrainSpec) -> Result<Self, StudyError> {
        bounds::LR.number(spec.lr)?;
        bounds::MOMENTUM.number(spec.momentum)?;
        bounds::WEIGHT_DECAY.number(spec.weight_decay)?;
        bounds::STEP_FACTOR.number(spec.step_factor)?;
        bounds::STEP_AT_ENTRIES.entries(&spec.step_at)?;
        for share in &spec.step_at {
            bounds::STEP_AT.number(*share)?;
        }
        bounds::BATCH_SIZE.whole(spec.batch_size as u64)?;
        bounds::MAX_STEPS.whole(spec.max_steps)?;
        bounds::EVAL_EVERY.whole(spec.eval_every)?;
        bounds::EVALUATIONS.whole(spec.max_steps / spec.eval_every)?;
        if let Some(images) = spec.eval_images {
            bounds::EVAL_IMAGES.whole(images as u64)?;
        }
        if let Some(decay) = spec.ema {
            bounds::EMA.number(decay)?;
        }
        for (share, bound) in [
            (spec.dropout, &bounds::DROPOUT),
            (spec.stochastic_depth, &bounds::STOCHASTIC_DEPTH),
        ] {
            if let Some(Share::Of(share)) = share {
                bound.number(share)?;
            }
        }
        // 0 is what a study without the key has: the same numbers under one identity.
        let asked = |share: Option<Share>| share.filter(|share| *share != Share::Of(0.0));
        bounds::WARMUP_STEPS.whole(spec.warmup_steps)?;
        bounds::PATIENCE.whole(spec.patience)?;
        if spec.warmup_steps >= spec.max_steps {
            return Err(StudyError::Value {
                field: "train.warmup_steps",
                expected: format!("fewer than max_steps = {}", spec.max_steps),
                found: spec.warmup_steps.to_string(),
            });
        }
        let rule = match spec.optimizer {
            OptimizerName::Sgd => Rule::Sgd {
                momentum: spec.momentum,
                nesterov: spec.nesterov,
            },
            OptimizerName::Adam | OptimizerName::Adamw => Rule::Adam {
                beta1: 0.9,
                beta2: 0.999,
                epsilon: 1e-8,
                decoupled: spec.optimizer == OptimizerName::Adamw,
            },
        };
        let fall = |share: &f64| (share * spec.max_steps as f64).round() as u64;
        let schedule = match spec.schedule {
            ScheduleName::Constant => Schedule::constant(spec.lr),
            ScheduleName::Cosine => Schedule::cosine(spec.lr, spec.max_steps),
            ScheduleName::Step => Schedule::steps(
                spec.lr,
                spec.step_factor,
                spec.step_at.iter().map(fall).collect(),
            ),
        };
        Ok(Self {
            rule,
            weight_decay: spec.weight_decay,
            schedule: schedule.with_warmup(spec.warmup_steps),
            batch_size: spec.batch_size,
            max_steps: spec.max_steps,
            eval_every: spec.eval_every,
            early_evaluations: spec.early_evaluations,
            eval_images: spec.eval_images,
            class_weights: spec.class_weights,
            patience: spec.patience,
            precision: spec.precision,
            ema: spec.ema,
            dropout: asked(spec.dropout),
            stochastic_depth: asked(spec.stochastic_depth),
        })
    }

    /// What is left out at random while `network` trains.
    pub fn dropping(&self, network: &Network) -> Result<Dropping, NoSums> {
        Dropping::of(network, self.dropout, self.stochastic_depth)
    }

    /// Whether an evaluation is due after `step` steps: one that may be the best, and that patience
    /// counts.
    pub fn evaluates_at(&self, step: u64) -> bool {
        step.is_multiple_of(self.eval_every) || step == self.max_steps
    }

    /// Whether the curve is looked at after `step` steps, at which no evaluation is due. Curves rise
    /// fastest at the start, so a threshold that is reached there would else lie between step 0 and
    /// the first evaluation.
    pub fn looks_at(&self, step: u64) -> bool {
        !self.evaluates_at(step) && self.looks().any(|look| look == step)
    }

    /// Evaluations and looks of a run that uses its whole budget, the one before the first step
    /// included.
    pub fn evaluations(&self) -> u64 {
        let looks = self.looks().filter(|step| self.looks_at(*step)).count() as u64;
        1 + self.max_steps.div_ceil(self.eval_every) + looks
    }

    /// 1, 2, 3, 5, 8, 13 … below the first evaluation.
    fn looks(&self) -> impl Iterator<Item = u64> {
        let first = self.eval_every.min(self.max_steps);
        let mut next = (1, 2);
        let fibonacci = std::iter::from_fn(move || {
            let step = next.0;
            next = (next.1, next.0 + next.1);
            Some(step)
        });
        let is_early = self.early_evaluations;
        fibonacci.take_while(move |step| is_early && *step < first)
    }
}
