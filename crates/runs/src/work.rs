//! What a job at work is told, and whom it tells.

use std::sync::atomic::{AtomicBool, Ordering};

use durable::claims::Claim;
use record::{Job, RecordError};

use crate::event::{Event, Listener};

/// A job at work.
pub struct Work<'a> {
    /// The job.
    pub job: &'a Job<'a>,
    /// Who is told of it.
    pub listener: &'a dyn Listener,
    /// Set to stop after the current step.
    pub stop: &'a AtomicBool,
    /// The claim on it; none where nobody else can come.
    pub claim: Option<&'a Claim>,
    /// Whether nothing else works in this process, so that its memory is this job's.
    pub is_alone: bool,
    /// Name, version and source revision of the program, for the record.
    pub program: &'a str,
}

impl Work<'_> {
    /// Tells the listener.
    pub fn tell(&self, event: Event) {
        self.listener.hear(self.job, event);
    }

    /// Whether it was asked to stop.
    pub fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Whether the job is still this process's: to be asked before every lasting write.
    pub fn still_held(&self) -> Result<(), RecordError> {
        match self.claim {
            Some(claim) => Ok(claim.still_held()?),
            None => Ok(()),
        }
    }
}
