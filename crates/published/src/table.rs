//! A file of published tables, read strictly.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use stats::Group;

use study::{StudyError, parse, read_text};

/// Tables 1 to 3 of Raghu et al., Transfusion, NeurIPS 2019.
const RAGHU_2019: &str = include_str!("raghu2019.toml");
const RAGHU_2019_NAME: &str = "raghu2019.toml (embedded)";
/// More rows than any paper prints.
const ROW_LIMIT: usize = 10_000;

/// A file of tables.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublishedTables {
    /// The tables, in the order they are to be shown.
    #[serde(rename = "table")]
    pub tables: Vec<Table>,
}

/// Arms against baselines as a paper printed them.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// What the table shows and where it was printed.
    pub title: String,
    /// The difference that would not matter, in the unit of the table, above 0.
    pub margin: f64,
    /// The comparisons: one family, for which p values are adjusted together.
    #[serde(rename = "row")]
    pub rows: Vec<Row>,
}

/// An arm against its baseline.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// The model.
    pub name: String,
    /// The finding or question, where a table has several.
    pub finding: Option<String>,
    /// Runs of each group that does not say its own, 2 or more. None where it was not printed.
    pub n: Option<usize>,
    /// The baseline, such as random initialisation.
    pub baseline: Printed,
    /// The arm, such as transfer.
    pub arm: Printed,
}

/// A printed result.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Printed {
    /// Mean over runs, in the unit of the table.
    pub mean: f64,
    /// Standard deviation over runs, 0 or more; none where it was not printed.
    pub sd: Option<f64>,
    /// Runs, 2 or more, where the groups of a row have not as many.
    pub n: Option<usize>,
}

/// Why a file of tables cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PublishedError {
    /// It cannot be read as TOML of this form.
    #[error(transparent)]
    File(#[from] StudyError),
    /// A value makes no sense.
    #[error("{}: {place}, `{field}`: expected {expected}, found {found}", path.display())]
    Value {
        /// The file.
        path: PathBuf,
        /// Table and row, counted from 1, with their names.
        place: String,
        /// The field.
        field: &'static str,
        /// What it may be.
        expected: &'static str,
        /// What it is.
        found: String,
    },
}

impl PublishedTables {
    /// Reads a user's file.
    pub fn read(path: &Path) -> Result<Self, PublishedError> {
        Self::parse(&read_text(path)?, path)
    }

    /// The tables of the paper.
    pub fn of_the_paper() -> Result<Self, PublishedError> {
        Self::parse(RAGHU_2019, Path::new(RAGHU_2019_NAME))
    }

    fn parse(text: &str, path: &Path) -> Result<Self, PublishedError> {
        let tables: Self = parse(text, path)?;
        let file = Place {
            path,
            place: "file".into(),
        };
        if tables.tables.is_empty() {
            return Err(file.refuse("table", "at least one table", "none"));
        }
        let rows: usize = tables.tables.iter().map(|table| table.rows.len()).sum();
        if rows > ROW_LIMIT {
            return Err(file.refuse("row", "at most 10,000 rows in all", rows));
        }
        for (index, table) in tables.tables.iter().enumerate() {
            let place = format!("table {} ({})", index + 1, table.title);
            table.check(path, &place)?;
        }
        Ok(tables)
    }
}

impl Table {
    fn check(&self, path: &Path, table: &str) -> Result<(), PublishedError> {
        let place = Place {
            path,
            place: table.to_owned(),
        };
        if !(self.margin > 0.0 && self.margin.is_finite()) {
            return Err(place.refuse("margin", "a number above 0", self.margin));
        }
        if self.rows.is_empty() {
            return Err(place.refuse("row", "at least one row", "none"));
        }
        for (index, row) in self.rows.iter().enumerate() {
            let place = Place {
                path,
                place: format!("{table}, row {} ({})", index + 1, row.label()),
            };
            let runs = [
                (row.n, "n"),
                (row.baseline.n, "baseline.n"),
                (row.arm.n, "arm.n"),
            ];
            for (n, field) in runs {
                if let Some(n) = n
                    && !(2..=1_000_000).contains(&n)
                {
                    return Err(place.refuse(field, "2 to 1,000,000 runs", n));
                }
            }
            let groups = [
                (row.baseline, "baseline.mean", "baseline.sd"),
                (row.arm, "arm.mean", "arm.sd"),
            ];
            for (printed, mean, sd) in groups {
                if !printed.mean.is_finite() {
                    return Err(place.refuse(mean, "a finite number", printed.mean));
                }
                if let Some(found) = printed.sd
                    && !(found >= 0.0 && found.is_finite())
                {
                    return Err(place.refuse(sd, "a finite number, 0 or more", found));
                }
            }
        }
        Ok(())
    }
}

impl Row {
    /// Model and finding.
    pub fn label(&self) -> String {
        match &self.finding {
            Some(finding) => format!("{}, {finding}", self.name),
            None => self.name.clone(),
        }
    }

    /// Runs of a group.
    pub(super) fn runs(&self, printed: Printed) -> Option<usize> {
        printed.n.or(self.n)
    }

    /// The group, if its spread and number were printed.
    pub(super) fn group(&self, printed: Printed) -> Option<Group> {
        Some(Group {
            mean: printed.mean,
            standard_deviation: printed.sd?,
            count: self.runs(printed)?,
        })
    }
}

/// Where in a file a value stands.
struct Place<'a> {
    path: &'a Path,
    place: String,
}

impl Place<'_> {
    fn refuse(
        &self,
        field: &'static str,
        expected: &'static str,
        found: impl ToString,
    ) -> PublishedError {
        PublishedError::Value {
            path: self.path.to_owned(),
            place: self.place.clone(),
            field,
            expected,
            found: found.to_string(),
        }
    }
}
