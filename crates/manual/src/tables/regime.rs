//! What is frozen and at which rates the rest is trained: keys of `[train]`, of a regime and of its
//! phases.

use crate::key::Shape::{self, List, Map, Number, OneOf, Table, Text, Whole};
use crate::key::{Key, optional, required, valued};
use crate::words::Words;

/// A term, or a list of terms.
pub(super) const SELECTION: Shape = OneOf(&[Text(""), List(&Text(""), "")]);

const L2_SP: &[Key] = &[
    required(
        "alpha",
        "strength towards the start",
        Number("regime.l2_sp"),
        &["0.1"],
    ),
    required(
        "beta",
        "strength towards 0",
        Number("regime.l2_sp"),
        &["0.01"],
    ),
];

pub(super) const ONLY: Key = optional(
    "only",
    "tensors and buffers that move, while all others stay: a selection",
    SELECTION,
    "all",
    &["[\"biases\", \"classifier\"]"],
)
.at("interventions.md#freezing-and-batch-norms");

const LORA: &[Key] = &[
    valued(
        "rank",
        "rows of A and columns of B",
        Whole("regime.lora.rank"),
        "8",
        &["4"],
    ),
    valued(
        "alpha",
        "`alpha / rank` is the factor of their product",
        Number("regime.lora.alpha"),
        "16.0",
        &["8"],
    ),
    optional(
        "on",
        "which layers have it: a selection",
        SELECTION,
        "\"linear\"",
        &["\"attention\"", "\"convolutions\""],
    ),
];

const ADAPTER: &[Key] = &[
    valued(
        "reduction",
        "channels are divided by it between the two layers",
        Whole("regime.adapter.reduction"),
        "16",
        &["4"],
    ),
    optional(
        "on",
        "behind which bodies or blocks it stands: those with a selected weight",
        SELECTION,
        "\"all\"",
        &["\"block2..\""],
    ),
];

const SSF: &[Key] = &[optional(
    "on",
    "which layers have it: a selection",
    SELECTION,
    "\"all\"",
    &["\"norms\""],
)];

pub(super) const FREEZE: Key = optional(
    "freeze",
    "tensors and buffers that do not move: a selection",
    SELECTION,
    "none",
    &["\"..block2\"", "[\"stem\", \"norms\"]"],
)
.at("interventions.md#freezing-and-batch-norms");

pub(super) const NORMS: Key = optional(
    "norms",
    "what becomes of batch norms there; without `freeze` and `only`, of all",
    Shape::Words(Words::These(&[
        "train",
        "frozen-statistics",
        "frozen-affine",
    ])),
    "\"frozen-affine\" in a frozen part",
    &["\"frozen-statistics\""],
)
.at("interventions.md#freezing-and-batch-norms");

pub(super) const LAYER_DECAY: Key = optional(
    "layer_decay",
    "factor of the rate from each block to the one below",
    Number("regime.layer_decay"),
    "1",
    &["0.75"],
)
.at("interventions.md#rates");

pub(super) const RATES: Key = optional(
    "rates",
    "factors of the rate by selection",
    Map(&Number("regime.rates")),
    "none",
    &["{ \"..block2\" = 0.1, head = 10 }"],
)
.at("interventions.md#rates");

pub(super) const PENALTY: Key = optional(
    "l2_sp",
    "penalty on the distance to the start",
    Table(L2_SP),
    "none",
    &["{ alpha = 0.1, beta = 0.01 }"],
)
.at("interventions.md#l2-sp");

const LR: Key = valued(
    "lr",
    "factor of the schedule's rate",
    Number("regime.lr"),
    "1.0",
    &["0.5"],
)
.at("interventions.md#rates");

const PHASE: &[Key] = &[
    required(
        "share",
        "share of the steps; those of a regime sum to 1",
        Number("regime.share"),
        &["0.5"],
    ),
    ONLY,
    FREEZE,
    NORMS,
    LAYER_DECAY,
    RATES,
    PENALTY,
    LR,
];

pub(super) const PHASES: Key = optional(
    "phases",
    "parts of the training with regimes of their own, whose shares sum to 1",
    List(&Table(PHASE), "regime.phases"),
    "one phase",
    &[
        "[{ share = 0.5, freeze = \"stem\", only = \"all\", norms = \"train\" }, { share = 0.5, layer_decay = 0.9, rates = { head = 2 }, l2_sp = { alpha = 0.1, beta = 0.01 }, lr = 0.1 }]",
    ],
)
.at("interventions.md#phases");

const REGIME: &[Key] = &[
    optional(
        "name",
        "name in labels",
        Text("grid.regime, name"),
        "made of the other keys",
        &["\"top\""],
    ),
    optional(
        "lora",
        "products of two thin matrices beside layers, trained in their place",
        Table(LORA),
        "none",
        &["{ rank = 8, alpha = 16, on = \"attention\" }"],
    )
    .at("interventions.md#lora"),
    optional(
        "ssf",
        "a factor and a shift a channel behind layers, trained in their place",
        Table(SSF),
        "none",
        &["{}"],
    )
    .at("interventions.md#ssf"),
    optional(
        "adapter",
        "two layers with few channels between them behind bodies of residual sums, trained in their place",
        Table(ADAPTER),
        "none",
        &["{ reduction = 16, on = \"block2..\" }"],
    )
    .at("interventions.md#adapters"),
    ONLY,
    FREEZE,
    NORMS,
    LAYER_DECAY,
    RATES,
    PENALTY,
    LR,
    PHASES,
];

/// An entry of `grid.regime`.
pub(super) const ENTRY: Shape = OneOf(&[Shape::Words(Words::Regimes), Table(REGIME)]);
