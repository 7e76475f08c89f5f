//! What every answer draws on.

use std::path::PathBuf;
use std::sync::Arc;

use live::{Study, Watcher};
use tokio::sync::{Semaphore, watch};

use crate::gallery::Gallery;
use crate::gate::Gate;
use crate::patience::Patience;
use crate::refusal::Refusal;
use crate::report_room::ReportRoom;
use crate::resumed::Resumptions;

/// Pages that may be told of changes at once.
const READERS: usize = 1_000;

/// What every answer draws on.
pub(crate) struct Hall {
    pub(crate) watcher: Watcher,
    /// Changes whenever anything of any study does.
    pub(crate) changes: watch::Receiver<u64>,
    /// Told apart from that of the server before: revisions begin anew with it.
    pub(crate) epoch: String,
    pub(crate) allow_stop: bool,
    pub(crate) program: PathBuf,
    pub(crate) patience: Patience,
    pub(crate) reports: ReportRoom,
    pub(crate) gallery: Gallery,
    pub(crate) resumptions: Resumptions,
    pub(crate) readers: Arc<Semaphore>,
    gate: Gate,
}

impl Hall {
    pub(crate) fn new(
        watcher: Watcher,
        changes: watch::Receiver<u64>,
        epoch: String,
        gate: Gate,
        reports: ReportRoom,
        (allow_stop, program): (bool, PathBuf),
    ) -> Self {
        Self {
            watcher,
            changes,
            epoch,
            allow_stop,
            program,
            patience: Patience::default(),
            reports,
            gallery: Gallery::default(),
            resumptions: Resumptions::default(),
            readers: Arc::new(Semaphore::new(READERS)),
            gate,
        }
    }

    pub(crate) fn gate(&self) -> &Gate {
        &self.gate
    }

    /// The study of that key.
    pub(crate) fn study(&self, key: &str) -> Result<Arc<Study>, Refusal> {
        self.watcher.study(key).ok_or(Refusal::NoStudy)
    }
}
