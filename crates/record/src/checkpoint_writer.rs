//! Checkpoints that are written while training goes on.

use std::panic::resume_unwind;
use std::thread::JoinHandle;

use durable::FileError;
use networks::Weights;

use crate::checkpoint::{Best, BestWeights, CheckpointState, Checkpoints};

/// Writes the checkpoints of a run behind its back, one at a time and in order: a disk that takes
/// its time to say that all is safe does not hold up the steps that follow.
///
/// Whoever is killed meanwhile goes on from the checkpoint before.
#[derive(Debug)]
pub struct CheckpointWriter {
    checkpoints: Checkpoints,
    /// Best of the newest checkpoint.
    best: Option<Best>,
    writing: Option<JoinHandle<Result<(), FileError>>>,
}

impl CheckpointWriter {
    /// Goes on after the newest checkpoint, whose best is `best`.
    pub fn new(checkpoints: Checkpoints, best: Option<Best>) -> Self {
        Self {
            checkpoints,
            best,
            writing: None,
        }
    }

    /// Begins to write the weights of a new best evaluation, if there is one, and then a
    /// checkpoint; waits for those before. What went wrong with them is said here.
    pub fn begin(
        &mut self,
        new_best: Option<BestWeights>,
        state: CheckpointState,
        model: Weights,
        moments: Weights,
    ) -> Result<(), FileError> {
        self.wait()?;
        let before = std::mem::replace(&mut self.best, state.best.clone());
        let checkpoints = self.checkpoints.clone();
        let write = move || {
            if let Some(best) = new_best {
                checkpoints.put_best(&best)?;
            }
            checkpoints.write_after(before.as_ref(), &state, model, moments)
        };
        let thread = std::thread::Builder::new().name("checkpoint".into());
        match thread.spawn(write) {
            Ok(thread) => self.writing = Some(thread),
            // Nothing is lost: what was to be written is asked for again at the next one.
            Err(source) => {
                let folder = self.checkpoints.folder();
                return Err(FileError::io("write in", folder)(source));
            }
        }
        Ok(())
    }

    /// Waits until all is written.
    pub fn wait(&mut self) -> Result<(), FileError> {
        match self.writing.take().map(JoinHandle::join) {
            Some(Ok(written)) => written,
            Some(Err(panic)) => resume_unwind(panic),
            None => Ok(()),
        }
    }
}

impl Drop for CheckpointWriter {
    /// Whoever opens the run next must not find a writer at work.
    fn drop(&mut self) {
        if let Some(thread) = self.writing.take() {
            // A run that failed has its own reason to tell.
            let _ = thread.join();
        }
    }
}
