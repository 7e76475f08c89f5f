//! What can be wrong with the directory of a study.

use std::path::PathBuf;

use durable::FileError;
use durable::claims::Lost;
use thiserror::Error;

/// Why a record cannot be opened, read or written.
#[derive(Debug, Error)]
pub enum RecordError {
    /// The directory belongs to a study of other data.
    #[error("{} already holds the study \"{found}\", which differs in {difference}; arms of the one cannot be compared with arms of the other, and nothing was changed: choose another directory with --out, or remove this one", path.display())]
    OtherData {
        /// The directory.
        path: PathBuf,
        /// Title of the study it holds.
        found: String,
        /// The keys in which the two differ.
        difference: String,
    },
    /// The directory holds something that is no study.
    #[error("{} is not empty and holds no study; nothing was changed: choose another directory with --out", path.display())]
    NotAStudy {
        /// The directory.
        path: PathBuf,
    },
    /// The directory holds no study that could be opened.
    #[error("{} holds no study (no plan.json); start one with `transfusion run`", path.display())]
    NoStudy {
        /// The directory.
        path: PathBuf,
    },
    /// The directory was written by another version of the program.
    #[error("{} has study format {found}, this program reads format {known}; use the transfusion that wrote it, or run its study.toml into a new directory", path.display())]
    Format {
        /// The directory.
        path: PathBuf,
        /// Its format.
        found: u32,
        /// What this program reads.
        known: u32,
    },
    /// Another process changes what the study asks.
    #[error("{} is being changed by {by}; wait for it, then run this again", path.display())]
    Busy {
        /// The directory.
        path: PathBuf,
        /// Who does.
        by: String,
    },
    /// A file of the study is damaged, or the file system refused.
    #[error("{source}{advice}", source = .0, advice = advice(.0))]
    File(#[from] FileError),
    /// Another process has taken over what this one worked on.
    #[error(transparent)]
    Lost(#[from] Lost),
}

impl RecordError {
    /// Whether it may pass, so that the same would succeed later.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::File(error) => error.is_passing(),
            Self::Busy { .. } => true,
            Self::OtherData { .. }
            | Self::NotAStudy { .. }
            | Self::NoStudy { .. }
            | Self::Format { .. }
            | Self::Lost(_) => false,
        }
    }
}

/// What to do about a file of a study.
fn advice(error: &FileError) -> &'static str {
    match error {
        FileError::Damaged { .. } => {
            "; `transfusion verify` on the study's directory lists all that is damaged, `transfusion repair` makes it again"
        }
        FileError::Io { .. } | FileError::TooLarge { .. } => "",
    }
}
