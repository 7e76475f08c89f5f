//! JSON that carries the digest of its own bytes, and of the files that belong to it.
//!
//! A sealed file is a JSON object whose last key is `seal`: the SHA-256 of the file's bytes with 64
//! zeros in its place. Whoever has the bytes can check them without knowing what they mean.

use std::ops::Deref;
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::digest::sha256_hex;
use crate::error::FileError;
use crate::file::write;
use crate::json::{canonical_json, read_bounded};
use crate::manifest::Manifest;

/// Hexadecimal digits of a seal.
const DIGITS: usize = 64;
/// What follows the digits at the end of a file.
const AFTER: &[u8] = b"\"\n}\n";
/// What precedes them.
const BEFORE: &[u8] = b"\"seal\": \"";
/// Keys that are the seal's and not the value's.
const FILES: &str = "files";
const SEAL: &str = "seal";

/// A value whose bytes were found to be those that were written.
#[derive(Clone, Debug, PartialEq)]
pub struct Sealed<T> {
    /// What the file holds.
    pub value: T,
    /// The files that belong to it.
    pub files: Manifest,
}

impl<T> Deref for Sealed<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

#[derive(Serialize)]
struct Written<'a, T> {
    #[serde(flatten)]
    value: &'a T,
    #[serde(skip_serializing_if = "Manifest::is_empty")]
    files: &'a Manifest,
    seal: String,
}

/// The bytes that stand for `value` and its files: indented JSON, sealed. Equal values give equal
/// bytes.
///
/// # Panics
/// Where the value is no plain data with names, as a list.
pub fn sealed_json<T: Serialize>(value: &T, files: &Manifest) -> Vec<u8> {
    let mut bytes = canonical_json(&Written {
        value,
        files,
        seal: "0".repeat(DIGITS),
    });
    let seal = sha256_hex(&bytes);
    let at = bytes.len() - AFTER.len() - DIGITS;
    bytes[at..at + DIGITS].copy_from_slice(seal.as_bytes());
    bytes
}

/// Writes a value with the digests of its files, whole or not at all.
///
/// # Panics
/// As [`sealed_json`].
pub fn write_sealed<T: Serialize>(
    path: &Path,
    value: &T,
    files: &Manifest,
) -> Result<(), FileError> {
    write(path, &sealed_json(value, files))
}

/// Reads a sealed file of at most 1 GiB; none if it does not exist. Other bytes than were written
/// are an error.
pub fn read_sealed<T: DeserializeOwned>(path: &Path) -> Result<Option<Sealed<T>>, FileError> {
    let Some(bytes) = read_bounded(path)? else {
        return Ok(None);
    };
    let damaged = |reason: String| FileError::Damaged {
        path: path.into(),
        reason,
    };
    check_seal(&bytes).map_err(damaged)?;
    let of_json = |e: serde_json::Error| damaged(e.to_string());
    let mut value: Value = serde_json::from_slice(&bytes).map_err(of_json)?;
    let mut files = Manifest::default();
    if let Value::Object(keys) = &mut value {
        keys.remove(SEAL);
        if let Some(found) = keys.remove(FILES) {
            files = serde_json::from_value(found).map_err(of_json)?;
        }
    }
    let value = serde_json::from_value(value).map_err(of_json)?;
    Ok(Some(Sealed { value, files }))
}

/// Whether the bytes are those that were sealed; why not otherwise.
fn check_seal(bytes: &[u8]) -> Result<(), String> {
    let none = || "it does not end with its `seal`".to_string();
    let text = bytes.strip_suffix(AFTER).ok_or_else(none)?;
    let at = text.len().checked_sub(DIGITS).ok_or_else(none)?;
    if !text[..at].ends_with(BEFORE) {
        return Err(none());
    }
    let mut blank = bytes.to_vec();
    blank[at..at + DIGITS].fill(b'0');
    let found = sha256_hex(&blank);
    match found.as_bytes() == &text[at..] {
        true => Ok(()),
        false => Err(format!(
            "its bytes have SHA-256 {found}, its `seal` says {}",
            String::from_utf8_lossy(&text[at..])
        )),
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Record {
        auc: f64,
        rate: f32,
        label: Result<f64, String>,
    }

    fn record() -> Record {
        Record {
            auc: 0.1 + 0.2,
            rate: 1e-4,
            label: Err("none".into()),
        }
    }

    #[test]
    fn every_changed_byte_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("result.json");
        std::fs::write(folder.path().join("table.csv"), "a,b\n").unwrap();
        let files = Manifest::of(folder.path(), &["result.json"]).unwrap();
        write_sealed(&path, &record(), &files).unwrap();
        let back = read_sealed::<Record>(&path).unwrap().unwrap();
        assert_eq!((&back.value, &back.files), (&record(), &files));
        let bytes = std::fs::read(&path).unwrap();
        for at in 0..bytes.len() {
            for change in [1, 0x20] {
                let mut other = bytes.clone();
                other[at] ^= change;
                std::fs::write(&path, &other).unwrap();
                assert!(read_sealed::<Record>(&path).is_err(), "byte {at}");
            }
            std::fs::write(&path, &bytes[..at]).unwrap();
            assert!(read_sealed::<Record>(&path).is_err(), "cut at {at}");
        }
        std::fs::remove_file(&path).unwrap();
        assert!(read_sealed::<Record>(&path).unwrap().is_none());
    }
}
