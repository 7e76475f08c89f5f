//! How a row names its picture.

use super::sheet::Sheet;
use crate::refusal::Refusal;

/// A column, or a text with columns in braces: `{folder}/{id}_left.jpg`.
#[derive(Clone, Debug, PartialEq)]
pub struct ImageName(String);

/// A picture's name as pieces.
pub(crate) enum Piece {
    Text(String),
    Column(usize),
}

impl ImageName {
    /// As written.
    pub fn new(written: impl Into<String>) -> Self {
        Self(written.into())
    }

    /// Names of the columns in it.
    pub(crate) fn columns(&self) -> Vec<&str> {
        match self.0.contains('{') {
            false => vec![&self.0],
            true => self
                .0
                .split('{')
                .skip(1)
                .filter_map(|part| part.split_once('}'))
                .map(|(name, _)| name)
                .collect(),
        }
    }

    pub(crate) fn pieces(&self, sheet: &Sheet) -> Result<Vec<Piece>, Refusal> {
        if !self.0.contains('{') || sheet.columns.contains(&self.0) {
            return Ok(vec![Piece::Column(sheet.column("image", &self.0)?)]);
        }
        let mut pieces = Vec::new();
        for (place, part) in self.0.split('{').enumerate() {
            if place == 0 {
                pieces.push(Piece::Text(part.into()));
                continue;
            }
            let Some((name, text)) = part.split_once('}') else {
                return Err(Refusal::at(
                    "`data.image`",
                    "a column, or a text with columns in braces",
                    format!("`{}` without a closing brace", self.0),
                    "for example image = \"{folder}/{id}.png\"",
                ));
            };
            pieces.push(Piece::Column(sheet.column("image", name)?));
            pieces.push(Piece::Text(text.into()));
        }
        Ok(pieces)
    }
}

/// The name in one row; empty where a column of it is.
pub(crate) fn name_in(sheet: &Sheet, row: usize, pieces: &[Piece]) -> String {
    let mut name = String::new();
    for piece in pieces {
        match piece {
            Piece::Text(text) => name.push_str(text),
            Piece::Column(column) => match sheet.cell(row, *column) {
                "" => return String::new(),
                cell => name.push_str(cell),
            },
        }
    }
    name
}
