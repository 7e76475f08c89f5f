//! `[reporting]` and `[report]`.

use study::Reporting;

use crate::key::Shape::{Flag, Text};
use crate::key::{Key, optional, valued};

const COUNT: usize = Reporting::KEYS.len();

/// `[reporting]`, as the study's own list has it.
pub(super) const REPORTING: [Key; COUNT] = {
    let empty = optional(
        "",
        "",
        Text("reporting, a text"),
        "not said",
        &["\"In our words.\""],
    );
    let mut keys = [empty; COUNT];
    let mut at = 0;
    while at < COUNT {
        let (name, about) = Reporting::KEYS[at];
        keys[at] = Key {
            name,
            about,
            ..empty
        };
        at += 1;
    }
    keys
};

/// `[report]`.
pub(super) const REPORT: &[Key] = &[
    valued(
        "pictures",
        "whether pictures of the data may be written into the study directory and its page",
        Flag,
        "true",
        &["false"],
    ),
    optional(
        "saliency",
        "whether it is shown where a network looks",
        Flag,
        "as `pictures`",
        &["false"],
    ),
];
