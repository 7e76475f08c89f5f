//! How the program ends.

use std::error::Error;

use durable::{FileError, is_passing};
use engine::DeviceFault;
use record::RecordError;
use runs::Tally;

/// How the program ends. The table in docs/exit-codes.md says which command ends how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Done.
    Done = 0,
    /// Finished, with findings: failed runs, bad pictures or damaged files.
    Findings = 1,
    /// Wrong usage, configuration or data.
    Usage = 2,
    /// A defect of the program.
    Internal = 70,
    /// Done, but stdout refused what was printed.
    Unprinted = 74,
    /// Interrupted, or short of something for now; run again to go on.
    Interrupted = 75,
}

impl Exit {
    /// How an error ends the program: what may pass as an interruption, a damaged record as a
    /// finding, all else as something to mend.
    pub fn of(error: &anyhow::Error) -> Self {
        let passes = |cause: &(dyn Error + 'static)| {
            let file = cause.downcast_ref::<FileError>();
            let record = cause.downcast_ref::<RecordError>();
            let io = cause.downcast_ref::<std::io::Error>();
            let device = cause.downcast_ref::<DeviceFault>();
            file.is_some_and(FileError::is_passing)
                || record.is_some_and(RecordError::is_passing)
                || io.is_some_and(is_passing)
                || device.is_some_and(|fault| fault.is_passing)
        };
        let is_damage = |cause: &(dyn Error + 'static)| {
            let damaged = |file: &FileError| matches!(file, FileError::Damaged { .. });
            let record = cause.downcast_ref::<RecordError>();
            cause.downcast_ref::<FileError>().is_some_and(damaged)
                || record.is_some_and(|e| matches!(e, RecordError::File(file) if damaged(file)))
        };
        match () {
            () if error.chain().any(passes) => Self::Interrupted,
            () if error.chain().any(is_damage) => Self::Findings,
            () => Self::Usage,
        }
    }
}

/// The error and its causes, without those that a message already repeats.
pub fn message(error: &anyhow::Error) -> String {
    let mut message = error.to_string();
    for cause in error.chain().skip(1).map(ToString::to_string) {
        if !message.contains(&cause) {
            message.push_str(": ");
            message.push_str(&cause);
        }
    }
    message
}

impl From<Tally> for Exit {
    fn from(tally: Tally) -> Self {
        match tally {
            Tally { pending, .. } if pending > 0 => Self::Interrupted,
            Tally { failed, .. } if failed > 0 => Self::Findings,
            Tally { .. } => Self::Done,
        }
    }
}
