//! How to read a table.

use std::collections::BTreeMap;
use std::path::PathBuf;

use formats::Reading;
use images::Task;

use super::image_name::ImageName;
use super::join::Join;
use super::sheet::Dialect;
use crate::origin::Origin;
use crate::policy::{MissingFiles, Policy, Rows};
use crate::split_by::SplitBy;

/// How to read a table.
#[derive(Clone, Debug)]
pub struct TableOptions {
    /// Folder below which the pictures lie.
    pub root: PathBuf,
    /// The kind of question.
    pub task: Task,
    /// How a row names its picture.
    pub image: ImageName,
    /// One column of classes or of lists of findings; or one column a finding, or a class
    /// (one-hot).
    pub labels: Vec<String>,
    /// Between the findings of a list, such as `|`.
    pub separator: Option<String>,
    /// The word of a list that names no finding, such as `No Finding`.
    pub nothing: Option<String>,
    /// Names of the classes in order, or of the findings.
    pub classes: Option<Vec<String>>,
    /// What the first class is numbered where cells hold numbers and `classes` names: 0 or 1.
    pub labels_from: Option<usize>,
    /// Cells of labels that stand for others.
    pub values: BTreeMap<String, String>,
    /// What −1 becomes.
    pub uncertain: Option<Policy>,
    /// What blank cells become.
    pub blank: Option<Policy>,
    /// What several rows of a picture become.
    pub rows: Rows,
    /// Whose picture it is.
    pub patient: Option<Origin>,
    /// The part of the split.
    pub split: Option<SplitBy>,
    /// Further attributes by name.
    pub attributes: Vec<(String, Origin)>,
    /// Tables joined to it.
    pub joins: Vec<Join>,
    /// What becomes of rows whose picture is not there.
    pub missing_files: MissingFiles,
    /// Which frame and which window of a file is the picture.
    pub reading: Reading,
    /// How it is written.
    pub dialect: Dialect,
    /// Whether a patient may be in two parts of the table's own split.
    pub shares_patients: bool,
    /// Rows that count: column ─▶ cells of which it holds one.
    pub only: BTreeMap<String, Vec<String>>,
}

impl TableOptions {
    /// Columns `image` and `label`, nothing else.
    pub fn new(root: PathBuf, task: Task) -> Self {
        Self {
            root,
            task,
            image: ImageName::new("image"),
            labels: vec!["label".into()],
            separator: None,
            nothing: None,
            classes: None,
            labels_from: None,
            values: BTreeMap::new(),
            uncertain: None,
            blank: None,
            rows: Rows::default(),
            patient: None,
            split: None,
            attributes: Vec::new(),
            joins: Vec::new(),
            missing_files: MissingFiles::default(),
            reading: Reading::default(),
            dialect: Dialect::default(),
            shares_patients: false,
            only: BTreeMap::new(),
        }
    }

    /// Columns that the main table is likely to have.
    pub(crate) fn sought(&self) -> Vec<&str> {
        let mut sought = self.image.columns();
        sought.extend(self.labels.iter().map(String::as_str));
        if let Some(Origin::Column(column)) = &self.patient {
            sought.push(column);
        }
        sought
    }
}
