//! Why data are not read: in words that say what to do.

use std::fmt;

/// What was expected, what was found, where, and what to write. Data that could be read in two
/// ways are refused: a study of a wrong reading costs more than a line in a file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Refusal {
    /// File or folder, with the line where there is one.
    pub place: String,
    /// What the reader can use.
    pub expected: String,
    /// What is there.
    pub found: String,
    /// The key to write, or what to do otherwise.
    pub write: String,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Self {
            place,
            expected,
            found,
            write,
        } = self;
        write!(f, "{place}: expected {expected}, found {found}; {write}")
    }
}

impl Refusal {
    /// A refusal at a place.
    pub(crate) fn at(
        place: impl Into<String>,
        expected: impl Into<String>,
        found: impl Into<String>,
        write: impl Into<String>,
    ) -> Self {
        Self {
            place: place.into(),
            expected: expected.into(),
            found: found.into(),
            write: write.into(),
        }
    }

    /// A refusal at a line of a file, counted from 1.
    pub(crate) fn on_line(
        file: &str,
        line: u64,
        expected: impl Into<String>,
        found: impl Into<String>,
        write: impl Into<String>,
    ) -> Self {
        Self::at(format!("{file}, line {line}"), expected, found, write)
    }

    /// A file or folder that the system does not give.
    pub(crate) fn unreadable(path: &std::path::Path, reason: impl fmt::Display) -> Self {
        Self::at(
            path.display().to_string(),
            "a readable file or folder",
            reason.to_string(),
            "check the path and who may read it",
        )
    }
}

/// The first `most` of some names, and how many more there are.
pub(crate) fn listed<T: AsRef<str>>(names: &[T], most: usize) -> String {
    let shown: Vec<&str> = names.iter().take(most).map(AsRef::as_ref).collect();
    let shown = shown.join(", ");
    match names.len().saturating_sub(most) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}
