//! `[pretrain]`, of what `transfusion pretrain` reads.

use crate::key::Shape::{Number, Tuple, Whole};
use crate::key::{Key, Shape, valued};
use crate::words::Words;

const RANGE: Shape = Tuple(&[Number(""), Number("")]);

/// What a network learns from.
pub(crate) const PRETRAIN: &[Key] = &[
    valued(
        "method",
        "what the network learns from: labels, or pairs of views without labels",
        Shape::Words(Words::These(&["supervised", "simsiam"])),
        "\"supervised\"",
        &["\"simsiam\""],
    ),
    valued(
        "outputs",
        "numbers that the projector makes of a picture",
        Whole(""),
        "512",
        &["2048"],
    ),
    valued(
        "bottleneck",
        "width of the predictor's hidden layer",
        Whole(""),
        "128",
        &["512"],
    ),
    valued(
        "area",
        "least and greatest share of a picture that a view shows",
        RANGE,
        "[0.2, 1.0]",
        &["[0.5, 1.0]"],
    ),
    valued(
        "aspect",
        "least and greatest ratio of width to height of what it shows",
        RANGE,
        "[0.75, 1.3333333333333333]",
        &["[1.0, 1.0]"],
    ),
    valued(
        "colour_chance",
        "how often the colours of a view change as `[data] augment` says",
        Number(""),
        "0.8",
        &["1.0"],
    ),
    valued(
        "grey_chance",
        "how often a view of a colour picture is made grey",
        Number(""),
        "0.2",
        &["0.0"],
    ),
];
