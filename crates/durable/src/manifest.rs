//! What files there were, each with its size and digest.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::digest::{BLOCK, sha256_hex};
use crate::error::FileError;
use crate::file_name::FileName;

/// One file as it was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileDigest {
    /// Its size.
    pub bytes: u64,
    /// SHA-256 of its bytes in hexadecimal.
    pub sha256: String,
}

/// Files of one folder by name, each with its size and digest.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Manifest(BTreeMap<String, FileDigest>);

impl Manifest {
    /// Every file in `folder`, as it is on the disk, but those named in `without`, folders, and names
    /// that begin with a full stop.
    pub fn of(folder: &Path, without: &[&str]) -> Result<Self, FileError> {
        let io = FileError::io("read", folder);
        let mut files = BTreeMap::new();
        for entry in std::fs::read_dir(folder).map_err(&io)? {
            let entry = entry.map_err(&io)?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let is_file = entry.file_type().map_err(&io)?.is_file();
            if is_file && !name.starts_with('.') && !without.contains(&name.as_str()) {
                files.insert(name, FileDigest::of(&entry.path())?);
            }
        }
        Ok(Self(files))
    }

    /// The files `names` in `folder` that are there.
    pub fn of_files(folder: &Path, names: &[FileName]) -> Result<Self, FileError> {
        let there = names.iter().filter(|name| name.exists(folder));
        let digests =
            there.map(|name| Ok((name.name().into(), FileDigest::of(&name.path(folder))?)));
        digests.collect::<Result<_, _>>().map(Self)
    }

    /// Whether it names no file.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Names and digests, sorted by name.
    pub fn files(&self) -> impl Iterator<Item = (&str, &FileDigest)> {
        self.0.iter().map(|(name, digest)| (name.as_str(), digest))
    }

    /// Whether a file of that name was there.
    pub fn has(&self, name: impl Into<FileName>) -> bool {
        self.has_name(name.into().name())
    }

    /// The same of a name that is no constant.
    pub fn has_name(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// The bytes of a file in `folder`, if they are those that were written.
    pub fn read(&self, folder: &Path, name: &str) -> Result<Vec<u8>, FileError> {
        let path = folder.join(name);
        let Some(digest) = self.0.get(name) else {
            return Err(FileError::Damaged {
                path,
                reason: "the record beside it names no such file".into(),
            });
        };
        let mut bytes = Vec::new();
        digest
            .open(&path)?
            .take(digest.bytes + 1)
            .read_to_end(&mut bytes)
            .map_err(FileError::io("read", &path))?;
        digest.check(&path, bytes.len() as u64, &sha256_hex(&bytes))?;
        Ok(bytes)
    }

    /// Holds one file in `folder` against what was written, in constant memory.
    pub fn check(&self, folder: &Path, name: &str) -> Result<(), FileError> {
        let Some(digest) = self.0.get(name) else {
            return Ok(());
        };
        let path = folder.join(name);
        digest.open(&path)?;
        let found = FileDigest::of(&path)?;
        digest.check(&path, found.bytes, &found.sha256)
    }
}

impl FileDigest {
    fn of(path: &Path) -> Result<Self, FileError> {
        let io = FileError::io("read", path);
        let mut file = File::open(path).map_err(&io)?;
        let (mut block, mut bytes, mut hash) = (vec![0; BLOCK], 0, Sha256::new());
        loop {
            match file.read(&mut block) {
                Ok(0) => break,
                Ok(count) => {
                    hash.update(&block[..count]);
                    bytes += count as u64;
                }
                Err(e) if e.kind() == ErrorKind::Interrupted => {}
                Err(e) => return Err(io(e)),
            }
        }
        Ok(Self {
            bytes,
            sha256: format!("{:x}", hash.finalize()),
        })
    }

    /// The file, if it has the size that was written.
    fn open(&self, path: &Path) -> Result<File, FileError> {
        let file = match File::open(path) {
            Err(e) if e.kind() == ErrorKind::NotFound => {
                return Err(FileError::Damaged {
                    path: path.into(),
                    reason: format!("expected {} bytes, found no file", self.bytes),
                });
            }
            opened => opened.map_err(FileError::io("read", path))?,
        };
        let found = file.metadata().map_err(FileError::io("read", path))?.len();
        match found == self.bytes {
            true => Ok(file),
            false => Err(FileError::Damaged {
                path: path.into(),
                reason: format!("expected {} bytes, found {found}", self.bytes),
            }),
        }
    }

    fn check(&self, path: &Path, bytes: u64, sha256: &str) -> Result<(), FileError> {
        match bytes == self.bytes && sha256 == self.sha256 {
            true => Ok(()),
            false => Err(FileError::Damaged {
                path: path.into(),
                reason: format!("expected SHA-256 {}, found {sha256}", self.sha256),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let place = |name: &str| folder.path().join(name);
        for (name, text) in [("a", "alpha"), ("b", ""), (".part-x", "half"), ("own", "1")] {
            std::fs::write(place(name), text).unwrap();
        }
        std::fs::create_dir(place("below")).unwrap();
        let manifest = Manifest::of(folder.path(), &["own"]).unwrap();
        assert_eq!(
            manifest.files().map(|(name, _)| name).collect::<Vec<_>>(),
            ["a", "b"]
        );
        assert_eq!(manifest.read(folder.path(), "a").unwrap(), b"alpha");
        assert!(manifest.check(folder.path(), "b").is_ok());
        assert!(manifest.read(folder.path(), "own").is_err());
        for (text, why) in [
            ("alphb", "expected SHA-256"),
            ("alph", "expected 5 bytes, found 4"),
        ] {
            std::fs::write(place("a"), text).unwrap();
            let error = manifest.read(folder.path(), "a").unwrap_err().to_string();
            assert!(error.contains(why), "{error}");
            assert_eq!(
                manifest.check(folder.path(), "a").unwrap_err().to_string(),
                error
            );
        }
        std::fs::remove_file(place("a")).unwrap();
        let error = manifest.read(folder.path(), "a").unwrap_err().to_string();
        assert!(error.contains("found no file"), "{error}");
    }
}
