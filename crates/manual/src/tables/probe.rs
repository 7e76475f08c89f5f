//! `[probe]`.

use crate::key::STRINGS;
use crate::key::Shape::{self, Flag, List, Map, Number, OneOf, Table, Text, Whole};
use crate::key::{Key, optional, required, valued};
use crate::words::Words;

const SCORE: Shape = Shape::Words(Words::These(&[
    "logme",
    "leep",
    "nce",
    "h-score",
    "regularised-h-score",
    "transrate",
    "gbc",
]));

/// What is taken of a file of features.
const FEATURES: &[Key] = &[
    required(
        "file",
        "a .npz of names and of features, or a table with a name and numbers in every row",
        Text(""),
        &["\"rad-dino.npz\""],
    ),
    optional(
        "ids",
        "the array or column that names the pictures",
        Text(""),
        "`ids`, `id`, `names`, `files`, `filenames` or `image`; the first column of a table",
        &["\"path\""],
    ),
    optional(
        "layers",
        "arrays that are taken, from the input on",
        STRINGS,
        "every array with a row a picture",
        &["[\"layer6\", \"layer12\"]"],
    ),
];

/// `[probe]`.
pub(super) const PROBE: &[Key] = &[
    valued(
        "methods",
        "how features are read out; none where there are scores",
        List(&Shape::Words(Words::These(&["linear", "knn"])), ""),
        "[\"linear\", \"knn\"]",
        &["[\"linear\"]"],
    ),
    optional(
        "scores",
        "scores of transferability",
        OneOf(&[
            Shape::Words(Words::These(&["all"])),
            List(&SCORE, ""),
            SCORE,
        ]),
        "none",
        &["\"all\"", "[\"logme\", \"leep\"]"],
    )
    .at("transferability.md"),
    optional(
        "blocks",
        "blocks to probe; a model is probed at those it has, and must have one",
        STRINGS,
        "every block but the head",
        &["[\"block1\", \"block3\"]"],
    ),
    valued(
        "k",
        "k-NN: neighbours; all training pictures where there are fewer",
        Whole("probe.k"),
        "200",
        &["50"],
    ),
    valued(
        "temperature",
        "k-NN: the similarity by which a vote's weight grows e-fold",
        Number("probe.temperature"),
        "0.1",
        &["0.07"],
    ),
    valued(
        "strength",
        "linear: values of C, chosen from by validation AUC",
        List(&Number("probe.strength"), "probe.strength, entries"),
        "[0.01, 0.1, 1, 10]",
        &["[0.1, 1]"],
    ),
    valued("only", "nothing is trained", Flag, "false", &["true"]),
    valued(
        "keep_features",
        "the record keeps the features",
        Flag,
        "false",
        &["true"],
    ),
    optional(
        "features",
        "features that other programs made, by a name of one's own; probed beside the networks",
        Map(&OneOf(&[Text(""), Table(FEATURES)])),
        "none",
        &[
            "{ rad-dino = \"rad-dino.npz\" }",
            "{ clip = { file = \"clip.npz\", ids = \"path\", layers = [\"layer6\", \"layer12\"] } }",
        ],
    )
    .at("probes.md#features-from-other-programs"),
];
