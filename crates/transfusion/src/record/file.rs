//! Files that are whole or absent.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::study::{StudyError, canonical_json};

/// Largest JSON file of a study that is read, in bytes.
const JSON_LIMIT: u64 = 1 << 30;

/// Writes a file so that it is either whole or as before, also when the machine stops: sibling
/// temporary file, fsync, rename, fsync of the directory.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), StudyError> {
    let io = |source| StudyError::Io {
        action: "write",
        path: path.into(),
        source,
    };
    let parent = path
        .parent()
        .filter(|p| !p.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let mut file = temporary(parent).map_err(io)?;
    file.write_all(bytes).map_err(io)?;
    file.as_file().sync_all().map_err(io)?;
    file.persist(path).map_err(|e| io(e.error))?;
    sync_folder(parent).map_err(io)
}

/// Makes renames in `folder` survive a crash. Windows cannot sync a folder, and its renames are
/// journalled.
pub(crate) fn sync_folder(folder: &Path) -> std::io::Result<()> {
    if cfg!(windows) {
        return Ok(());
    }
    File::open(folder)?.sync_all()
}

/// How names of temporary files begin.
pub(super) const TEMPORARY: &str = ".part-";

/// A temporary file beside the one that it will become, as readable as the user's other files.
fn temporary(folder: &Path) -> std::io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(TEMPORARY);
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.tempfile_in(folder)
}

/// Removes temporary files that a killed process left in `folder`. Only for who holds the study.
pub fn remove_temporaries(folder: &Path) -> Result<(), StudyError> {
    let io = |source| StudyError::Io {
        action: "clear",
        path: folder.into(),
        source,
    };
    for entry in std::fs::read_dir(folder).map_err(io)? {
        let entry = entry.map_err(io)?;
        if entry.file_name().to_string_lossy().starts_with(TEMPORARY) {
            std::fs::remove_file(entry.path()).map_err(io)?;
        }
    }
    Ok(())
}

/// Writes a value as JSON; equal values give equal bytes.
pub fn write_json<T: Serialize>(path: &Path, value: &T) -> Result<(), StudyError> {
    write(path, &canonical_json(value))
}

/// Reads a JSON file; none if it does not exist.
pub fn read_json<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, StudyError> {
    let io = |source| StudyError::Io {
        action: "read",
        path: path.into(),
        source,
    };
    let bytes = match std::fs::metadata(path) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        found => found.map_err(io)?.len(),
    };
    if bytes > JSON_LIMIT {
        return Err(StudyError::TooLarge {
            path: path.into(),
            bytes,
            limit: JSON_LIMIT,
        });
    }
    let bytes = std::fs::read(path).map_err(io)?;
    serde_json::from_slice(&bytes)
        .map(Some)
        .map_err(|e| StudyError::Damaged {
            path: path.into(),
            reason: e.to_string(),
        })
}
