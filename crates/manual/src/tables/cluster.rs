//! `[cluster]`.

use crate::key::STRINGS;
use crate::key::Shape::{self, Flag, Table, Text, Whole};
use crate::key::{Key, optional, required, valued};
use crate::words::Words;

const VOLUME: &[Key] = &[
    required(
        "claim",
        "name of a persistent volume claim",
        Text(""),
        &["\"studies\""],
    ),
    required(
        "path",
        "folder at which it is mounted",
        Text(""),
        &["\"/shared\""],
    ),
];

const PLAN: &str = "from the plan";
const SITE: &str = "what the scheduler takes for itself";

/// `[cluster]`.
pub(super) const CLUSTER: &[Key] = &[
    optional(
        "scheduler",
        "which scheduler",
        Shape::Words(Words::These(&[
            "slurm",
            "lsf",
            "pbs",
            "sge",
            "kubernetes",
            "hyperqueue",
        ])),
        "the one that is found",
        &["\"slurm\""],
    )
    .at("cluster.md#schedulers"),
    optional(
        "partition",
        "partition, or queue",
        Text(""),
        SITE,
        &["\"gpu\""],
    ),
    optional(
        "account",
        "whose allowance is used",
        Text(""),
        SITE,
        &["\"radiology\""],
    ),
    optional(
        "time",
        "time limit of a task: 4h, 90m or 04:00:00",
        Text(""),
        PLAN,
        &["\"4h\""],
    ),
    optional(
        "memory",
        "memory of a task: 8GiB or 16000MiB",
        Text(""),
        PLAN,
        &["\"16GiB\""],
    ),
    optional("cpus", "processors of a task", Whole(""), SITE, &["8"]),
    optional(
        "gpus",
        "GPUs of a task; runs are trained on them then",
        Whole(""),
        "none",
        &["1"],
    ),
    optional("at_once", "tasks at a time", Whole(""), "no limit", &["20"]),
    optional(
        "restarts",
        "how often one task may start again after it was cut or taken away",
        Whole(""),
        "50",
        &["10"],
    ),
    optional(
        "array",
        "elements that an array may have: Slurm's MaxArraySize less one",
        Whole(""),
        "1000",
        &["500"],
    ),
    optional(
        "parcel",
        "how long a task is meant to take: several short runs share one",
        Text(""),
        "a run a task",
        &["\"2h\""],
    ),
    optional(
        "modules",
        "modules that are loaded first",
        STRINGS,
        "none",
        &["[\"cuda/12.4\"]"],
    ),
    optional(
        "container",
        "an Apptainer image in which the program is run; for Kubernetes an OCI image",
        Text(""),
        "none",
        &["\"/images/transfusion.sif\""],
    ),
    optional(
        "scratch",
        "a folder of each machine, to which packed data are copied once",
        Text(""),
        "none",
        &["\"$TMPDIR\""],
    ),
    valued(
        "offline",
        "whether tasks download nothing: what they need was fetched where you submit",
        Flag,
        "false",
        &["true"],
    ),
    optional(
        "before",
        "lines of shell before the program",
        STRINGS,
        "none",
        &["[\"ulimit -c 0\"]"],
    ),
    optional(
        "options",
        "more options, as the scheduler's scripts write them",
        STRINGS,
        "none",
        &["[\"--qos=long\"]"],
    ),
    optional(
        "volume",
        "Kubernetes: the volume that holds data and study",
        Table(VOLUME),
        "none",
        &["{ claim = \"studies\", path = \"/shared\" }"],
    ),
    optional(
        "program",
        "the program on the machines that work",
        Text(""),
        "this program's own path",
        &["\"/shared/bin/transfusion\""],
    ),
];
