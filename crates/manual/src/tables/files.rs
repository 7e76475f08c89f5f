//! Keys of `[data]` that only some sources read.

use crate::key::STRINGS;
use crate::key::Shape::{self, Flag, List, Map, Number, OneOf, Table, Text, Tuple, Whole};
use crate::key::{Key, optional, required, valued};
use crate::words::Words;

const MEANING: Shape = Shape::Words(Words::These(&["missing", "zeros", "ones", "skip"]));
const STOP: Shape = Shape::Words(Words::These(&["stop", "skip"]));

const SIDES: &[Key] = &[
    required("left", "column of the main table", Text(""), &["\"id\""]),
    required(
        "right",
        "column of the joined table",
        Text(""),
        &["\"image_id\""],
    ),
];

const JOIN: &[Key] = &[
    required(
        "source",
        "a table, relative to the main table's folder",
        Text(""),
        &["\"patients.csv\""],
    ),
    required(
        "on",
        "a column of both tables, or one of each",
        OneOf(&[Text(""), Table(SIDES)]),
        &["\"id\"", "{ left = \"id\", right = \"image_id\" }"],
    ),
    valued(
        "unmatched",
        "what becomes of rows of the main table without a partner",
        Shape::Words(Words::These(&["stop", "keep"])),
        "\"stop\"",
        &["\"keep\""],
    ),
];

pub(super) const CLASSES: Key = optional(
    "classes",
    "files: names of the classes, grades or findings, in order",
    List(&Text("data.classes, a name"), "data.classes"),
    "as the data have them",
    &["[\"normal\", \"ill\"]"],
)
.at("data.md#sources");

pub(super) const IMAGE_ROOT: Key = optional(
    "image_root",
    "tables: folder below which the pictures are",
    Text(""),
    "the table's folder",
    &["\"pictures\""],
)
.at("data.md#tables");

pub(super) const IMAGE: Key = optional(
    "image",
    "tables: column of the picture, or a text with columns in braces",
    Text(""),
    "\"image\"",
    &["\"{id}.png\""],
)
.at("data.md#tables");

pub(super) const LABEL: Key = optional(
    "label",
    "tables: column of the class or list; or columns, one a finding or one-hot class",
    OneOf(&[Text(""), STRINGS]),
    "\"label\"",
    &["\"grade\"", "[\"edema\", \"effusion\"]"],
)
.at("data.md#tables");

pub(super) const SEPARATOR: Key = optional(
    "separator",
    "tables: what stands between the findings of a list",
    Text(""),
    "none: a cell is one class",
    &["\"|\""],
)
.at("data.md#tables");

pub(super) const NOTHING: Key = optional(
    "nothing",
    "tables: the word of a list that names no finding",
    Text(""),
    "none",
    &["\"No Finding\""],
)
.at("data.md#tables");

pub(super) const LABELS_FROM: Key = optional(
    "labels_from",
    "tables: number of the first class",
    Whole("data.labels_from"),
    "found, or asked for",
    &["1"],
)
.at("data.md#tables");

pub(super) const VALUES: Key = optional(
    "values",
    "tables: cells of labels that stand for others",
    Map(&Text("")),
    "none",
    &["{ yes = \"1\", no = \"0\" }"],
)
.at("data.md#tables");

pub(super) const UNCERTAIN: Key = optional(
    "uncertain",
    "tables: what a finding of −1 means, for all or one by one",
    OneOf(&[MEANING, Map(&MEANING)]),
    "refused where it occurs",
    &["\"missing\"", "{ edema = \"ones\", others = \"zeros\" }"],
)
.at("data.md#tables");

pub(super) const BLANK: Key = optional(
    "blank",
    "tables: what a blank cell of a finding means, for all or one by one",
    OneOf(&[MEANING, Map(&MEANING)]),
    "refused where it occurs",
    &["\"zeros\"", "{ edema = \"missing\", others = \"zeros\" }"],
)
.at("data.md#tables");

pub(super) const ROWS: Key = optional(
    "rows",
    "tables: what several rows of a picture become",
    Shape::Words(Words::These(&["same", "any", "majority", "mean"])),
    "\"same\"",
    &["\"majority\""],
)
.at("data.md#tables");

pub(super) const ONLY: Key = optional(
    "only",
    "tables: rows that count, by cells of columns",
    Map(&STRINGS),
    "all",
    &["{ quality = [\"good\"] }"],
)
.at("data.md#tables");

pub(super) const JOINS: Key = optional(
    "join",
    "tables: further tables joined to it",
    List(&Table(JOIN), ""),
    "none",
    &[
        "[{ source = \"patients.csv\", on = \"id\", unmatched = \"keep\" }, { source = \"sites.csv\", on = { left = \"id\", right = \"image_id\" } }]",
    ],
)
.at("data.md#tables");

pub(super) const MISSING_FILES: Key = optional(
    "missing_files",
    "tables: what becomes of rows without their picture",
    STOP,
    "\"stop\"",
    &["\"skip\""],
)
.at("data.md#tables");

pub(super) const DELIMITER: Key = optional(
    "delimiter",
    "tables: the character between cells",
    Shape::Like("^.$", "one character"),
    "found",
    &["\";\""],
)
.at("data.md#tables");

pub(super) const ENCODING: Key = optional(
    "encoding",
    "tables: how characters are written",
    Text(""),
    "found",
    &["\"latin-1\""],
)
.at("data.md#tables");

pub(super) const HEADER: Key = optional(
    "header",
    "tables: whether the first line names the columns",
    Flag,
    "true",
    &["false"],
)
.at("data.md#tables");

pub(super) const LAYOUT: Key = optional(
    "layout",
    "folders: what the parts of a path are",
    Text(""),
    "believed where there is one reading",
    &["\"{split}/{class}\""],
)
.at("data.md#folders");

pub(super) const IGNORE: Key = optional(
    "ignore",
    "folders: folders that are left out",
    STRINGS,
    "none",
    &["[\"masks\"]"],
)
.at("data.md#folders");

pub(super) const OTHER_FILES: Key = optional(
    "other_files",
    "folders: what becomes of files that may be pictures and are not read",
    STOP,
    "\"stop\", where classes lose different shares",
    &["\"skip\""],
)
.at("data.md#folders");

pub(super) const FRAME: Key = optional(
    "frame",
    "which frame of a file of several, by word or number from 0",
    OneOf(&[
        Shape::Words(Words::These(&["first", "middle", "all"])),
        Whole("data.frame"),
    ]),
    "\"middle\"",
    &["\"first\"", "3"],
)
.at("data.md#pictures");

pub(super) const WINDOW: Key = optional(
    "window",
    "which grey values of a DICOM file are black and white: a word, a window's number, or [centre, width]",
    OneOf(&[
        Shape::Words(Words::These(&["file", "none"])),
        Whole("data.window"),
        Tuple(&[
            Number("data.window, the centre"),
            Number("data.window, the width"),
        ]),
    ]),
    "\"file\"",
    &["\"none\"", "[-600, 1500]"],
)
.at("data.md#dicom");

pub(super) const COUNT: Key = optional(
    "count",
    "drawn pictures: how many; of `phantom-fundus` patients, two pictures each",
    Whole("data.count"),
    "800",
    &["200"],
)
.at("data.md#drawn-pictures");

pub(super) const SEED: Key = optional(
    "seed",
    "drawn pictures: seed of the pictures",
    Whole("data.seed"),
    "0",
    &["7"],
)
.at("data.md#drawn-pictures");

pub(super) const RECIPE: Key = optional(
    "recipe",
    "keys of known data, as `transfusion data recipes` lists them; keys that are written decide",
    Shape::Words(Words::Recipes),
    "none",
    &["\"nih14\""],
)
.at("data.md#recipes");
