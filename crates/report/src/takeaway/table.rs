//! A table before it is written in a language.

use crate::number::{self, UNKNOWN};

/// A table.
pub struct Table {
    /// The name of its files: letters, digits and hyphens.
    pub id: String,
    /// What it holds.
    pub caption: String,
    /// Names of its columns.
    pub columns: Vec<Column>,
    /// Its rows, with a value for each column.
    pub rows: Vec<Vec<Value>>,
}

/// A column.
pub struct Column {
    /// Its name.
    pub name: String,
    /// Names of further columns that its values have where each number stands alone.
    pub beside: &'static [&'static str],
}

impl Column {
    /// A column of single values.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            beside: &[],
        }
    }

    /// A column of values with their intervals.
    pub fn with_interval(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            beside: &["95% low", "95% high"],
        }
    }

    /// A column of values with words below them.
    pub fn with_words(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            beside: &["beside"],
        }
    }
}

/// A value.
pub enum Value {
    /// Words.
    Text(String),
    /// Words, and words below them.
    Pair(String, String),
    /// A count.
    Count(u64),
    /// A number, and its decimals where it is read.
    Number(f64, usize),
    /// A number with an interval, where there is one, and their decimals where they are read.
    Interval(f64, Option<[f64; 2]>, usize),
    /// Nothing is known.
    Unknown,
}

impl Value {
    /// A number that may be unknown.
    pub fn of(value: Option<f64>, digits: usize) -> Self {
        match value.filter(|value| value.is_finite()) {
            Some(value) => Self::Number(value, digits),
            None => Self::Unknown,
        }
    }

    /// As a reader sees it, rounded.
    pub fn read(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Pair(text, below) if below.is_empty() => text.clone(),
            Self::Pair(text, below) => format!("{text} ({below})"),
            Self::Count(count) => number::count(*count),
            Self::Number(value, digits) => number::fixed(*value, *digits),
            Self::Interval(value, None, digits) => number::fixed(*value, *digits),
            Self::Interval(value, Some([low, high]), digits) => {
                let [value, low, high] = [value, low, high].map(|n| number::fixed(*n, *digits));
                format!("{value} ({low} to {high})")
            }
            Self::Unknown => UNKNOWN.into(),
        }
    }

    /// Whether it is read from the left.
    pub fn is_text(&self) -> bool {
        matches!(self, Self::Text(_))
    }
}
