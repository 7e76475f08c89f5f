//! `predictions.csv`: what is needed to recompute every number with another program.
//!
//! One row a picture of the validation and test partitions and of every named test set:
//! `partition`, `image`, `patient`, then `label` (index of the class) or one `label:<finding>`
//! column each (1, 0, empty if unknown), then one `probability:<class>` column each, printed so that
//! reading gives the same f64, then one `attribute:<name>` column each, as the data write it.

use std::io;
use std::path::Path;

use durable::{FileError, write};
use images::{Dataset, Label, Task};
use stats::Clusters;

/// Probabilities and labels of some pictures.
#[derive(Clone, Debug, PartialEq)]
pub struct Predictions {
    /// Ids of the pictures.
    pub images: Vec<String>,
    /// Patients, where known.
    pub patients: Vec<Option<String>>,
    /// What is known about each picture.
    pub labels: Vec<Label>,
    /// `[images, classes]`, in [0, 1]; rows sum to 1 unless findings are predicted.
    pub probabilities: Vec<f64>,
    /// What else the data say of each picture, in the order of their attributes; not read back.
    pub attributes: Vec<Vec<String>>,
}

impl Predictions {
    /// Pairs probabilities with the examples they belong to.
    pub fn new(dataset: &Dataset, examples: &[usize], probabilities: Vec<f64>) -> Self {
        let of = |index: &usize| &dataset.examples[*index];
        Self {
            images: examples.iter().map(|i| of(i).id.clone()).collect(),
            patients: examples.iter().map(|i| of(i).patient.clone()).collect(),
            labels: examples.iter().map(|i| of(i).label.clone()).collect(),
            attributes: examples.iter().map(|i| of(i).attributes.clone()).collect(),
            probabilities,
        }
    }

    /// Those of the pictures at `places`, of `classes` probabilities each; places beyond the last are
    /// left out.
    pub fn of(&self, places: &[usize], classes: usize) -> Self {
        let known = places
            .iter()
            .copied()
            .filter(|place| *place < self.images.len());
        let rows = known
            .clone()
            .map(|place| place * classes..(place + 1) * classes);
        let probabilities = rows.filter_map(|row| self.probabilities.get(row));
        Self {
            images: known.clone().map(|i| self.images[i].clone()).collect(),
            patients: known.clone().map(|i| self.patients[i].clone()).collect(),
            labels: known.clone().map(|i| self.labels[i].clone()).collect(),
            attributes: known
                .filter_map(|i| self.attributes.get(i).cloned())
                .collect(),
            probabilities: probabilities.flatten().copied().collect(),
        }
    }

    /// Appends other pictures.
    pub fn extend(&mut self, others: &Self) {
        self.images.extend_from_slice(&others.images);
        self.patients.extend_from_slice(&others.patients);
        self.labels.extend_from_slice(&others.labels);
        self.probabilities.extend_from_slice(&others.probabilities);
        self.attributes.extend_from_slice(&others.attributes);
    }

    /// The patient of every picture; one of an unknown patient stands for itself. None without
    /// pictures.
    pub fn clusters(&self) -> Option<Clusters> {
        Clusters::new(self.patients.iter().map(Option::as_deref)).ok()
    }

    /// Writes several parts, by name, into one table; `attributes` are the names of what the data
    /// say of each picture.
    pub fn write(
        path: &Path,
        task: Task,
        classes: &[String],
        attributes: &[String],
        parts: &[(&str, &Predictions)],
    ) -> Result<(), FileError> {
        let bytes = Self::table(task, classes, attributes, parts);
        write(path, &bytes.map_err(FileError::io("write", path))?)
    }

    /// The bytes of that table.
    pub fn table(
        task: Task,
        classes: &[String],
        attributes: &[String],
        parts: &[(&str, &Predictions)],
    ) -> io::Result<Vec<u8>> {
        let mut table = csv::Writer::from_writer(Vec::new());
        let mut header = vec!["partition".to_string(), "image".into(), "patient".into()];
        match task {
            Task::Multilabel => header.extend(classes.iter().map(|c| format!("label:{c}"))),
            _ => header.push("label".into()),
        }
        header.extend(classes.iter().map(|c| format!("probability:{c}")));
        header.extend(attributes.iter().map(|name| format!("attribute:{name}")));
        table.write_record(&header)?;
        for (part, predictions) in parts {
            let rows = predictions.probabilities.chunks_exact(classes.len());
            for (i, row) in rows.enumerate() {
                let patient = predictions.patients[i].clone().unwrap_or_default();
                let mut record = vec![(*part).to_string(), predictions.images[i].clone(), patient];
                match &predictions.labels[i] {
                    Label::Class(class) => record.push(class.to_string()),
                    Label::Findings(findings) => record.extend(findings.iter().map(|f| match f {
                        Some(true) => "1".to_string(),
                        Some(false) => "0".to_string(),
                        None => String::new(),
                    })),
                }
                record.extend(row.iter().map(|p| format!("{p:?}")));
                let values = predictions.attributes.get(i).map_or(&[][..], Vec::as_slice);
                record.extend(
                    (0..attributes.len())
                        .map(|place| values.get(place).cloned().unwrap_or_default()),
                );
                table.write_record(&record)?;
            }
        }
        table
            .into_inner()
            .map_err(|e| io::Error::other(e.to_string()))
    }
}
