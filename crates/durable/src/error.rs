//! Why a file was not read or written.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use thiserror::Error;

/// Why a file was not read or written.
#[derive(Debug, Error)]
pub enum FileError {
    /// The file system refused.
    #[error("cannot {action} {}: {source}", path.display())]
    Io {
        /// What was tried, as a verb: "read", "write" …
        action: &'static str,
        /// On which file or folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file does not hold what its name promises.
    #[error("{}: {reason}; the file was changed, cut off or lost", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What the reader found.
        reason: String,
    },
    /// The file is far too large to be what its name promises.
    #[error("{} has {bytes} bytes; at most {limit} are read", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// Its size in bytes.
        bytes: u64,
        /// Most that is read, in bytes.
        limit: u64,
    },
}

impl FileError {
    /// Whether it may pass, so that the same would succeed later ([`is_passing`]).
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Io { source, .. } => is_passing(source),
            Self::Damaged { .. } | Self::TooLarge { .. } => false,
        }
    }

    /// For `map_err`: what was tried on `path` when the file system refused.
    pub fn io(action: &'static str, path: &Path) -> impl Fn(io::Error) -> Self {
        move |source| Self::Io {
            action,
            path: path.into(),
            source,
        }
    }
}

/// Numbers of errors that pass, since not all have a kind of their own, and none has where a library
/// wrapped it: EIO, EAGAIN, ENOMEM, ENFILE, EMFILE and ENOSPC; of file servers EDQUOT, ESTALE,
/// ESHUTDOWN (a client that Lustre has cut off), ETIMEDOUT, EHOSTDOWN, EHOSTUNREACH and EREMOTEIO.
#[cfg(target_os = "linux")]
const PASSING: [i32; 13] = [5, 11, 12, 23, 24, 28, 108, 110, 112, 113, 116, 121, 122];
#[cfg(all(unix, not(target_os = "linux")))]
const PASSING: [i32; 6] = [5, 11, 12, 23, 24, 28];
/// Too many open files, no memory, sharing and locks of others, a full disk, a network path or name that
/// is gone, a timeout, a fault of a device, no room for memory.
#[cfg(windows)]
const PASSING: [i32; 12] = [4, 8, 14, 32, 33, 39, 53, 64, 112, 121, 1117, 1455];
#[cfg(not(any(unix, windows)))]
const PASSING: [i32; 0] = [];

/// Whether an error is a shortage or a fault that may pass: no room, memory, descriptors or threads
/// left, a file system that does not answer, an interruption.
pub fn is_passing(error: &io::Error) -> bool {
    let has_passing_number = number(error).is_some_and(|n| PASSING.contains(&n));
    has_passing_number
        || matches!(
            error.kind(),
            ErrorKind::StorageFull
                | ErrorKind::QuotaExceeded
                | ErrorKind::OutOfMemory
                | ErrorKind::WouldBlock
                | ErrorKind::TimedOut
                | ErrorKind::Interrupted
                | ErrorKind::ResourceBusy
                | ErrorKind::StaleNetworkFileHandle
                | ErrorKind::HostUnreachable
                | ErrorKind::NetworkUnreachable
                | ErrorKind::NetworkDown
                | ErrorKind::ConnectionAborted
                | ErrorKind::ConnectionReset
                | ErrorKind::NotConnected
        )
}

/// The system's number of an error; from its words where a library wrapped it.
fn number(error: &io::Error) -> Option<i32> {
    error.raw_os_error().or_else(|| {
        let words = error.to_string();
        let (_, after) = words.rsplit_once("(os error ")?;
        after.split_once(')')?.0.parse().ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shortages_pass_and_what_is_not_there_does_not() {
        let raw = |number| is_passing(&io::Error::from_raw_os_error(number));
        // ENOSPC, EDQUOT, EIO, EMFILE, ENFILE, EAGAIN, ENOMEM, EINTR, ESTALE of Linux.
        #[cfg(target_os = "linux")]
        assert!([28, 122, 5, 24, 23, 11, 12, 4, 116].into_iter().all(raw));
        #[cfg(windows)]
        assert!([4, 8, 32, 112].into_iter().all(raw));
        // ENOENT, EACCES, EISDIR, EINVAL; on Windows no file, bad data, not ready, bad command.
        assert!(![2, 13, 21, 22].into_iter().any(raw));
        let wrapped = |number| {
            let error = io::Error::from_raw_os_error(number);
            is_passing(&io::Error::other(format!("{error} at path x")))
        };
        let passing = if cfg!(windows) { 112 } else { 24 };
        assert!(wrapped(passing) && !wrapped(2));
        // A stale handle, a full quota and a client that was cut off, whoever wrapped them.
        #[cfg(target_os = "linux")]
        assert!([116, 122, 108].into_iter().all(|n| wrapped(n) && raw(n)));
    }
}
