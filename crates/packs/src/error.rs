//! Why a pack is not written or read.

use std::io;
use std::path::{Path, PathBuf};

use durable::FileError;

/// Why a pack is not written or read.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    /// The system refused.
    #[error("cannot {action} {}: {source}", path.display())]
    Io {
        /// What was tried, as a verb.
        action: &'static str,
        /// On which file or folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file of the pack does not hold what was packed.
    #[error("the pack is damaged: {}: {reason}; copy it again, or pack the study anew", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What was expected and found.
        reason: String,
    },
    /// A pack that this program does not read.
    #[error("{}: expected {expected}, found {found}; pack the study anew", path.display())]
    Foreign {
        /// Its header.
        path: PathBuf,
        /// What this program reads.
        expected: String,
        /// What is there.
        found: String,
    },
    /// Something lies where the pack is to be.
    #[error("{} is there already; name a folder that is not", path.display())]
    Occupied {
        /// Where the pack was to be.
        path: PathBuf,
    },
    /// A picture that cannot be packed in this way.
    #[error("picture {id} cannot be packed: {reason}")]
    Picture {
        /// Its id.
        id: String,
        /// Why.
        reason: String,
    },
    /// The file system refused, or the header is damaged.
    #[error(transparent)]
    File(#[from] FileError),
}

impl PackError {
    /// For `map_err`: what was tried on `path` when the system refused.
    pub(crate) fn io(action: &'static str, path: &Path) -> impl Fn(io::Error) -> Self {
        move |source| Self::Io {
            action,
            path: path.into(),
            source,
        }
    }

    /// What was found of a file that is not as it was packed.
    pub(crate) fn damaged(path: &Path, reason: impl Into<String>) -> Self {
        Self::Damaged {
            path: path.into(),
            reason: reason.into(),
        }
    }
}
