//! JSON files: equal values give equal bytes.

use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::FileError;
use crate::file::write;

/// Largest JSON file that is read, in bytes.
const LIMIT: u64 = 1 << 30;

/// The bytes that stand for a value in files and in hashes: indented JSON and a line feed.
///
/// # Panics
/// Where the value is no plain data, as a map whose keys are no text.
pub fn canonical_json<T: Serialize>(value: &T) -> Vec<u8> {
    let mut bytes = serde_json::to_vec_pretty(value).expect("what is recorded is plain data");
    bytes.push(b'\n');
    bytes
}

/// Writes a value as JSON, whole or not at all; equal values give equal bytes.
///
/// # Panics
/// As [`canonical_json`].
pub fn write_json<T: Serialize>(path: &Path, value: &T) -> Result<(), FileError> {
    write(path, &canonical_json(value))
}

/// The bytes of a regular file of at most 1 GiB; none if it does not exist.
pub(crate) fn read_bounded(path: &Path) -> Result<Option<Vec<u8>>, FileError> {
    let io = FileError::io("read", path);
    let found = match std::fs::metadata(path) {
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(None),
        found => found.map_err(&io)?,
    };
    if !found.is_file() {
        return Err(FileError::Damaged {
            path: path.into(),
            reason: "expected a regular file".into(),
        });
    }
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(&io)?;
    file.take(LIMIT + 1).read_to_end(&mut bytes).map_err(&io)?;
    if bytes.len() as u64 > LIMIT {
        return Err(FileError::TooLarge {
            path: path.into(),
            bytes: found.len(),
            limit: LIMIT,
        });
    }
    Ok(Some(bytes))
}

/// Reads a JSON file of at most 1 GiB; none if it does not exist.
pub fn read_json<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, FileError> {
    let Some(bytes) = read_bounded(path)? else {
        return Ok(None);
    };
    serde_json::from_slice(&bytes)
        .map(Some)
        .map_err(|e| FileError::Damaged {
            path: path.into(),
            reason: e.to_string(),
        })
}
