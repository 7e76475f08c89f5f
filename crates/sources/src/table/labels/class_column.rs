//! One column of classes.

use std::collections::BTreeSet;

use images::{Label, Task, nearest_name, sort_classes};

use super::cells::{Cells, Labels, MAX_CLASSES, left_out};
use crate::name::one_in_two_spellings;
use crate::refusal::{Refusal, listed};
use crate::table::cell::{is_blank, number};

/// Different texts from which on a column that seldom repeats one is no column of classes.
const MANY: usize = 20;

impl Cells<'_> {
    /// One column of classes.
    pub(super) fn classes(&self) -> Result<Labels, Refusal> {
        let column = self.column(0);
        let filled: Vec<usize> = (0..self.rows.len())
            .filter(|row| !is_blank(self.rows[*row][0], self.options.classes.as_deref()))
            .collect();
        if filled.len() < self.rows.len() && !self.skips_blank() {
            let row = (0..self.rows.len())
                .find(|row| is_blank(self.rows[*row][0], self.options.classes.as_deref()))
                .unwrap_or(0);
            return Err(self.refuse(
                row,
                format!("a class in column `{column}`"),
                self.rows[row][0],
                format!(
                    "{} rows are blank: write blank = \"skip\" to leave them out",
                    self.rows.len() - filled.len()
                ),
            ));
        }
        let texts: BTreeSet<&str> = filled.iter().map(|row| self.rows[*row][0]).collect();
        self.check_lists(&texts, &filled)?;
        self.check_kind(&texts, filled.len())?;
        let numbers: Option<BTreeSet<usize>> = texts.iter().map(|text| number(text)).collect();
        let (classes, numbering) = match (&self.options.classes, numbers) {
            (Some(names), Some(numbers))
                if !texts
                    .iter()
                    .all(|text| names.iter().any(|name| name == text)) =>
            {
                let first = self.first_number(&numbers, names)?;
                (names.clone(), Some((first..first + names.len()).collect()))
            }
            (Some(names), _) => (names.clone(), None),
            (None, Some(numbers)) => {
                if numbers.len() > MAX_CLASSES
                    || numbers.last().is_some_and(|highest| *highest > 1_000_000)
                {
                    return Err(self.no_classes(numbers.len()));
                }
                let names = numbers.iter().map(usize::to_string).collect();
                (names, Some(numbers.into_iter().collect::<Vec<usize>>()))
            }
            (None, None) => {
                if texts.len() > MAX_CLASSES
                    || (texts.len() > MANY && 2 * texts.len() > filled.len())
                {
                    return Err(self.no_classes(texts.len()));
                }
                if self.options.task == Task::Ordinal {
                    return Err(Refusal::at(
                        self.file,
                        "grades whose order is known",
                        listed(&texts.iter().collect::<Vec<_>>(), 20),
                        "ordinal classes written as text have no order: list them from low to high, classes = [\"lowest\", …]",
                    ));
                }
                let mut names: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
                sort_classes(&mut names);
                (names, None)
            }
        };
        let first = self.options.labels_from.unwrap_or(0);
        let class = |cell: &str| -> Option<usize> {
            match &numbering {
                Some(numbering) => numbering.binary_search(&number(cell)?).ok(),
                None => {
                    let named = classes.iter().position(|name| name == cell);
                    let numbered = || {
                        number(cell)?
                            .checked_sub(first)
                            .filter(|class| *class < classes.len())
                    };
                    named.or_else(numbered)
                }
            }
        };
        let mut rows = vec![None; self.rows.len()];
        for row in filled {
            let cell = self.rows[row][0];
            let Some(class) = class(cell) else {
                let meant = nearest_name(cell, classes.iter().map(String::as_str));
                return Err(self.refuse(
                    row,
                    format!("one of {}", listed(&classes, 20)),
                    cell,
                    match meant {
                        Some(meant) => format!("did you mean `{meant}`? To read it as that, write values = {{ \"{cell}\" = \"{meant}\" }}"),
                        None => "correct the cell, or add the class to data.classes".into(),
                    },
                ));
            };
            rows[row] = Some(Label::Class(class));
        }
        let mut notes: Vec<String> = left_out(&rows, "a class").into_iter().collect();
        if let (Some(_), Some(numbering)) = (&self.options.classes, &numbering) {
            notes.push(format!(
                "numbers of classes count from {}",
                numbering.first().copied().unwrap_or(0)
            ));
        }
        Ok(Labels {
            classes,
            rows,
            notes,
        })
    }

    /// The number of the first class where cells hold numbers and `names` are given.
    fn first_number(&self, numbers: &BTreeSet<usize>, names: &[String]) -> Result<usize, Refusal> {
        let (lowest, highest) = (
            numbers.first().copied().unwrap_or(0),
            numbers.last().copied().unwrap_or(0),
        );
        let first = match self.options.labels_from {
            Some(first) => first,
            None if lowest == 0 => 0,
            None if highest == names.len() => 1,
            None => {
                return Err(Refusal::at(
                    self.file,
                    format!(
                        "classes counted from 0 or from 1 in column `{}`",
                        self.column(0)
                    ),
                    format!("numbers {lowest} to {highest} for {} names", names.len()),
                    "write labels_from = 0 or labels_from = 1",
                ));
            }
        };
        if lowest < first || highest >= first + names.len() {
            return Err(Refusal::at(
                self.file,
                format!(
                    "numbers from {first} to {} for the {} names of data.classes",
                    first + names.len().max(1) - 1,
                    names.len()
                ),
                format!("numbers from {lowest} to {highest}"),
                "correct data.classes, or remove it",
            ));
        }
        Ok(first)
    }

    fn no_classes(&self, count: usize) -> Refusal {
        Refusal::at(
            self.file,
            format!("a few classes in column `{}`", self.column(0)),
            format!("{count} different cells"),
            "name the column that holds the label, label = \"…\"; a column of measurements is none",
        )
    }

    /// Refuses columns of measurements, of numbers among words, and of one class in two spellings.
    fn check_kind(&self, texts: &BTreeSet<&str>, rows: usize) -> Result<(), Refusal> {
        if self.options.classes.is_some() {
            return Ok(());
        }
        let is_number = |text: &&&str| text.replace(',', ".").parse::<f64>().is_ok();
        let numbers = texts.iter().filter(is_number).count();
        let is_fraction = |text: &&str| is_number(&text) && number(text).is_none();
        let is_measured = texts.iter().any(is_fraction) && numbers == texts.len();
        if is_measured || (texts.len() > MANY && 2 * texts.len() > rows) {
            return Err(self.no_classes(texts.len()));
        }
        let words: Vec<&&str> = texts.iter().filter(|text| !is_number(text)).collect();
        if numbers > 0 && !words.is_empty() {
            return Err(Refusal::at(
                self.file,
                format!("numbers or names in column `{}`", self.column(0)),
                format!("both: {}", listed(&texts.iter().collect::<Vec<_>>(), 10)),
                "list them, for grades from low to high, classes = [\"…\"], or say what they stand for, such as values = { \"yes\" = \"1\" }",
            ));
        }
        match one_in_two_spellings(texts.iter().copied()) {
            None => Ok(()),
            Some([a, b]) => Err(Refusal::at(
                self.file,
                format!("one spelling of each class in column `{}`", self.column(0)),
                format!("`{a}` and `{b}`"),
                format!("write values = {{ \"{a}\" = \"{b}\" }} if they are one"),
            )),
        }
    }

    /// Refuses cells that are lists of classes: those with a separator whose parts stand alone or
    /// in another list.
    fn check_lists(&self, texts: &BTreeSet<&str>, filled: &[usize]) -> Result<(), Refusal> {
        if self.options.classes.is_some() {
            return Ok(());
        }
        for separator in [",", "|", ";", "/", "+", "&"] {
            let is_bracketed = |text: &str| text.starts_with('[') && text.ends_with(']');
            let is_list = |text: &str| {
                if is_bracketed(text) {
                    return true;
                }
                let parts: Vec<&str> = text.split(separator).map(str::trim).collect();
                let other = |part: &&str| {
                    !part.is_empty()
                        && texts.iter().any(|other| {
                            *other != text
                                && other.split(separator).any(|word| word.trim() == *part)
                        })
                };
                parts.len() > 1 && parts.iter().any(other)
            };
            if let Some(row) = filled
                .iter()
                .copied()
                .find(|row| is_list(self.rows[*row][0]))
            {
                return Err(self.refuse(
                    row,
                    format!("one class in column `{}`", self.column(0)),
                    self.rows[row][0],
                    format!("if it is a list of findings, write task = \"multilabel\" and separator = \"{separator}\" (and nothing = \"No Finding\" for the word that names none); if it is one class, list all in data.classes"),
                ));
            }
        }
        Ok(())
    }
}
