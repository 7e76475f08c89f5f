//! Why a file was not downloaded.

use std::path::PathBuf;

use thiserror::Error;

use super::offline::OFFLINE;

/// Why a file was not downloaded.
#[derive(Debug, Error)]
pub enum DownloadError {
    /// The server was not reached, refused or fell silent.
    #[error(
        "cannot download {url}: {reason}; {arrived} bytes are here and the next try goes on after them, or put the file at {} by hand",
        path.display()
    )]
    Network {
        /// From where.
        url: String,
        /// To where.
        path: PathBuf,
        /// Why.
        reason: String,
        /// Bytes in `.part`.
        arrived: u64,
    },
    /// No connection is opened on this machine.
    #[error(
        "{} is missing, and {} is set: no connection is opened; bring it where there is one",
        path.display(),
        OFFLINE
    )]
    Offline {
        /// The missing file.
        path: PathBuf,
    },
    /// The bytes are not those that were published.
    #[error(
        "{url} has checksum {found}, expected {expected}; nothing was kept: the file was changed or cut off"
    )]
    Checksum {
        /// From where.
        url: String,
        /// Published.
        expected: &'static str,
        /// Received.
        found: String,
    },
    /// There is more of it than there can be.
    #[error("{url} has more than {limit} bytes; nothing was kept: it is not the published file")]
    TooLarge {
        /// From where.
        url: String,
        /// Most that is downloaded.
        limit: u64,
    },
    /// The file system refused.
    #[error("cannot write {}: {source}", path.display())]
    Io {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}
