//! One column that lists findings.

use std::collections::BTreeSet;

use images::{Label, nearest_name};

use super::cells::{Cells, Labels, MAX_CLASSES, known, left_out};
use crate::name::one_in_two_spellings;
use crate::policy::Meaning;
use crate::refusal::{Refusal, listed};
use crate::table::cell::is_blank;

impl Cells<'_> {
    /// One column that lists findings.
    pub(super) fn lists(&self, separator: &str) -> Result<Labels, Refusal> {
        let nothing = self.options.nothing.as_deref();
        let words = |cell: &'_ str| -> Vec<String> {
            // Lists of other programs come with brackets and quotes.
            let words = cell
                .split(separator)
                .map(|word| word.trim().trim_matches(['[', ']', '\'', '"']).trim());
            words
                .filter(|word| !word.is_empty() && Some(*word) != nothing)
                .map(str::to_owned)
                .collect()
        };
        let mut found = BTreeSet::new();
        for cells in &self.rows {
            if !is_blank(cells[0], self.options.classes.as_deref()) {
                found.extend(words(cells[0]));
            }
        }
        if found.len() > MAX_CLASSES {
            return Err(Refusal::at(
                self.file,
                format!("at most {MAX_CLASSES} findings"),
                found.len().to_string(),
                "check label and separator",
            ));
        }
        let classes = self
            .options
            .classes
            .clone()
            .unwrap_or_else(|| found.iter().cloned().collect());
        let spelled = found.iter().map(String::as_str).chain(nothing);
        if let Some([a, b]) = one_in_two_spellings(spelled) {
            return Err(Refusal::at(
                self.file,
                format!(
                    "one spelling of each finding in column `{}`",
                    self.column(0)
                ),
                format!("`{a}` and `{b}`"),
                "correct the table, or replace whole cells by values",
            ));
        }
        let mut notes = Vec::new();
        let other: Vec<&String> = found
            .iter()
            .filter(|word| !classes.contains(word))
            .collect();
        if !other.is_empty() {
            notes.push(format!(
                "findings that are not asked for: {}",
                listed(&other, 20)
            ));
        }
        if let Some(never) = classes.iter().find(|class| !found.contains(*class)) {
            let meant = nearest_name(never, found.iter().map(String::as_str));
            return Err(Refusal::at(
                self.file,
                format!("the finding `{never}` in column `{}`", self.column(0)),
                format!(
                    "it nowhere; there are {}",
                    listed(&found.iter().collect::<Vec<_>>(), 20)
                ),
                meant.map_or("correct data.classes".into(), |meant| {
                    format!("did you mean `{meant}`?")
                }),
            ));
        }
        let mut blanks = 0;
        let mut rows = Vec::with_capacity(self.rows.len());
        for (row, cells) in self.rows.iter().enumerate() {
            if is_blank(cells[0], self.options.classes.as_deref()) {
                blanks += 1;
                let Some(meaning) = self
                    .options
                    .blank
                    .as_ref()
                    .and_then(|policy| policy.of(self.column(0)))
                else {
                    return Err(self.refuse(
                        row,
                        format!("findings in column `{}`", self.column(0)),
                        cells[0],
                        "write blank = \"zeros\" (no finding), \"missing\" (nothing is known) or \"skip\" (the row is left out)",
                    ));
                };
                rows.push(match meaning {
                    Meaning::Skip => None,
                    meaning => Some(Label::Findings(vec![known(meaning); classes.len()])),
                });
                continue;
            }
            let words = words(cells[0]);
            let has = classes.iter().map(|class| Some(words.contains(class)));
            rows.push(Some(Label::Findings(has.collect())));
        }
        if blanks > 0 {
            notes.push(format!("{blanks} cells of `{}` are blank", self.column(0)));
        }
        notes.extend(left_out(&rows, "a list"));
        Ok(Labels {
            classes,
            rows,
            notes,
        })
    }
}
