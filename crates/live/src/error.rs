//! Why a study cannot be watched.

use std::path::PathBuf;

use durable::FileError;
use thiserror::Error;

/// Why a study cannot be watched, or something of it not read.
#[derive(Debug, Error)]
pub enum LiveError {
    /// A file or folder cannot be read.
    #[error(transparent)]
    File(#[from] FileError),
    /// A file is too large, or no regular one.
    #[error("cannot read {}: {source}", path.display())]
    Outside {
        /// Which.
        path: PathBuf,
        /// Why.
        source: outside::ReadError,
    },
    /// What a file holds is not what it should.
    #[error("{}: {reason}", path.display())]
    Content {
        /// Which.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// A plan of another format.
    #[error("{} has study format {found}, this program reads format {known}; look at it with the transfusion that wrote it", path.display())]
    Format {
        /// The plan.
        path: PathBuf,
        /// Its format.
        found: u32,
        /// What this program reads.
        known: u32,
    },
    /// A thread cannot be started.
    #[error("cannot start a thread that watches: {0}")]
    Thread(std::io::Error),
}
