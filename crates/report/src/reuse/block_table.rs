//! A table with a column for each block.

use askama::Template;

use super::cell::{Cell, Notes};

/// The table, as HTML.
#[derive(Template)]
#[template(path = "block_table.html", config = "askama.toml")]
pub struct BlockTable {
    caption: String,
    blocks: Vec<String>,
    rows: Vec<BlockRow>,
    reasons: Vec<String>,
}

/// One line of it.
pub struct BlockRow {
    /// Name of the initialisation.
    pub init: String,
    /// Number of its colour.
    pub colour: usize,
    /// What the numbers are.
    pub what: String,
    /// One per block.
    pub cells: Vec<Cell>,
}

impl BlockTable {
    /// The table; none without any number or reason.
    pub fn new(
        caption: impl Into<String>,
        blocks: &[String],
        rows: Vec<BlockRow>,
        notes: Notes,
    ) -> Option<Self> {
        let is_filled = rows.iter().any(|row| !row.cells.is_empty());
        is_filled.then(|| Self {
            caption: caption.into(),
            blocks: blocks.to_vec(),
            rows,
            reasons: notes.into_reasons(),
        })
    }
}
