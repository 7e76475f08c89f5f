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
}
