//! One column a class, of which every row holds one.

use std::collections::BTreeSet;

use images::Label;

use super::cells::{Cells, Labels, left_out};
use crate::refusal::{Refusal, listed};
use crate::table::cell::{Finding, finding};

impl Cells<'_> {
    /// One column a class, of which every row holds one.
    pub(super) fn one_hot(&self) -> Result<Labels, Refusal> {
        let columns = &self.options.labels;
        let classes = self.named(columns)?;
        let mut rows = Vec::with_capacity(self.rows.len());
        for (row, cells) in self.rows.iter().enumerate() {
            let mut ones = Vec::new();
            for (place, cell) in cells.iter().enumerate() {
                match finding(cell) {
                    Some(Finding::Present) => ones.push(place),
                    Some(Finding::Absent | Finding::Blank) => {}
                    _ => return Err(self.refuse(row, format!("1 or 0 in column `{}`, one class a picture", columns[place]), cell, "for findings, of which a picture has any number, write task = \"multilabel\"")),
                }
            }
            match (&ones[..], self.skips_blank()) {
                ([class], _) => rows.push(Some(Label::Class(*class))),
                ([], true) => rows.push(None),
                ([], false) => return Err(self.refuse(row, format!("a 1 in one of {}", listed(columns, 8)), "none", "add the column that is missing to label, or write blank = \"skip\" to leave such rows out")),
                (several, _) => {
                    let names: Vec<&String> = several.iter().map(|place| &columns[*place]).collect();
                    return Err(self.refuse(row, format!("a 1 in one of {}", listed(columns, 8)), &listed(&names, 8), "for findings, of which a picture has any number, write task = \"multilabel\""));
                }
            }
        }
        let held: BTreeSet<usize> = rows.iter().flatten().filter_map(Label::class).collect();
        if let Some(empty) = (0..columns.len()).find(|place| !held.contains(place)) {
            return Err(Refusal::at(
                self.file,
                "a picture of every class",
                format!("none with a 1 in column `{}`", columns[empty]),
                format!("leave `{}` out of label", columns[empty]),
            ));
        }
        let mut notes = vec![format!(
            "the {} label columns are read as classes, one a picture",
            columns.len()
        )];
        notes.extend(left_out(&rows, "a class"));
        Ok(Labels {
            classes,
            rows,
            notes,
        })
    }
}
