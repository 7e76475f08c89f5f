//! What a job at work is told, and whom it tells.

use std::sync::atomic::{AtomicBool, Ordering};

use durable::claims::Claim;
use engine::Device;
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
    /// What its networks are on.
    pub device: &'a dyn Device,
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

    /// Tells the listener that it starts, or goes on, after `step` training steps.
    pub fn started(&self, step: u64) {
        let device = &self.device.describe();
        self.tell(Event::Started { step, device });
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
