//! `live/<job>.json`: what a job is doing, while it does it.
//!
//! A pulse is for those who look on. No number is made of it, it is written every few seconds at
//! most, and it is removed when its job has its record.

use std::path::PathBuf;

use durable::claims::Owner;
use durable::{FileError, canonical_json, read_json, write, write_passing};
use serde::{Deserialize, Serialize};

use crate::directory::{StudyDirectory, make};
use crate::error::RecordError;
use crate::job::Job;
use crate::names::STOP;

/// Lines that a pulse keeps.
pub const PULSE_LINES: usize = 20;

/// What a job is doing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pulse {
    /// Identity of the job.
    pub id: String,
    /// Who works on it.
    pub owner: Owner,
    /// What the owner is to its scheduler, such as `Slurm 412_7`; none outside of one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<String>,
    /// When this was written, in seconds since 1970 by the owner's clock.
    pub at: u64,
    /// When the owner began with it, by the same clock.
    pub began: u64,
    /// Training steps taken; none for a job without steps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<u64>,
    /// Training steps that it may take.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub steps: Option<u64>,
    /// Loss of the last training step, in nats.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loss: Option<f32>,
    /// Steps a second since the owner began, evaluations included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub steps_per_second: Option<f64>,
    /// Memory that the owner's process holds, all its jobs together, in MiB; where the system tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory_mib: Option<f64>,
    /// What it runs on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
    /// The last lines that were said of it, at most [`PULSE_LINES`].
    #[serde(default)]
    pub lines: Vec<PulseLine>,
}

/// Something that was said of a job.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PulseLine {
    /// In seconds since 1970 by the owner's clock.
    pub at: u64,
    /// What.
    pub text: String,
}

impl StudyDirectory {
    /// The folder of what is there only while the study runs.
    pub fn live(&self) -> PathBuf {
        self.file("live")
    }

    /// The file of a job's pulse.
    pub fn pulse_file(&self, id: &str) -> PathBuf {
        self.live().join(format!("{id}.json"))
    }

    /// What a job is doing; none where nobody says.
    pub fn pulse(&self, id: &str) -> Result<Option<Pulse>, FileError> {
        read_json(&self.pulse_file(id))
    }

    /// Says what a job is doing.
    pub fn write_pulse(&self, pulse: &Pulse) -> Result<(), FileError> {
        make(&self.live())?;
        write_passing(&self.pulse_file(&pulse.id), &canonical_json(pulse))
    }

    /// Removes the pulse of a job, and the folder with the last of them.
    pub fn remove_pulse(&self, id: &str) {
        // What is left behind misleads nobody: a job with a record is told by its record.
        std::fs::remove_file(self.pulse_file(id)).ok();
        std::fs::remove_dir(self.live()).ok();
    }

    /// Removes pulses of jobs that are recorded, which a killed process left, and with the last of
    /// all `jobs` what else is there only while the study runs.
    pub fn clear_pulses(&self, jobs: &[Job]) {
        if !self.live().is_dir() {
            return;
        }
        let mut are_all = true;
        for job in jobs {
            match job.is_recorded(self) {
                true => self.remove_pulse(job.id()),
                false => are_all = false,
            }
        }
        if are_all {
            std::fs::remove_dir_all(self.live()).ok();
        }
    }

    /// Asks every process that works on the study to stop after the current step, as Ctrl-C would.
    /// `word` differs from one request to the next.
    pub fn ask_to_stop(&self, word: &str) -> Result<(), RecordError> {
        make(&self.live())?;
        Ok(write(&STOP.path(&self.live()), word.as_bytes())?)
    }

    /// The last request to stop. It concerns who worked when it was made: who starts later remembers
    /// the word that is there, and stops when it finds another.
    pub fn stop_word(&self) -> Option<Vec<u8>> {
        std::fs::read(STOP.path(&self.live())).ok()
    }
}
