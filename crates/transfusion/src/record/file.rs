//! Files that are whole or absent, with the errors of a study.

use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::study::StudyError;

pub(super) use durable::TEMPORARY;

/// As [`durable::write`].
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), StudyError> {
    Ok(durable::write(path, bytes)?)
}

/// As [`durable::remove_temporaries`].
pub fn remove_temporaries(folder: &Path) -> Result<(), StudyError> {
    Ok(durable::remove_temporaries(folder)?)
}

/// As [`durable::write_json`].
pub fn write_json<T: Serialize>(path: &Path, value: &T) -> Result<(), StudyError> {
    Ok(durable::write_json(path, value)?)
}

/// As [`durable::read_json`].
pub fn read_json<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, StudyError> {
    Ok(durable::read_json(path)?)
}
