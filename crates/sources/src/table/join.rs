//! Tables beside the main one, joined to it by a key: labels here, patients there.

use std::collections::HashMap;
use std::path::PathBuf;

use formats::decode::{MAX_FILE_BYTES, read_bounded};

use super::sheet::{Dialect, Sheet};
use crate::name::{folded, last, stem};
use crate::refusal::{Refusal, listed};

/// A further table.
#[derive(Clone, Debug, PartialEq)]
pub struct Join {
    /// The file.
    pub path: PathBuf,
    /// Column of the main table.
    pub left: String,
    /// Column of this one.
    pub right: String,
    /// Whether rows of the main table without a partner stay, with empty cells.
    pub keeps_unmatched: bool,
}

impl Join {
    /// Adds the columns of the further table to `sheet`. A name that both have becomes
    /// `file.name`, after the file without its ending.
    pub(crate) fn apply(&self, sheet: &mut Sheet) -> Result<(), Refusal> {
        let file = self.path.display().to_string();
        let bytes = read_bounded(&self.path, MAX_FILE_BYTES)
            .map_err(|e| Refusal::unreadable(&self.path, e))?;
        let right = Sheet::parse(&file, &bytes, &Dialect::default(), &[&self.right])?;
        let key = right.column("data.join.on", &self.right)?;
        let left = sheet.column("data.join.on", &self.left)?;
        let mut rows: HashMap<String, usize> = HashMap::new();
        for row in 0..right.rows.len() {
            if let Some(first) = rows.insert(key_of(right.cell(row, key)), row)
                && right.rows[first] != right.rows[row]
            {
                return Err(Refusal::on_line(
                    &file,
                    right.lines[row],
                    format!("one row for each `{}`", self.right),
                    format!(
                        "{} again, first on line {}",
                        right.cell(row, key),
                        right.lines[first]
                    ),
                    "keep one, or make this table the source and join the other to it",
                ));
            }
        }
        let partners: Vec<Option<usize>> = (0..sheet.rows.len())
            .map(|row| rows.get(&key_of(sheet.cell(row, left))).copied())
            .collect();
        let alone: Vec<&str> = (0..sheet.rows.len())
            .filter(|row| partners[*row].is_none())
            .map(|row| sheet.cell(row, left))
            .collect();
        if !alone.is_empty() && !self.keeps_unmatched {
            return Err(Refusal::at(
                &file,
                format!("a row for every `{}` of {}", self.left, sheet.file),
                format!(
                    "none for {} of {}: {}",
                    alone.len(),
                    sheet.rows.len(),
                    listed(&alone, 3)
                ),
                "check the key, or write unmatched = \"keep\" beside it to leave their cells empty",
            ));
        }
        if !alone.is_empty() {
            sheet.notes.push(format!(
                "{} rows of {} have no partner in {file}",
                alone.len(),
                sheet.file
            ));
        }
        let prefix = self
            .path
            .file_stem()
            .map(|stem| stem.to_string_lossy().into_owned())
            .unwrap_or_default();
        let added: Vec<usize> = (0..right.columns.len())
            .filter(|column| *column != key)
            .collect();
        for column in &added {
            let name = &right.columns[*column];
            let is_taken = sheet.columns.contains(name);
            sheet.columns.push(if is_taken {
                format!("{prefix}.{name}")
            } else {
                name.clone()
            });
        }
        for (row, partner) in partners.into_iter().enumerate() {
            for column in &added {
                let cell = partner.map_or("", |partner| right.cell(partner, *column));
                sheet.rows[row].push_field(cell);
            }
        }
        sheet.notes.extend(right.notes);
        Ok(())
    }
}

/// Keys are compared without letter case, folders and endings of pictures.
fn key_of(cell: &str) -> String {
    folded(stem(last(cell)))
}
