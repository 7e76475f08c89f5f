//! How to read a folder.

use formats::Reading;
use images::Task;

use super::layout::Layout;
use crate::origin::Origin;
use crate::policy::OtherFiles;
use crate::split_by::SplitBy;

/// How to read a folder.
#[derive(Clone, Debug)]
pub struct FolderOptions {
    /// The kind of question.
    pub task: Task,
    /// Names of the classes in order; by default those found, sorted.
    pub classes: Option<Vec<String>>,
    /// What the parts of paths mean; by default what is believed.
    pub layout: Option<Layout>,
    /// Folders that are left out, relative to the root.
    pub ignore: Vec<String>,
    /// Where the patient is written, if not in the layout.
    pub patient: Option<Origin>,
    /// Further attributes by name.
    pub attributes: Vec<(String, Origin)>,
    /// Lists of file names that say the part of the split; there are no columns.
    pub split: Option<SplitBy>,
    /// Which frame and which window of a file is the picture.
    pub reading: Reading,
    /// What becomes of files that look like pictures and are not read.
    pub other_files: OtherFiles,
}

impl FolderOptions {
    /// Everything as it is found.
    pub fn new(task: Task) -> Self {
        Self {
            task,
            classes: None,
            layout: None,
            ignore: Vec::new(),
            patient: None,
            attributes: Vec::new(),
            split: None,
            reading: Reading::default(),
            other_files: OtherFiles::default(),
        }
    }
}
