//! `[analysis]`.

use crate::key::Shape::{self, Flag, Like, List, OneOf, Text, Tuple, Whole};
use crate::key::{Key, optional, valued};
use crate::words::Words;

const MEASURE: Shape = OneOf(&[
    Shape::Words(Words::Measures),
    Like(
        "^((minibatch-cka|mutual-neighbours)-[1-9][0-9]*|(debiased-)?rbf-cka-[0-9.]+(e-?[0-9]+)?)$",
        "one with a parameter such as \"minibatch-cka-32\", \"rbf-cka-0.5\" or \"mutual-neighbours-10\"",
    ),
]);

/// `[analysis]`.
pub(super) const ANALYSIS: &[Key] = &[
    valued(
        "measures",
        "measures of similarity; figures show the first",
        List(&MEASURE, ""),
        "[\"mean-cca\", \"debiased-cka\", \"angular-procrustes\"]",
        &["[\"cka\"]"],
    )
    .at("similarity.md"),
    valued(
        "images",
        "whose pictures the networks are shown",
        Shape::Words(Words::These(&["test", "validation", "train", "all"])),
        "\"test\"",
        &["\"all\""],
    ),
    valued(
        "datapoints",
        "most positions of pictures that a block is compared by; they are held in memory",
        Whole("analysis.datapoints"),
        "20000",
        &["5000"],
    ),
    valued(
        "permutations",
        "shuffles behind a null distribution and its p-value; 0 for none",
        Whole("analysis.permutations"),
        "19",
        &["99"],
    ),
    valued(
        "groups",
        "groups of pictures behind an interval over pictures; 0 for none",
        Whole("analysis.groups"),
        "10",
        &["20"],
    ),
    valued(
        "reset",
        "whether every block is set back alone and the test AUC measured again",
        Flag,
        "true",
        &["false"],
    ),
    valued(
        "neighbours",
        "k of the block-wise k-NN, before and after training; 0 for none",
        Whole("analysis.neighbours"),
        "200",
        &["0"],
    ),
    optional(
        "maps",
        "further pairs of arms, by label, whose blocks are compared each with each",
        List(&Tuple(&[Text(""), Text("")]), "analysis.maps"),
        "every arm with the baseline alone",
        &["[[\"resnet18, random\", \"resnet18, transfer\"]]"],
    ),
];
