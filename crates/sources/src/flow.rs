//! From what a source holds to the pictures that it gives, counted.

use serde::{Deserialize, Serialize};

/// What was left out on one ground.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeftOut {
    /// The ground, to be read after "left out": `no file of that name`.
    pub why: String,
    /// How many, at least 1.
    pub count: usize,
}

impl LeftOut {
    /// `count` things on one ground; nothing where there are none.
    pub fn some(why: impl Into<String>, count: usize) -> Option<Self> {
        let why = why.into();
        (count > 0).then_some(Self { why, count })
    }
}

/// One source: what was found less what was left out gives its pictures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceFlow {
    /// What it is the source of: the data set, a part of its split or a named test set.
    pub name: String,
    /// What is counted in it: `files`, `rows` or `pictures`.
    pub unit: String,
    /// How many there are; files that systems leave behind are not looked at.
    pub found: usize,
    /// What of them is no picture of the study, in the order in which it was seen.
    pub left_out: Vec<LeftOut>,
    /// Pictures that remain.
    pub pictures: usize,
}

impl SourceFlow {
    /// A source of pictures alone, all of which are taken.
    pub fn of_pictures(name: impl Into<String>, pictures: usize) -> Self {
        Self {
            name: name.into(),
            unit: "pictures".into(),
            found: pictures,
            left_out: Vec::new(),
            pictures,
        }
    }
}
