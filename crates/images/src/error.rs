//! What can be wrong with data from outside.

use std::path::PathBuf;

use formats::ImageError;

/// One picture that could not be used, and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("picture {path} cannot be used: {reason}; repair the file or remove it from the dataset")]
pub struct UnreadableImage {
    /// Position in `Dataset::examples`.
    pub index: usize,
    /// The example's id: file name relative to the root, or array and row.
    pub path: String,
    /// What is wrong with it.
    pub reason: ImageError,
}

/// Why a dataset cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DataError {
    /// A file or folder could not be read.
    #[error("cannot read {path}: {source}")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file exceeds the size bound.
    #[error("{path} has {found} bytes, at most {limit} are read")]
    FileTooLarge {
        /// The file.
        path: PathBuf,
        /// Bytes found.
        found: u64,
        /// Bytes allowed.
        limit: u64,
    },
    /// An `.npz` archive is damaged.
    #[error("{file} is not a readable .npz archive: {reason}")]
    Archive {
        /// The archive.
        file: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A member of an `.npz` archive is not what the layout asks for.
    #[error("{file}, member {member}: expected {expected}, found {found}")]
    Member {
        /// The archive.
        file: String,
        /// The member, for example `train_images.npy`.
        member: String,
        /// What the MedMNIST layout asks for.
        expected: String,
        /// What is there.
        found: String,
    },
    /// No pictures were found.
    #[error("{place}: expected {expected}, found no pictures")]
    NoPictures {
        /// Folder, table or archive.
        place: String,
        /// The layout looked for.
        expected: &'static str,
    },
    /// A label does not fit the task.
    #[error("{place}: label {found} is outside the task, expected {expected}")]
    LabelOutsideTask {
        /// File and line or row.
        place: String,
        /// The label as written.
        found: String,
        /// The labels that the task allows.
        expected: String,
    },
    /// The task and the labels' layout contradict each other.
    #[error("{place}: {reason}")]
    TaskMismatch {
        /// File.
        place: String,
        /// What contradicts what, and what to do.
        reason: String,
    },
    /// The given class names do not fit the classes found.
    #[error("{place}: expected class names for {expected}, found {found}")]
    ClassNames {
        /// File or folder.
        place: String,
        /// The classes in the data.
        expected: String,
        /// The names given.
        found: String,
    },
    /// A table names no such column.
    #[error("{file} has no column `{column}`{}; its columns are {columns}", suggestion(.nearest))]
    UnknownColumn {
        /// The table.
        file: String,
        /// The column asked for.
        column: String,
        /// The most similar column.
        nearest: Option<String>,
        /// All columns, comma-separated.
        columns: String,
    },
    /// A row of a table is malformed.
    #[error("{file}, line {line}: {reason}")]
    Row {
        /// The table.
        file: String,
        /// Line, from 1; the header is line 1.
        line: u64,
        /// What was expected and what was found.
        reason: String,
    },
    /// Two rows of a table name the same picture.
    #[error("{file}: picture {image} is on line {first} and again on line {second}; keep one")]
    DuplicateImage {
        /// The table.
        file: String,
        /// The picture.
        image: String,
        /// Line, from 1.
        first: u64,
        /// Line, from 1.
        second: u64,
    },
    /// A patient is in two parts of the table's own split.
    #[error(
        "{file}: patient {patient} is in {first_split} (line {first_line}) and in {second_split} \
         (line {second_line}); drop the split column to split by patient, or correct the table"
    )]
    PatientStraddles {
        /// The table.
        file: String,
        /// The patient.
        patient: String,
        /// Part of the first row.
        first_split: String,
        /// Line, from 1.
        first_line: u64,
        /// Part of the second row.
        second_split: String,
        /// Line, from 1.
        second_line: u64,
    },
    /// Pictures named by a table do not exist.
    #[error(
        "{file}, line {line}: no picture {image}{}; correct the table, or the folder that its \
         names are relative to",
        further(.more)
    )]
    MissingImages {
        /// The table.
        file: String,
        /// Line of the first one, from 1.
        line: u64,
        /// The first one, as looked for.
        image: PathBuf,
        /// How many further ones are missing.
        more: usize,
    },
}

fn suggestion(name: &Option<String>) -> String {
    name.as_ref()
        .map(|name| format!(", did you mean `{name}`?"))
        .unwrap_or_default()
}

fn further(count: &usize) -> String {
    if *count == 0 {
        String::new()
    } else {
        format!(" (and {count} more are missing)")
    }
}
