//! JSON files: equal values give equal bytes.

use std::io::ErrorKind;
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

/// Reads a JSON file of at most 1 GiB; none if it does not exist.
pub fn read_json<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, FileError> {
    let io = FileError::io("read", path);
    let bytes = match std::fs::metadata(path) {
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(None),
        found => found.map_err(&io)?.len(),
    };
    if bytes > LIMIT {
        return Err(FileError::TooLarge {
            path: path.into(),
            bytes,
            limit: LIMIT,
        });
    }
    let bytes = std::fs::read(path).map_err(&io)?;
    serde_json::from_slice(&bytes)
        .map(Some)
        .map_err(|e| FileError::Damaged {
            path: path.into(),
            reason: e.to_string(),
        })
}
