//! The source of the pictures as written: its text, and the keys that only some sources read.

use std::fmt;
use std::path::PathBuf;

use images::table::Uncertain;
use serde::Deserialize;

use super::error::StudyError;

/// What reads class names.
const FILES: &str = "a .npz file, a folder of class folders or a .csv table";
/// What reads names of columns.
const TABLE: &str = "a .csv table";
/// What reads how much is drawn.
const DRAWN: &str = "drawn pictures, phantom-fundus or phantom-objects";

/// `source` and what belongs to it; which kind it is, only the file tells.
#[derive(Clone, Debug)]
pub struct WrittenSource {
    /// A path, relative to the configuration, or a name.
    pub text: String,
    /// Keys that only some sources read.
    pub keys: SourceKeys,
}

impl fmt::Display for WrittenSource {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Keys of `[data]` that only some sources read, where they are written.
#[derive(Clone, Debug, Default)]
pub struct SourceKeys {
    /// Files: names of the classes, in order.
    pub classes: Option<Vec<String>>,
    /// Table: folder that picture names are relative to; by default the table's.
    pub image_root: Option<PathBuf>,
    /// Table: column of the picture's file; by default `image`.
    pub image: Option<String>,
    /// Table: column of the class, or the columns of the findings; by default `label`.
    pub label: Option<Columns>,
    /// Table: column that splits cluster by.
    pub patient: Option<String>,
    /// Table: column with `train`, `validation`, `test`.
    pub split: Option<String>,
    /// Table: what a label of -1 means; by default `missing`.
    pub uncertain: Option<Uncertain>,
    /// Drawn: patients (two pictures each) or pictures; by default 800.
    pub count: Option<usize>,
    /// Drawn: seed of the pictures; by default 0.
    pub seed: Option<u64>,
}

impl SourceKeys {
    /// Refuses what is left after the source took its own keys: it would have no effect. `text`
    /// and `kind` describe that source.
    pub(crate) fn refuse_rest(self, text: &str, kind: &str) -> Result<(), StudyError> {
        let Self {
            classes,
            image_root,
            image,
            label,
            patient,
            split,
            uncertain,
            count,
            seed,
        } = self;
        let readers = [
            ("data.classes", classes.is_some(), FILES),
            ("data.image_root", image_root.is_some(), TABLE),
            ("data.image", image.is_some(), TABLE),
            ("data.label", label.is_some(), TABLE),
            ("data.patient", patient.is_some(), TABLE),
            ("data.split", split.is_some(), TABLE),
            ("data.uncertain", uncertain.is_some(), TABLE),
            ("data.count", count.is_some(), DRAWN),
            ("data.seed", seed.is_some(), DRAWN),
        ];
        match readers.into_iter().find(|(_, is_left, _)| *is_left) {
            None => Ok(()),
            Some((field, _, readers)) => Err(StudyError::Value {
                field,
                expected: format!("this key only where `data.source` is {readers}"),
                found: format!("it with `{text}`, {kind}; remove the key"),
            }),
        }
    }
}

/// One column name or several.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Columns {
    /// One column that holds the class.
    One(String),
    /// One column a finding.
    Many(Vec<String>),
}

impl Columns {
    /// Their names, in order.
    pub fn names(self) -> Vec<String> {
        match self {
            Columns::One(column) => vec![column],
            Columns::Many(columns) => columns,
        }
    }
}
