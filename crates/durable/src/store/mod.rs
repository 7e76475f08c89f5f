//! Whether a folder keeps what a study asks of a file system, found out by two processes.
//!
//! A study asks little: a file that is made only where there is none is made by one; a file that is
//! moved into place is whole for every reader and seen by all before long; files have times by one
//! clock; what was synced is there. [`check`] tries each of these with a second process, the
//! [`Partner`], which runs [`serve`] on this machine or another and is talked to by lines of JSON.
//!
//! Everything happens in a folder of its own, which is removed at the end; nothing else in the folder
//! is touched. What is found holds for the two processes and this hour: a file system may keep its
//! word within one machine and break it between two.

mod alone;
mod dialogue;
mod partner;
mod together;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use serde::Serialize;
use thiserror::Error;

pub use dialogue::Partner;
pub use partner::serve;

use crate::error::FileError;

/// How the name of the folder begins in which the checks are made.
pub const WORKPLACE: &str = ".check-store-";

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Check {
    /// What a study needs.
    pub need: &'static str,
    /// What was seen, in words.
    pub seen: String,
    /// The same in numbers, by names that end in their unit.
    pub figures: BTreeMap<&'static str, f64>,
    /// What is wrong, what it would mean for a study and what to do; none where all is fine.
    pub finding: Option<String>,
}

impl Check {
    fn fine(need: &'static str, seen: impl Into<String>) -> Self {
        Self {
            need,
            seen: seen.into(),
            figures: BTreeMap::new(),
            finding: None,
        }
    }

    fn figure(mut self, name: &'static str, value: f64) -> Self {
        self.figures.insert(name, value);
        self
    }

    /// Finds fault with it where `is_fine` is false.
    fn unless(mut self, is_fine: bool, finding: &str) -> Self {
        if !is_fine {
            self.finding = Some(finding.into());
        }
        self
    }
}

/// Why the checks did not come to their end.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The file system refused.
    #[error(transparent)]
    File(#[from] FileError),
    /// The second process cannot be started, or has gone.
    #[error("the second process: {0}")]
    Partner(std::io::Error),
    /// The second process was refused something by the file system.
    #[error("the second process: {0}")]
    Refused(String),
    /// The caller asked to stop.
    #[error("interrupted; the folder is as it was")]
    Interrupted,
}

/// What it means that a call of a check was refused.
const REFUSED: &str = "it was refused, and a study would be too: see to it that it is allowed here, or choose another folder";

/// One check of several, which two processes make.
type Trial = fn(&Path, &mut Partner) -> Result<Check, StoreError>;

/// Need, the check, and what a refusal would mean.
const TRIALS: [(&str, Trial); 11] = [
    (together::EXCLUSIVE, together::exclusive),
    (together::REPLACED, together::replaced),
    (together::SEEN, together::seen),
    (together::LISTED, together::listed),
    (together::APPENDED, together::appended),
    (together::CLOCK, together::clock),
    (alone::SYNCED, alone::synced),
    (alone::NAMED, alone::named),
    (alone::ROOM, alone::room),
    (together::CLAIMS, together::claims),
    (alone::WRITES, alone::writes),
];

/// Makes every check in `folder`, which must exist, beside `partner`, until `stop` is set. A file
/// system that refuses something is a finding, not an error.
pub fn check(
    folder: &Path,
    mut partner: Partner,
    stop: &AtomicBool,
) -> Result<Vec<Check>, StoreError> {
    let made = tempfile::Builder::new()
        .prefix(WORKPLACE)
        .tempdir_in(folder);
    let place = match made {
        Ok(place) => place,
        Err(error) => {
            let refused = Check::fine("folders are made", format!("{error}"));
            return Ok(vec![refused.unless(
                false,
                "nothing can be written here: no study can be; choose another folder, or ask for the right to write",
            )]);
        }
    };
    let checks = every(place.path(), &mut partner, stop);
    // Who may still write there goes first.
    drop(partner);
    let path = place.path().to_path_buf();
    place.close().map_err(FileError::io("remove", &path))?;
    checks
}

fn every(place: &Path, partner: &mut Partner, stop: &AtomicBool) -> Result<Vec<Check>, StoreError> {
    let mut checks = Vec::new();
    for (number, (need, trial)) in TRIALS.iter().enumerate() {
        let own = place.join(number.to_string());
        let made = std::fs::create_dir(&own).map_err(FileError::io("create", &own));
        let checked = made
            .map_err(StoreError::from)
            .and_then(|()| trial(&own, partner));
        if stop.load(Ordering::Relaxed) {
            return Err(StoreError::Interrupted);
        }
        checks.push(match checked {
            Err(error @ (StoreError::File(_) | StoreError::Refused(_))) => {
                Check::fine(need, error.to_string()).unless(false, REFUSED)
            }
            checked => checked?,
        });
    }
    Ok(checks)
}

#[cfg(test)]
mod tests;
