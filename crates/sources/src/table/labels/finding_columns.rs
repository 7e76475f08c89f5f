//! One column a finding.

use images::{Label, nearest_name};

use super::cells::{Cells, Labels, known, left_out};
use crate::policy::{Meaning, Policy};
use crate::refusal::{Refusal, listed};
use crate::table::cell::{Finding, finding};

impl Cells<'_> {
    /// One column a finding.
    pub(super) fn findings(&self) -> Result<Labels, Refusal> {
        let columns = &self.options.labels;
        for (key, policy) in [
            ("uncertain", &self.options.uncertain),
            ("blank", &self.options.blank),
        ] {
            if let Some(name) = policy.as_ref().and_then(|policy| policy.unknown(columns)) {
                let meant = nearest_name(name, columns.iter().map(String::as_str));
                return Err(Refusal::at(
                    format!("`data.{key}`"),
                    format!("names among {}, or others", listed(columns, 20)),
                    format!("`{name}`"),
                    meant.map_or("correct the name".into(), |meant| {
                        format!("did you mean `{meant}`?")
                    }),
                ));
            }
        }
        let mut tally = Tally::default();
        let mut rows = Vec::with_capacity(self.rows.len());
        for (row, cells) in self.rows.iter().enumerate() {
            let mut label = Some(Vec::with_capacity(cells.len()));
            for (place, cell) in cells.iter().enumerate() {
                let meaning = self.finding(row, place, cell, &mut tally)?;
                match meaning {
                    Meaning::Skip => label = None,
                    meaning => {
                        if let Some(label) = &mut label {
                            label.push(known(meaning));
                        }
                    }
                }
            }
            rows.push(label.map(Label::Findings));
        }
        self.check_said(&tally)?;
        let classes = self.named(columns)?;
        Ok(Labels {
            classes,
            notes: self.policies(&tally, &rows),
            rows,
        })
    }

    /// What one cell of a finding means; `Missing` for the moment where no policy says.
    fn finding(
        &self,
        row: usize,
        place: usize,
        cell: &str,
        tally: &mut Tally,
    ) -> Result<Meaning, Refusal> {
        let column = self.column(place);
        let Some(finding) = finding(cell) else {
            return Err(self.refuse(
                row,
                format!("1, 0, -1, yes, no, true, false or nothing in column `{column}`"),
                cell,
                format!("say what it stands for, such as values = {{ \"{cell}\" = \"1\" }}; lists of findings need separator, classes another task"),
            ));
        };
        let (policy, counted) = match finding {
            Finding::Present => return Ok(Meaning::Ones),
            Finding::Absent => return Ok(Meaning::Zeros),
            Finding::Uncertain => (&self.options.uncertain, &mut tally.uncertain),
            Finding::Blank => (&self.options.blank, &mut tally.blank),
        };
        counted.0 += 1;
        let meaning = policy.as_ref().and_then(|policy| policy.of(column));
        if meaning.is_none() {
            counted.1.get_or_insert((row, place));
        }
        Ok(meaning.unwrap_or(Meaning::Missing))
    }

    /// Refuses blanks and −1 that no policy speaks of.
    fn check_said(&self, tally: &Tally) -> Result<(), Refusal> {
        let unsaid = [
            ("uncertain", &tally.uncertain, "-1 (uncertain)"),
            ("blank", &tally.blank, "blank"),
        ];
        for (key, (count, first), kind) in unsaid {
            if let Some((row, place)) = first {
                return Err(Refusal::on_line(
                    self.file,
                    self.lines[*row],
                    format!("a rule for cells that are {kind}"),
                    format!("one in column `{}`, {count} in all", self.column(*place)),
                    format!(
                        "write {key} = \"missing\" (unknown: left out of loss and metrics), \"zeros\" (absent), \"ones\" (present) or \"skip\" (the row is left out), or one a finding, {key} = {{ \"{}\" = \"zeros\", others = \"missing\" }}",
                        self.column(*place)
                    ),
                ));
            }
        }
        Ok(())
    }

    fn policies(&self, tally: &Tally, rows: &[Option<Label>]) -> Vec<String> {
        let mut notes = Vec::new();
        let says = |policy: &Option<Policy>| match policy {
            Some(Policy::All(meaning)) => word(*meaning).to_owned(),
            Some(Policy::Each(meanings)) => {
                let each: Vec<String> = meanings
                    .iter()
                    .map(|(name, meaning)| format!("{name}: {}", word(*meaning)))
                    .collect();
                each.join(", ")
            }
            None => String::new(),
        };
        if tally.uncertain.0 > 0 {
            notes.push(format!(
                "{} cells of -1 (uncertain) are read as {}",
                tally.uncertain.0,
                says(&self.options.uncertain)
            ));
        }
        if tally.blank.0 > 0 {
            notes.push(format!(
                "{} blank cells are read as {}",
                tally.blank.0,
                says(&self.options.blank)
            ));
        }
        notes.extend(left_out(rows, "a cell"));
        notes
    }
}

/// Cells without a plain meaning: how many, and the first that no policy speaks of (row, column).
#[derive(Default)]
struct Tally {
    uncertain: (usize, Option<(usize, usize)>),
    blank: (usize, Option<(usize, usize)>),
}

fn word(meaning: Meaning) -> &'static str {
    match meaning {
        Meaning::Missing => "unknown",
        Meaning::Zeros => "absent",
        Meaning::Ones => "present",
        Meaning::Skip => "left out",
    }
}
