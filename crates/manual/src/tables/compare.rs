//! `[compare]`.

use crate::key::Shape::{self, List, Number, OneOf, Table, Text, Whole};
use crate::key::{Key, optional, required, valued};
use crate::words::Words;

const SENSITIVITY: &[Key] = &[required(
    "sensitivity",
    "the highest specificity with at least this sensitivity",
    Number("compare.operating"),
    &["0.9"],
)];

const SPECIFICITY: &[Key] = &[required(
    "specificity",
    "the highest sensitivity with at least this specificity",
    Number("compare.operating"),
    &["0.9"],
)];

/// `[compare]`.
pub(super) const COMPARE: &[Key] = &[
    valued(
        "baseline",
        "initialisation that the others are compared with, by name: one of `grid.init`",
        Text(""),
        "\"random\"",
        &["\"transfuse-block2\""],
    ),
    valued(
        "margin",
        "AUC difference that would not matter; choose it before you see results",
        Number("compare.margin"),
        "0.01",
        &["0.02"],
    ),
    valued(
        "reference",
        "AUC that an arm must be shown to exceed before the verdict recommends it",
        Number("compare.reference"),
        "0.5",
        &["0.8"],
    ),
    valued(
        "thresholds",
        "validation AUCs whose first crossing measures convergence",
        List(&Number("compare.thresholds"), "compare, a list"),
        "[0.8]",
        &["[0.7, 0.8]"],
    ),
    valued(
        "sustained",
        "evaluations in a row that have to be at or above a threshold",
        Whole("compare.sustained"),
        "1",
        &["3"],
    ),
    valued(
        "operating",
        "how the threshold on probabilities is chosen on the validation partition",
        OneOf(&[
            Shape::Words(Words::These(&["youden"])),
            Table(SENSITIVITY),
            Table(SPECIFICITY),
        ]),
        "\"youden\"",
        &["{ sensitivity = 0.9 }", "{ specificity = 0.9 }"],
    ),
    valued(
        "specificities",
        "specificities at which sensitivity is reported",
        List(&Number("compare.specificities"), "compare, a list"),
        "[0.9, 0.95]",
        &["[0.9]"],
    ),
    optional(
        "prevalences",
        "prevalences for which predictive values are reported, besides the test partition's",
        List(&Number("compare.prevalences"), "compare, a list"),
        "none",
        &["[0.01]"],
    ),
    valued(
        "resamples",
        "bootstrap resamples, and permutations",
        Whole("compare.resamples"),
        "2000",
        &["10000"],
    ),
];
