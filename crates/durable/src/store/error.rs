//! Why checks end early.

use thiserror::Error;

use crate::error::FileError;

/// Why the checks did not come to their end.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The file system refused.
    #[error(transparent)]
    File(#[from] FileError),
    /// The second process cannot be started, or has gone.
    #[error("the second process: {0}")]
    Partner(std::io::Error),
    /// The second process was refused something by the file system.
    #[error("the second process: {0}")]
    Refused(String),
    /// The caller asked to stop.
    #[error("interrupted; the folder is as it was")]
    Interrupted,
}
