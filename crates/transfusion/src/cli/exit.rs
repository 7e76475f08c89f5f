//! How the program ends.

use runs::Tally;

/// How the program ends. The table in docs/exit-codes.md says which command ends how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Done.
    Done = 0,
    /// Finished, with findings: failed runs or bad pictures.
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

impl From<Tally> for Exit {
    fn from(tally: Tally) -> Self {
        match tally {
            Tally { pending, .. } if pending > 0 => Self::Interrupted,
            Tally { failed, .. } if failed > 0 => Self::Findings,
            Tally { .. } => Self::Done,
        }
    }
}
