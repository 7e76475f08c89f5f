//! `[train]` and `[tune]`.

use crate::key::Shape::{self, Flag, List, Number, OneOf, Whole};
use crate::key::{Key, optional, valued};
use crate::tables::regime::{FREEZE, LAYER_DECAY, NORMS, ONLY, PENALTY, PHASES, RATES};
use crate::words::Words;

/// `[train]`.
pub(crate) const TRAIN: &[Key] = &[
    valued(
        "optimizer",
        "update rule",
        Shape::Words(Words::These(&["adam", "adamw", "sgd"])),
        "\"adam\"",
        &["\"sgd\""],
    ),
    valued(
        "lr",
        "learning rate after warm-up",
        Number("train.lr"),
        "1e-3",
        &["3e-4"],
    ),
    valued(
        "momentum",
        "momentum of `sgd`",
        Number("train.momentum"),
        "0.9",
        &["0.95"],
    ),
    valued(
        "nesterov",
        "Nesterov's momentum, of `sgd`",
        Flag,
        "false",
        &["true"],
    ),
    valued(
        "weight_decay",
        "L2 decay of every trained tensor, through the gradient; with `adamw` apart from it",
        Number("train.weight_decay"),
        "0.0",
        &["1e-4"],
    ),
    valued(
        "batch_size",
        "pictures a step",
        Whole("train.batch_size"),
        "32",
        &["64"],
    ),
    valued(
        "max_steps",
        "steps at most",
        Whole("train.max_steps"),
        "2000",
        &["5000"],
    ),
    valued(
        "eval_every",
        "steps between evaluations on the validation partition",
        Whole("train.eval_every"),
        "50",
        &["100"],
    ),
    valued(
        "early_evaluations",
        "whether the curve is also looked at after 1, 2, 3, 5, 8, 13 … steps below `eval_every`",
        Flag,
        "true",
        &["false"],
    ),
    optional(
        "eval_images",
        "validation pictures of an evaluation at most: the same stratified draw for every run",
        Whole("train.eval_images"),
        "all",
        &["2000"],
    ),
    valued(
        "schedule",
        "learning rate by step",
        Shape::Words(Words::These(&["constant", "cosine", "step"])),
        "\"constant\"",
        &["\"cosine\""],
    ),
    valued(
        "warmup_steps",
        "steps of a linear rise from lr / warmup_steps; fewer than `max_steps`",
        Whole("train.warmup_steps"),
        "0",
        &["200"],
    ),
    valued(
        "step_factor",
        "schedule `step`: factor of the rate at each of `step_at`",
        Number("train.step_factor"),
        "0.1",
        &["0.5"],
    ),
    valued(
        "step_at",
        "schedule `step`: shares of `max_steps` at which the rate falls",
        List(&Number("train.step_at"), "train.step_at, entries"),
        "[0.5, 0.75]",
        &["[0.8]"],
    ),
    valued(
        "class_weights",
        "how the loss weighs classes",
        Shape::Words(Words::These(&["none", "balanced"])),
        "\"none\"",
        &["\"balanced\""],
    ),
    valued(
        "patience",
        "evaluations without a better validation AUC before a run stops; 0 = never",
        Whole("train.patience"),
        "0",
        &["10"],
    ),
    valued(
        "precision",
        "what products inside convolutions are rounded to in training steps",
        Shape::Words(Words::These(&["f32", "bf16"])),
        "\"f32\"",
        &["\"bf16\""],
    )
    .at("performance.md#bfloat16"),
    optional(
        "ema",
        "decay of the average of the weights over steps, which is evaluated and kept in their place",
        Number("train.ema"),
        "the weights as they are",
        &["0.999"],
    )
    .at("interventions.md#average-of-the-weights"),
    optional(
        "dropout",
        "share of the features before the classifier that are left out at random in training: a number, or each network's own as its authors had it",
        OneOf(&[
            Number("train.dropout"),
            Shape::Words(Words::These(&["original"])),
        ]),
        "none",
        &["0.2", "\"original\""],
    )
    .at("interventions.md#what-is-left-out-at-random"),
    optional(
        "stochastic_depth",
        "share of the pictures for which the body of the last residual sum is left out at random in training, less in those before it",
        OneOf(&[
            Number("train.stochastic_depth"),
            Shape::Words(Words::These(&["original"])),
        ]),
        "none",
        &["0.1", "\"original\""],
    )
    .at("interventions.md#what-is-left-out-at-random"),
    ONLY,
    FREEZE,
    NORMS,
    LAYER_DECAY,
    RATES,
    PENALTY,
    PHASES,
];

/// `[tune]`.
pub(super) const TUNE: &[Key] = &[
    optional(
        "lr",
        "learning rates after warm-up to choose from",
        List(&Number("tune.lr"), ""),
        "that of `train` alone",
        &["[1e-4, 3e-4, 1e-3]"],
    ),
    optional(
        "weight_decay",
        "L2 decays to choose from",
        List(&Number("tune.weight_decay"), ""),
        "that of `train` alone",
        &["[0, 1e-4]"],
    ),
    optional(
        "max_steps",
        "steps at most to choose from",
        List(&Whole("tune.max_steps"), ""),
        "those of `train` alone",
        &["[1000, 4000]"],
    ),
    valued(
        "seeds",
        "trials of each candidate in each arm, with seeds that no run has",
        Whole("tune.seeds"),
        "2",
        &["3"],
    ),
    valued(
        "metric",
        "what candidates are chosen by",
        Shape::Words(Words::These(&["validation-auc"])),
        "\"validation-auc\"",
        &["\"validation-auc\""],
    ),
];
