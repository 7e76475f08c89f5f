//! The place of one claim: a file that is made by one process and removed by one.

use std::fs::{self, File};
use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use tempfile::TempPath;

use super::entry::token;
use crate::file::{Outlasts, TEMPORARY, create_whole};

/// Most bytes of a claim that are read.
const LIMIT: u64 = 1 << 16;

/// Where a claim's file is, or would be.
#[derive(Clone, Debug)]
pub(super) struct Place {
    folder: PathBuf,
    path: PathBuf,
}

/// What is there.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) bytes: Vec<u8>,
    /// By the server's clock.
    pub(super) touched: SystemTime,
}

impl Place {
    pub(super) fn new(folder: &Path, file_name: &str) -> Self {
        Self {
            folder: folder.into(),
            path: folder.join(file_name),
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// What is there now. The file is opened each time: that is when a network file system asks the
    /// server.
    pub(super) fn read(&self) -> std::io::Result<Option<Found>> {
        let file = match File::open(&self.path) {
            Err(e) if is_gone(&e) => return Ok(None),
            file => file?,
        };
        let mut bytes = Vec::new();
        let touched = match file.metadata().and_then(|m| m.modified()) {
            Err(e) if is_gone(&e) => return Ok(None),
            touched => touched?,
        };
        match file.take(LIMIT).read_to_end(&mut bytes) {
            Err(e) if is_gone(&e) => Ok(None),
            read => read.map(|_| Some(Found { bytes, touched })),
        }
    }

    /// Puts a file there if there is none. Exactly one of many gets it. It need not outlast its
    /// owner: after a power cut a claim that is gone, torn or back again is nobody's.
    pub(super) fn occupy(&self, bytes: &[u8], is_shared: bool) -> std::io::Result<Option<File>> {
        let outlasts = match is_shared {
            true => Outlasts::Process,
            false => Outlasts::ProcessHere,
        };
        create_whole(&self.path, bytes, outlasts)
    }

    /// Removes the file if it holds `bytes`. Exactly one of many removes it, and gets `true`.
    pub(super) fn vacate(&self, bytes: &[u8]) -> std::io::Result<bool> {
        match self.read()? {
            Some(found) if found.bytes == bytes => self.bury(bytes),
            _ => Ok(false),
        }
    }

    /// As [`Self::vacate`], for who has just seen that it holds `bytes`: what has come there since is
    /// given back.
    pub(super) fn bury(&self, bytes: &[u8]) -> std::io::Result<bool> {
        let grave = self.folder.join(format!("{TEMPORARY}{}", token()?));
        match fs::rename(&self.path, &grave) {
            Err(e) if e.kind() == ErrorKind::NotFound => return Ok(false),
            renamed => renamed?,
        }
        // Removed when dropped.
        let grave = TempPath::try_from_path(grave)?;
        if fs::read(&grave)? == bytes {
            grave.close()?;
            return Ok(true);
        }
        // Where somebody else has come in between, the owner of what is in the grave has lost it.
        grave.persist_noclobber(&self.path).ok();
        Ok(false)
    }
}

/// Whether the file was removed, before or while it was read.
fn is_gone(error: &std::io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::NotFound | ErrorKind::StaleNetworkFileHandle
    )
}
