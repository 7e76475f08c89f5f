//! What is known about a picture.

use serde::{Deserialize, Serialize};

/// The kind of question that the labels answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Task {
    /// Exactly one class a picture, classes without order.
    Multiclass,
    /// Any number of findings a picture, each present, absent or unknown.
    Multilabel,
    /// Exactly one class a picture, classes ordered from low to high.
    Ordinal,
}

/// The label of one picture.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Label {
    /// Index into the classes of the dataset, from 0.
    Class(usize),
    /// One entry a finding, in the order of the dataset's classes; `None` = unknown.
    Findings(Vec<Option<bool>>),
}

impl Label {
    /// The class, for multiclass and ordinal tasks.
    pub fn class(&self) -> Option<usize> {
        match self {
            Label::Class(class) => Some(*class),
            Label::Findings(_) => None,
        }
    }

    /// Whether the picture carries class or finding `index`; `None` = unknown.
    pub fn has(&self, index: usize) -> Option<bool> {
        match self {
            Label::Class(class) => Some(*class == index),
            Label::Findings(findings) => findings.get(index).copied().flatten(),
        }
    }
}

/// Sorts class names: by value if all are integers, else by name.
pub fn sort_classes(classes: &mut [String]) {
    if classes.iter().all(|name| name.parse::<i64>().is_ok()) {
        classes.sort_by_key(|name| name.parse::<i64>().ok());
    } else {
        classes.sort();
    }
}
