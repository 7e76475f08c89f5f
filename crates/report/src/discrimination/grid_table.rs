//! A table of numbers on a ground that is the darker the higher they are.

use std::borrow::Borrow;

use askama::Template;

/// A table whose rows become blocks of named numbers on a narrow page.
#[derive(Template)]
#[template(path = "grid_table.html", config = "askama.toml")]
pub struct GridTable {
    /// What it holds.
    pub caption: String,
    /// What the rows are, and what the columns are.
    pub corner: String,
    /// Names of the columns.
    pub columns: Vec<String>,
    /// Its rows.
    pub rows: Vec<GridRow>,
    /// Whether many narrow columns are to fit.
    pub is_dense: bool,
}

/// Signs of a column's name at most, as every cell repeats it on a narrow page.
const COLUMN: usize = 40;

impl GridTable {
    /// The name of a column, cut where it is long.
    fn column(&self, place: impl Borrow<usize>) -> String {
        let name = self.columns.get(*place.borrow()).map_or("", String::as_str);
        match name.chars().count() > COLUMN {
            true => name.chars().take(COLUMN - 1).chain(['…']).collect(),
            false => name.to_owned(),
        }
    }
}

/// A row of the table.
pub struct GridRow {
    /// What it is about.
    pub name: String,
    /// What stands below in small; may be empty.
    pub small: String,
    /// One a column.
    pub cells: Vec<GridCell>,
}

/// A number of the table.
#[derive(Default)]
pub struct GridCell {
    /// The number.
    pub text: String,
    /// What stands below in small; may be empty.
    pub small: String,
    /// Darkness of its ground in percent; none for a plain cell.
    pub heat: Option<u8>,
    /// Whether it is where truth and prediction agree.
    pub is_right: bool,
}

impl GridCell {
    /// A plain number with something below it.
    pub fn plain(text: impl Into<String>, small: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            small: small.into(),
            ..Self::default()
        }
    }

    /// On a ground as dark as `share`, in [0, 1].
    pub fn heated(mut self, share: f64) -> Self {
        self.heat = Some((100.0 * share.clamp(0.0, 1.0)).round() as u8);
        self
    }
}
