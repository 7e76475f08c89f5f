//! `predictions.csv`, read back and held against what it has to hold.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use csv::StringRecord;
use durable::{FileError, Manifest};
use images::{Label, Task};
use study::Split;

use crate::predictions::Predictions;

/// Columns before the labels: partition, image, patient.
const BEFORE_LABELS: usize = 3;
/// How far the probabilities of classes that exclude each other may sum up beside 1: rounding.
const ROUNDING: f64 = 1e-9;

/// The rows of a table of predictions, in its order.
#[derive(Clone, Debug)]
pub struct PredictionTable {
    path: PathBuf,
    task: Task,
    classes: usize,
    rows: Vec<StringRecord>,
}

impl PredictionTable {
    /// The table `name` in `folder`, if its bytes are those that were written.
    pub fn read(
        files: &Manifest,
        folder: &Path,
        name: &str,
        task: Task,
        classes: usize,
    ) -> Result<Self, FileError> {
        Self::parse(
            &files.read(folder, name)?,
            &folder.join(name),
            task,
            classes,
        )
    }

    /// The table of these bytes; `path` is where they are from.
    fn parse(bytes: &[u8], path: &Path, task: Task, classes: usize) -> Result<Self, FileError> {
        let damaged = |reason: String| FileError::Damaged {
            path: path.into(),
            reason,
        };
        let labels = if task == Task::Multilabel { classes } else { 1 };
        let mut table = csv::Reader::from_reader(bytes);
        let mut rows = Vec::new();
        for (number, row) in table.records().enumerate() {
            let row = row.map_err(|e| damaged(e.to_string()))?;
            if row.len() < BEFORE_LABELS + labels + classes {
                return Err(damaged(format!(
                    "line {}: expected at least {} columns, found {}",
                    number + 2,
                    BEFORE_LABELS + labels + classes,
                    row.len()
                )));
            }
            rows.push(row);
        }
        Ok(Self {
            path: path.into(),
            task,
            classes,
            rows,
        })
    }

    /// One part, by name: every picture once, and rows that are probabilities.
    pub fn part(&self, name: &str) -> Result<Predictions, FileError> {
        let mut part = Predictions {
            images: vec![],
            patients: vec![],
            labels: vec![],
            probabilities: vec![],
            attributes: vec![],
        };
        let mut seen = BTreeSet::new();
        for (number, row) in self.rows.iter().enumerate() {
            if &row[0] != name {
                continue;
            }
            let bad = |what: &str| self.damaged(format!("line {}: {what}", number + 2));
            if !seen.insert(&row[1]) {
                return Err(bad("expected every picture of a part once, found it again"));
            }
            part.images.push(row[1].to_string());
            part.patients
                .push(Some(row[2].to_string()).filter(|p| !p.is_empty()));
            part.labels.push(self.label(row).map_err(bad)?);
            part.probabilities
                .extend(self.probabilities(row).map_err(bad)?);
        }
        Ok(part)
    }

    /// Whether it has as many rows of every part as the split has pictures.
    pub fn check(&self, split: &Split) -> Result<(), FileError> {
        let named = split.test_sets.iter();
        let named = named.map(|set| (set.name.as_str(), set.examples.len()));
        let parts = [
            (images::Partition::Validation.name(), split.validation.len()),
            (images::Partition::Test.name(), split.test.len()),
        ];
        let mut all = 0;
        for (name, expected) in parts.into_iter().chain(named) {
            let found = self.part(name)?.images.len();
            all += found;
            if found != expected {
                return Err(self.damaged(format!(
                    "expected {expected} pictures of `{name}`, found {found}"
                )));
            }
        }
        match self.rows.len() == all {
            true => Ok(()),
            false => Err(self.damaged("some rows belong to no part of the study".into())),
        }
    }

    fn label(&self, row: &StringRecord) -> Result<Label, &'static str> {
        let finding = |cell: &str| match cell {
            "1" => Ok(Some(true)),
            "0" => Ok(Some(false)),
            "" => Ok(None),
            _ => Err("a finding is neither 1, 0 nor empty"),
        };
        if self.task == Task::Multilabel {
            let cells = row.iter().skip(BEFORE_LABELS).take(self.classes);
            return Ok(Label::Findings(
                cells.map(finding).collect::<Result<_, _>>()?,
            ));
        }
        let class: usize = row[BEFORE_LABELS]
            .parse()
            .map_err(|_| "the label is no class index")?;
        match class < self.classes {
            true => Ok(Label::Class(class)),
            false => Err("the label is no class of the study"),
        }
    }

    fn probabilities(&self, row: &StringRecord) -> Result<Vec<f64>, &'static str> {
        let labels = if self.task == Task::Multilabel {
            self.classes
        } else {
            1
        };
        let cells = row.iter().skip(BEFORE_LABELS + labels).take(self.classes);
        let found: Vec<f64> = cells
            .map(|cell| cell.parse().map_err(|_| "a probability is no number"))
            .collect::<Result<_, _>>()?;
        if !found.iter().all(|p| (0.0..=1.0).contains(p)) {
            return Err("a probability is outside 0 to 1");
        }
        let excludes = self.task != Task::Multilabel;
        if excludes && (found.iter().sum::<f64>() - 1.0).abs() > ROUNDING {
            return Err("the probabilities do not sum to 1");
        }
        Ok(found)
    }

    fn damaged(&self, reason: String) -> FileError {
        FileError::Damaged {
            path: self.path.clone(),
            reason,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &str = "partition,image,patient,label,probability:a,probability:b\n\
                         validation,1,x,0,0.75,0.25\n\
                         test,2,,1,0.5,0.5\n\
                         test,3,y,1,0,1\n";

    fn read(text: &str) -> Result<Predictions, String> {
        let table = PredictionTable::parse(
            text.as_bytes(),
            Path::new("predictions.csv"),
            Task::Multiclass,
            2,
        );
        let part = table.and_then(|table| table.part("test"));
        part.map_err(|e| e.to_string())
    }

    #[test]
    fn rows_are_probabilities_of_pictures_that_come_once() {
        let whole = read(WHOLE).unwrap();
        assert_eq!(whole.images, ["2", "3"]);
        assert_eq!(whole.patients, [None, Some("y".to_string())]);
        assert_eq!(whole.probabilities, [0.5, 0.5, 0.0, 1.0]);
        for (from, to, why) in [
            (
                "0.5,0.5",
                "0.5,0.4",
                "line 3: the probabilities do not sum to 1",
            ),
            (
                "0.5,0.5",
                "1.5,-0.5",
                "line 3: a probability is outside 0 to 1",
            ),
            ("0.5,0.5", "NaN,0.5", "outside 0 to 1"),
            ("0.5,0.5", "x,0.5", "no number"),
            (
                "test,3",
                "test,2",
                "line 4: expected every picture of a part once",
            ),
            ("y,1", "y,2", "no class of the study"),
            ("y,1", "y,-1", "no class index"),
        ] {
            let error = read(&WHOLE.replace(from, to)).unwrap_err();
            assert!(error.contains(why), "{error}");
        }
        let error = read("partition,image,patient,label,p\ntest,1,x,0,1\n").unwrap_err();
        assert!(
            error.contains("expected at least 6 columns, found 5"),
            "{error}"
        );
    }
}
