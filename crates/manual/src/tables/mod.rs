//! The table of all keys, a file for each part of `study.toml`.

mod analysis;
mod cluster;
mod compare;
mod data;
mod files;
mod grid;
mod origins;
mod pretrain;
mod probe;
mod regime;
mod reporting;
mod train;

use crate::key::Shape::{Map, OneOf, Table, Text};
use crate::key::{Key, STRINGS, optional, required};

pub(crate) use data::DATA;
pub(crate) use grid::MODEL;
pub(crate) use pretrain::PRETRAIN;
pub(crate) use train::TRAIN;

/// What may be wrong with weights.
const WEIGHTS: &[Key] = &[
    required(
        "file",
        "a file of any format that is read, the name of known weights, or `builtin:` and a name",
        Text(""),
        &["\"resnet50.safetensors\""],
    ),
    optional(
        "part",
        "which of several networks in the file: words of what stands before its names",
        Text(""),
        "the only one",
        &["\"teacher\""],
    )
    .at("weights.md"),
    optional(
        "allow_missing",
        "patterns of tensors that the file may lack",
        STRINGS,
        "none",
        &["[\"fc.*\"]"],
    ),
    optional(
        "allow_unexpected",
        "patterns of tensors that the network lacks",
        STRINGS,
        "none",
        &["[\"aux.*\"]"],
    ),
    optional(
        "allow_mismatched",
        "patterns of tensors that may have another shape",
        STRINGS,
        "none",
        &["[\"fc.*\"]"],
    ),
];

/// All keys of `study.toml`.
pub const STUDY: &[Key] = &[
    required(
        "title",
        "the question, the head line of the report",
        Text("title"),
        &["\"Does transfer help on our images?\""],
    )
    .at("study.md#top-level"),
    required(
        "data",
        "the pictures",
        Table(DATA),
        &["{ source = \"pictures\", size = 224 }"],
    )
    .at("study.md#data"),
    optional(
        "weights",
        "pretrained weights, by label of a network of the grid",
        Map(&OneOf(&[Text(""), Table(WEIGHTS)])),
        "none",
        &[
            "{ cbr-tiny = \"builtin:cbr-tiny-phantom\" }",
            "{ resnet50 = { file = \"r50.pth\", part = \"teacher\", allow_missing = [], allow_unexpected = [\"aux.*\"], allow_mismatched = [\"fc.*\"] } }",
        ],
    )
    .at("study.md#weights"),
    required(
        "grid",
        "what is compared: arms are every combination",
        Table(grid::GRID),
        &["{ model = [\"resnet18\"], init = [\"random\", \"transfer\"] }"],
    )
    .at("study.md#grid"),
    optional(
        "train",
        "how every run is trained",
        Table(TRAIN),
        "all defaults",
        &["{ lr = 3e-4 }"],
    )
    .at("study.md#train"),
    optional(
        "tune",
        "what of the training every arm chooses on its own validation pictures",
        Table(train::TUNE),
        "nothing is chosen",
        &["{ lr = [1e-4, 3e-4, 1e-3] }"],
    )
    .at("study.md#tune"),
    optional(
        "compare",
        "how arms are compared",
        Table(compare::COMPARE),
        "all defaults",
        &["{ margin = 0.02 }"],
    )
    .at("study.md#compare"),
    optional(
        "probe",
        "what frozen features can do, before training",
        Table(probe::PROBE),
        "not asked",
        &["{ methods = [\"linear\"] }"],
    )
    .at("study.md#probe"),
    optional(
        "analysis",
        "what trained networks kept of their start, and what they share",
        Table(analysis::ANALYSIS),
        "not asked",
        &["{ images = \"test\" }"],
    )
    .at("study.md#analysis"),
    optional(
        "reporting",
        "what only you know and a paper has to say, in your words; changes no run",
        Table(&reporting::REPORTING),
        "nothing",
        &["{ limitations = \"One hospital, one camera.\" }"],
    )
    .at("study.md#reporting"),
    optional(
        "report",
        "what the report shows beside numbers; changes no run",
        Table(reporting::REPORT),
        "all defaults",
        &["{ pictures = false }"],
    )
    .at("study.md#report"),
    optional(
        "cluster",
        "how the study is handed to a scheduler; changes no run",
        Table(cluster::CLUSTER),
        "what the command line of `transfusion submit` says",
        &["{ scheduler = \"slurm\", partition = \"gpu\" }"],
    )
    .at("cluster.md#settings"),
];
