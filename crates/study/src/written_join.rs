//! Tables beside the main one, as written.

use std::path::PathBuf;

use serde::Deserialize;

/// `[[data.join]]`: a table beside the main one.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WrittenJoin {
    /// A path, relative to the main table's folder.
    pub source: PathBuf,
    /// The key: one column of both, or `{ left = "…", right = "…" }`.
    pub on: WrittenKey,
    /// What becomes of rows of the main table without a partner; by default `stop`.
    #[serde(default)]
    pub unmatched: Unmatched,
}

/// The key of a join.
#[derive(Clone, Debug, Deserialize)]
#[serde(
    untagged,
    expecting = "a column of both tables, or { left = \"column\", right = \"column\" }"
)]
pub enum WrittenKey {
    /// A column of both tables.
    Both(String),
    /// A column of each.
    Each {
        /// Of the main table.
        left: String,
        /// Of the joined one.
        right: String,
    },
}

/// What becomes of rows of the main table without a partner.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unmatched {
    /// The study does not start.
    #[default]
    Stop,
    /// They stay, with empty cells.
    Keep,
}
