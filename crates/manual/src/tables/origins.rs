//! Where something about a picture is: patients, attributes, parts of the split.

use crate::key::STRINGS;
use crate::key::Shape::{self, Flag, List, Map, OneOf, Table, Text};
use crate::key::{Key, optional, required, valued};
use crate::words::Words;

const OWN: Shape = Shape::Words(Words::These(&["own"]));

const BLANK: &[Key] = &[
    required("column", "the column", Text(""), &["\"patient\""]),
    required(
        "blank",
        "what a blank cell means: a patient of whom there is no other picture",
        OWN,
        &["\"own\""],
    ),
];

const PATTERN: &[Key] = &[
    required(
        "pattern",
        "a regular expression over the picture's path, or a cell; its first group counts",
        Text(""),
        &["'^([0-9]+)_'"],
    ),
    optional(
        "column",
        "the column whose cell is looked at",
        Text(""),
        "the path",
        &["\"file\""],
    ),
    optional(
        "blank",
        "what it means where nothing matches",
        OWN,
        "an error",
        &["\"own\""],
    ),
];

const TAG: &[Key] = &[required(
    "tag",
    "keyword of a DICOM attribute",
    Text(""),
    &["\"PatientID\""],
)];

const ORIGIN: Shape = OneOf(&[Text(""), Table(BLANK), Table(PATTERN), Table(TAG)]);

const VALUES: &[Key] = &[
    required("column", "the column", Text(""), &["\"fold\""]),
    required(
        "train",
        "cells of pictures to learn from",
        STRINGS,
        &["[\"1\", \"2\"]"],
    ),
    optional(
        "validation",
        "cells of pictures to choose on",
        STRINGS,
        "none",
        &["[\"3\"]"],
    ),
    optional(
        "test",
        "cells of pictures to report on",
        STRINGS,
        "none",
        &["[\"4\"]"],
    ),
];

const LISTS: &[Key] = &[
    required(
        "train",
        "file with names of pictures to learn from",
        Text(""),
        &["\"train.txt\""],
    ),
    optional(
        "validation",
        "file with names of pictures to choose on",
        Text(""),
        "none",
        &["\"validation.txt\""],
    ),
    optional(
        "test",
        "file with names of pictures to report on",
        Text(""),
        "none",
        &["\"test.txt\""],
    ),
    valued(
        "unlisted",
        "what becomes of pictures in no list",
        Shape::Words(Words::These(&["stop", "skip"])),
        "\"stop\"",
        &["\"skip\""],
    ),
];

pub(super) const PATIENT: Key = optional(
    "patient",
    "whose picture it is: a column, a part of the path or a cell, or a DICOM attribute",
    ORIGIN,
    "none; of DICOM files PatientID",
    &[
        "\"patient_id\"",
        "{ pattern = '^([0-9]+)_' }",
        "{ pattern = '^([0-9]+)_', column = \"file\", blank = \"own\" }",
        "{ column = \"patient\", blank = \"own\" }",
        "{ tag = \"PatientID\" }",
    ],
)
.at("study.md#data");

pub(super) const SPLIT: Key = optional(
    "split",
    "the part of the split: a column, lists of file names, or false to leave it aside",
    OneOf(&[Text(""), Table(VALUES), Table(LISTS), Flag]),
    "what the data bring, else `fractions`",
    &[
        "\"split\"",
        "{ column = \"fold\", train = [\"1\", \"2\"], validation = [\"3\"], test = [\"4\"] }",
        "{ train = \"train.txt\", validation = \"validation.txt\", test = \"test.txt\", unlisted = \"skip\" }",
        "false",
    ],
)
.at("data.md#partitions");

pub(super) const ATTRIBUTES: Key = optional(
    "attributes",
    "what travels with every picture: columns, or names with where they are",
    OneOf(&[List(&Text(""), ""), Map(&ORIGIN)]),
    "none; of DICOM files theirs",
    &[
        "[\"sex\", \"age\"]",
        "{ sex = \"gender\", eye = { pattern = '_(left|right)' } }",
    ],
)
.at("data.md#attributes");
