//! A claim as its owner has it.

use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;

use thiserror::Error;

use super::entry::Entry;
use super::heartbeat::{Heartbeat, Pacemaker};
use super::owner::Owner;
use super::place::Place;
use crate::error::FileError;

/// A claim was lost: what its owner was about to write is another's to write.
#[derive(Debug, Error)]
pub enum Lost {
    /// Another process found the owner silent for too long.
    #[error("{} was taken over by {by} while this process was silent for too long; the work is that one's now", path.display())]
    Taken {
        /// The claim.
        path: PathBuf,
        /// Who has it.
        by: Owner,
    },
    /// Nobody has the claim, or nobody who can be named.
    #[error("{} was removed or changed while this process was at work; run it again", path.display())]
    Gone {
        /// The claim.
        path: PathBuf,
    },
    /// Whether it is still held cannot be found out.
    #[error(transparent)]
    Unknown(#[from] FileError),
}

/// A job that this process has for itself, until it drops this.
#[derive(Debug)]
pub struct Claim {
    place: Place,
    bytes: Vec<u8>,
    /// None once the claim is given up.
    heartbeat: Option<Heartbeat>,
}

impl Claim {
    /// For who has put `file` with `bytes` at `place`.
    pub(super) fn new(place: Place, bytes: Vec<u8>, file: File, pacemaker: Arc<Pacemaker>) -> Self {
        Self {
            place,
            bytes,
            heartbeat: Some(Heartbeat::start(file, pacemaker)),
        }
    }

    /// Whether the claim is still this process's. To be asked before every lasting write; it is a
    /// sign of life too, so a yes holds for six beats.
    pub fn still_held(&self) -> Result<(), Lost> {
        let is_linked = self.heartbeat.as_ref().is_some_and(Heartbeat::beat);
        let path = self.place.path();
        let found = self.place.read().map_err(FileError::io("read", path))?;
        let found = found.map(|f| f.bytes).unwrap_or_default();
        if found == self.bytes {
            return match is_linked {
                true => Ok(()),
                false => Err(Lost::Gone { path: path.into() }),
            };
        }
        Err(match Entry::from_bytes(&found) {
            Some(Entry { owner: by, .. }) => Lost::Taken {
                path: path.into(),
                by,
            },
            None => Lost::Gone { path: path.into() },
        })
    }

    /// Gives the claim up, as dropping it does, and says what went wrong.
    pub fn release(mut self) -> Result<(), FileError> {
        self.give_up()
    }

    fn give_up(&mut self) -> Result<(), FileError> {
        let Some(heartbeat) = self.heartbeat.take() else {
            return Ok(());
        };
        // A network file system keeps a removed file under another name as long as it is open.
        drop(heartbeat);
        let vacated = self.place.vacate(&self.bytes);
        vacated.map_err(FileError::io("release", self.place.path()))?;
        Ok(())
    }

    /// Goes silent, as a process does that is paused.
    #[cfg(test)]
    pub(super) fn paused(mut self) -> Self {
        let file = File::options().write(true).open(self.place.path()).unwrap();
        let hour = std::time::Duration::from_secs(3600);
        let silent = Arc::new(Pacemaker::start(hour).unwrap());
        self.heartbeat = Some(Heartbeat::start(file, silent));
        self
    }

    /// Goes silent for good and leaves the file, as a process does that is killed.
    #[cfg(test)]
    pub(super) fn die(mut self) {
        self.heartbeat = None;
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        // What stays there is a dead owner's, and taken over in time.
        self.give_up().ok();
    }
}
