//! Cells of labels, with where they stand and what may be done with them.

use images::Label;

use crate::policy::{Meaning, Policy};
use crate::refusal::{Refusal, listed};
use crate::table::options::TableOptions;

#[derive(Debug)]
pub(crate) struct Labels {
    /// Names of the classes or findings.
    pub(crate) classes: Vec<String>,
    /// One a row; `None` where the row is left out.
    pub(crate) rows: Vec<Option<Label>>,
    /// What was done.
    pub(crate) notes: Vec<String>,
}

/// Cells of labels with where they stand.
pub(crate) struct Cells<'a> {
    pub(crate) file: &'a str,
    pub(crate) options: &'a TableOptions,
    /// `[row][column]`, values already replaced.
    pub(crate) rows: Vec<Vec<&'a str>>,
    pub(crate) lines: Vec<u64>,
}

/// Most classes or findings.
pub(super) const MAX_CLASSES: usize = 10_000;

impl Cells<'_> {
    pub(super) fn column(&self, place: usize) -> &str {
        &self.options.labels[place]
    }

    pub(super) fn refuse(
        &self,
        row: usize,
        expected: String,
        found: &str,
        write: impl Into<String>,
    ) -> Refusal {
        Refusal::on_line(
            self.file,
            self.lines[row],
            expected,
            format!("`{found}`"),
            write,
        )
    }

    /// Names of the findings: `classes` in the order of the columns, else the columns.
    pub(super) fn named(&self, columns: &[String]) -> Result<Vec<String>, Refusal> {
        match &self.options.classes {
            Some(names) if names.len() != columns.len() => Err(Refusal::at(
                "`data.classes`",
                format!("a name for each of {}", listed(columns, 20)),
                listed(names, 20),
                "write as many names as label columns, in their order",
            )),
            Some(names) => Ok(names.clone()),
            None => Ok(columns.to_vec()),
        }
    }

    /// Whether rows without a class are left out.
    pub(super) fn skips_blank(&self) -> bool {
        self.options.blank == Some(Policy::All(Meaning::Skip))
    }
}

/// What a meaning says of a finding.
pub(super) fn known(meaning: Meaning) -> Option<bool> {
    match meaning {
        Meaning::Ones => Some(true),
        Meaning::Zeros => Some(false),
        Meaning::Missing | Meaning::Skip => None,
    }
}

pub(super) fn left_out(rows: &[Option<Label>], what: &str) -> Option<String> {
    let count = rows.iter().filter(|row| row.is_none()).count();
    (count > 0).then(|| format!("left out: {count} rows in which {what} is blank"))
}
