//! Where the data are, as written: one path or name, or a path for each part of the split.

use std::fmt;

use serde::Deserialize;

/// One source, or one a part of the split.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(
    untagged,
    expecting = "a path, a name, or { train = \"…\", validation = \"…\", test = \"…\" }"
)]
pub enum SourceText {
    /// A path, relative to the configuration, or a name.
    One(String),
    /// A path for each part of the split that is given.
    Parts(SourceParts),
}

/// A path for each part of the split.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct SourceParts {
    /// Pictures to learn from.
    pub train: String,
    /// Pictures to choose on.
    pub validation: Option<String>,
    /// Pictures to report on.
    pub test: Option<String>,
}

impl fmt::Display for SourceText {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::One(text) => f.write_str(text),
            Self::Parts(parts) => f.write_str(&parts.train),
        }
    }
}
