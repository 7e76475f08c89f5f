//! Small files of a study, read up to a limit.

use std::io::ErrorKind;
use std::path::Path;
use std::time::SystemTime;

use durable::FileError;
use serde::de::DeserializeOwned;

use crate::error::LiveError;

/// When a file was changed, how large it is, and which one it is: another of these, another content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stamp {
    pub(crate) modified: Option<SystemTime>,
    pub(crate) bytes: u64,
    pub(crate) inode: u64,
}

impl Stamp {
    /// That of a file or folder; none where there is none.
    pub(crate) fn of(path: &Path) -> Result<Option<Self>, LiveError> {
        match std::fs::metadata(path) {
            Ok(found) => Ok(Some(Self {
                modified: found.modified().ok(),
                bytes: found.len(),
                inode: inode(&found),
            })),
            Err(e) if matches!(e.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                Ok(None)
            }
            Err(e) => Err(FileError::io("look at", path)(e).into()),
        }
    }
}

#[cfg(unix)]
fn inode(found: &std::fs::Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(found)
}

/// Where files have no numbers, time and size alone tell them apart.
#[cfg(not(unix))]
fn inode(_found: &std::fs::Metadata) -> u64 {
    0
}

/// The bytes of a regular file of at most `limit` bytes.
pub(crate) fn read(path: &Path, limit: u64) -> Result<Vec<u8>, LiveError> {
    outside::read(path, limit).map_err(|source| LiveError::Outside {
        path: path.into(),
        source,
    })
}

/// The JSON value in a regular file of at most `limit` bytes.
pub(crate) fn read_json<T: DeserializeOwned>(path: &Path, limit: u64) -> Result<T, LiveError> {
    serde_json::from_slice(&read(path, limit)?).map_err(|e| LiveError::Content {
        path: path.into(),
        reason: e.to_string(),
    })
}

/// Whether a text of others is the name of a file, and leads nowhere else.
pub(crate) fn is_plain_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 255
        && !name.starts_with('.')
        && !name.contains(['/', '\\', '\0'])
}
