//! Names of columns, as written.

use serde::Deserialize;

/// One column name or several.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Columns {
    /// One column that holds the class.
    One(String),
    /// One column a finding.
    Many(Vec<String>),
}

impl Columns {
    /// Their names, in order.
    pub fn names(self) -> Vec<String> {
        match self {
            Columns::One(column) => vec![column],
            Columns::Many(columns) => columns,
        }
    }
}
