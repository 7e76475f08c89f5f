//! What is checked.

use std::path::PathBuf;

use thiserror::Error;

/// What is checked.
#[derive(Clone, Debug)]
pub struct Subject {
    /// The program itself, which is started again for the study and the disk.
    pub program: PathBuf,
    /// Where studies are to be: two folders are made in it, and removed.
    pub directory: PathBuf,
}

/// Somebody asked for an end before all was checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("interrupted; the directory is as it was")]
pub struct Interrupted;
