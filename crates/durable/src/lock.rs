//! One process of this machine at a time.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

/// A lock file that is held by one process of this machine; it ends with the process. Between
/// machines use [`claims`](crate::claims): network file systems grant locks to everybody or nobody.
#[derive(Debug)]
pub struct Lock {
    path: PathBuf,
    _file: File,
}

impl Lock {
    /// Waits until nobody else holds the file at `path`; calls `waiting` whenever it has to.
    pub fn wait(path: PathBuf, mut waiting: impl FnMut()) -> std::io::Result<Self> {
        loop {
            let file = File::options().create(true).append(true).open(&path)?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => {
                    waiting();
                    file.lock()?;
                }
                Err(TryLockError::Error(error)) => return Err(error),
            }
            if is_at(&file, &path) {
                return Ok(Self { path, _file: file });
            }
        }
    }
}

/// Whether `file` is still the one at `path`: who held the lock before may have removed it.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    match (file.metadata(), path.metadata()) {
        (Ok(held), Ok(there)) => (held.dev(), held.ino()) == (there.dev(), there.ino()),
        _ => false,
    }
}

/// Elsewhere it is never removed.
#[cfg(not(unix))]
fn is_at(_file: &File, _path: &Path) -> bool {
    true
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Before the lock is released, so that none who then gets it finds the file in place.
        if cfg!(unix) {
            std::fs::remove_file(&self.path).ok();
        }
    }
}
