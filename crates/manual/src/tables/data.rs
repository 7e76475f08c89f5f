//! `[data]`.

use crate::key::STRINGS;
use crate::key::Shape::{self, Flag, Map, Number, OneOf, Table, Text, Tuple, Whole};
use crate::key::{Key, optional, required, valued};
use crate::tables::{files, origins};
use crate::words::Words;

const PARTS: &[Key] = &[
    required(
        "train",
        "pictures to learn from",
        Text(""),
        &["\"train.csv\""],
    ),
    optional(
        "validation",
        "pictures to choose on",
        Text(""),
        "drawn from those to learn from",
        &["\"validation.csv\""],
    ),
    optional(
        "test",
        "pictures to report on",
        Text(""),
        "drawn from those to learn from",
        &["\"test.csv\""],
    ),
];

const FRACTIONS: &[Key] = &[
    optional(
        "train",
        "share to learn from",
        Number("data.fractions"),
        "0.7",
        &["0.6"],
    ),
    optional(
        "validation",
        "share to choose on",
        Number("data.fractions"),
        "0.1",
        &["0.2"],
    ),
    optional(
        "test",
        "share to report on",
        Number("data.fractions"),
        "0.2",
        &["0.2"],
    ),
];

const AUGMENT: &[Key] = &[
    valued(
        "flip_horizontal",
        "mirror left and right, one time in two",
        Flag,
        "false",
        &["true"],
    ),
    valued(
        "flip_vertical",
        "mirror top and bottom, one time in two",
        Flag,
        "false",
        &["true"],
    ),
    optional(
        "crop",
        "shift by up to so many pixels each way; uncovered pixels are black",
        Whole("data.augment.crop"),
        "none",
        &["4"],
    ),
    valued(
        "rotate_degrees",
        "turn by up to so many degrees either way; uncovered corners are black",
        Number("data.augment.rotate_degrees"),
        "0",
        &["15"],
    ),
    valued(
        "brightness",
        "multiply by max(0, 1 − b) to 1 + b",
        Number("data.augment.brightness"),
        "0",
        &["0.2"],
    ),
    valued(
        "contrast",
        "blend with the mean grey by the same kind of factor",
        Number("data.augment.contrast"),
        "0",
        &["0.2"],
    ),
    valued(
        "saturation",
        "blend with grey by the same kind of factor; RGB only",
        Number("data.augment.saturation"),
        "0",
        &["0.2"],
    ),
    valued(
        "hue",
        "turn by up to so much of the colour circle either way; RGB only",
        Number("data.augment.hue"),
        "0",
        &["0.05"],
    ),
];

/// Keys that a further test set has beside `source`.
macro_rules! source_keys {
    ($($before:expr,)* ; $($after:expr,)*) => {
        &[
            $($before,)*
            files::RECIPE,
            $($after,)*
            files::CLASSES,
            files::IMAGE_ROOT,
            files::IMAGE,
            files::LABEL,
            files::SEPARATOR,
            files::NOTHING,
            files::LABELS_FROM,
            files::VALUES,
            files::UNCERTAIN,
            files::BLANK,
            files::ROWS,
            files::ONLY,
            files::JOINS,
            files::MISSING_FILES,
            files::DELIMITER,
            files::ENCODING,
            files::HEADER,
            files::LAYOUT,
            files::IGNORE,
            files::OTHER_FILES,
            files::FRAME,
            files::WINDOW,
            origins::PATIENT,
            origins::SPLIT,
            origins::ATTRIBUTES,
            files::COUNT,
            files::SEED,
        ]
    };
}

const TEST: &[Key] = source_keys![
    required("source", "where the pictures are", Text(""), &["\"siteB.csv\""]),;
];

/// `[data]`.
pub(crate) const DATA: &[Key] = source_keys![
    required(
        "source",
        "where the pictures are: a .npz file, a folder, a table, one a part of the split, a known data set, phantom-fundus or phantom-objects",
        OneOf(&[Text(""), Table(PARTS)]),
        &[
            "\"pictures\"",
            "{ train = \"train.csv\", validation = \"validation.csv\", test = \"test.csv\" }",
        ],
    )
    .at("data.md#sources"),
    optional(
        "name",
        "name in the report",
        Text("data.name"),
        "the file's or folder's name without its ending",
        &["\"Clinic A\""],
    ),
    optional(
        "task",
        "the kind of question",
        Shape::Words(Words::These(&["multiclass", "multilabel", "ordinal"])),
        "\"multiclass\", or what the recipe says",
        &["\"ordinal\""],
    ),
    optional(
        "positive",
        "what the headline AUC calls positive: a grade threshold, or a class or finding by name",
        Text(""),
        "the mean over classes or findings; of grades the upper half",
        &["\">=2\""],
    )
    .at("study.md#the-headline-auc"),
    required(
        "size",
        "what networks see: the edge of a square, or [rows, columns]",
        OneOf(&[
            Whole("data.size"),
            Tuple(&[Whole("data.size"), Whole("data.size")]),
        ]),
        &["224", "[224, 320]"],
    )
    .at("data.md#pictures"),
    valued(
        "fit",
        "what becomes of pictures of another shape",
        OneOf(&[
            Shape::Words(Words::These(&["stretch", "pad", "crop"])),
            Shape::Words(Words::These(&["squash", "center-crop"])),
        ]),
        "\"stretch\"",
        &["\"pad\""],
    )
    .at("data.md#pictures"),
    valued(
        "resize",
        "filter between pixels, antialiased",
        Shape::Words(Words::These(&["bilinear", "bicubic"])),
        "\"bilinear\"",
        &["\"bicubic\""],
    )
    .at("data.md#pictures"),
    optional(
        "range",
        "samples that are black and white",
        OneOf(&[
            Shape::Words(Words::These(&["full", "used"])),
            Tuple(&[Number("data.range"), Number("data.range")]),
        ]),
        "\"full\"; floating-point pictures have none",
        &["\"used\"", "[0, 4095]"],
    )
    .at("data.md#pictures"),
    optional(
        "channels",
        "channels that networks see: 1 (grey), 3 (RGB), or as many as the pictures have",
        Whole("data.channels"),
        "what the weights' card says, else as the first readable picture is stored",
        &["3"],
    ),
    optional(
        "adapt",
        "how pictures and weights of different channels come together",
        Shape::Words(Words::These(&["replicate", "sum", "repeat"])),
        "\"replicate\"",
        &["\"sum\""],
    )
    .at("weights.md#in-a-study"),
    optional(
        "property",
        "what distinguishes the classes, for the report",
        Text("data.property"),
        "not stated",
        &["\"small local lesions\""],
    ),
    valued(
        "normalise",
        "where the scaling of pixels comes from",
        Shape::Words(Words::These(&["weights", "data", "none"])),
        "\"weights\"",
        &["\"data\""],
    )
    .at("study.md#normalise"),
    valued(
        "unreadable",
        "what happens to pictures that cannot be read",
        Shape::Words(Words::These(&["stop", "skip"])),
        "\"stop\"",
        &["\"skip\""],
    )
    .at("data.md#pictures-that-cannot-be-read"),
    optional(
        "augment",
        "random changes to training pictures",
        Table(AUGMENT),
        "none",
        &["{ flip_horizontal = true, crop = 4 }"],
    )
    .at("study.md#augment"),
    optional(
        "fractions",
        "shares of the partitions where the data bring no split; they sum to 1",
        Table(FRACTIONS),
        "{ train = 0.7, validation = 0.1, test = 0.2 }",
        &["{ train = 0.6, validation = 0.2, test = 0.2 }"],
    )
    .at("data.md#partitions"),
    valued(
        "split_seed",
        "seed of that split, and of folds",
        Whole("data.split_seed"),
        "0",
        &["1"],
    ),
    optional(
        "folds",
        "parts of cross-validation that are tested in turn, instead of one split",
        Whole("data.folds"),
        "one split",
        &["5"],
    )
    .at("study.md#folds"),
    optional(
        "repeats",
        "how often cross-validation divides the data anew",
        Whole("data.repeats"),
        "once",
        &["2"],
    )
    .at("study.md#folds"),
    valued(
        "cache_mib",
        "memory for decoded pictures, in MiB; the rest is decoded again when needed",
        Whole("data.cache_mib"),
        "2048",
        &["8192"],
    ),
    optional(
        "exclude",
        "pictures that are left out, by id",
        STRINGS,
        "none",
        &["[\"0012.png\"]"],
    ),
    optional(
        "allow_leaks",
        "why something may be in two parts of the data; the verdict begins with it",
        Text("data.allow_leaks"),
        "leaks stop the study",
        &["\"known duplicates; only weights are wanted\""],
    )
    .at("data.md#the-audit"),
    optional(
        "test",
        "further test sets by name, reported apart",
        Map(&Table(TEST)),
        "none",
        &["{ siteB = { source = \"siteB.csv\" } }"],
    )
    .at("data.md#further-test-sets"),;
];
