//! A section of the page: drawings and tables.

use record::results::{ArmResult, Results};

use super::cell::Cell;
use crate::palette::Palette;
use figures::Figure;

/// A section of the page.
pub struct Section {
    /// Its anchor.
    pub id: &'static str,
    /// Its word in the navigation.
    pub word: &'static str,
    /// Its title.
    pub title: &'static str,
    /// What the reader has to know.
    pub note: String,
    /// Drawings.
    pub plots: Vec<Figure>,
    /// Tables.
    pub sheets: Vec<Sheet>,
}

/// A table.
pub struct Sheet {
    /// What it holds; may be empty.
    pub caption: String,
    /// Whether the reader has to open it.
    pub is_folded: bool,
    /// Names of the columns, that of the rows first.
    pub columns: Vec<String>,
    /// Its rows.
    pub rows: Vec<Row>,
}

/// A row of a table.
pub struct Row {
    /// Anchor.
    pub id: Option<String>,
    /// Number of its colour.
    pub colour: Option<usize>,
    /// What it is about.
    pub name: String,
    /// Whether it is of the recommended arm.
    pub is_marked: bool,
    /// Its cells.
    pub cells: Vec<Cell>,
}

/// A row about an arm.
pub fn arm_row(results: &Results, palette: &Palette, arm: &ArmResult, cells: Vec<Cell>) -> Row {
    Row {
        id: None,
        colour: Some(palette.colour(&arm.setup())),
        name: arm.label.clone(),
        is_marked: results.verdict.recommended.as_ref() == Some(&arm.label),
        cells,
    }
}

/// A row about one of several questions: it names the question, and needs no mark of the arm.
pub fn of_question(row: Row, arm: &ArmResult, place: usize) -> Row {
    match arm.questions.get(place) {
        Some(question) if arm.questions.len() > 1 => Row {
            name: format!(
                "{}: {}",
                flagged(&question.name, question.is_rare),
                row.name
            ),
            is_marked: false,
            ..row
        },
        _ => row,
    }
}

/// The name of a question, marked where it rests on few pictures.
pub fn flagged(name: &str, is_rare: bool) -> String {
    let flag = if is_rare { "⚠ " } else { "" };
    format!("{flag}{name}")
}

pub fn columns<const N: usize>(names: [&str; N]) -> Vec<String> {
    names.map(String::from).into()
}
