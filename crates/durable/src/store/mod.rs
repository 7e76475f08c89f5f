//! Whether a folder keeps what a study asks of a file system, found out by two processes.
//!
//! A study asks little: a file that is made only where there is none is made by one; a file that is
//! moved into place is whole for every reader and seen by all before long; files have times by one
//! clock; what was synced is there. [`check()`] tries each of these with a second process, the
//! [`Partner`], which runs [`serve`] on this machine or another and is talked to by lines of JSON.
//!
//! Everything happens in a folder of its own, which is removed at the end; nothing else in the folder
//! is touched. What is found holds for the two processes and this hour: a file system may keep its
//! word within one machine and break it between two.

mod alone;
mod check;
mod dialogue;
mod error;
mod partner;
mod together;

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

pub use check::Check;
pub use dialogue::Partner;
pub use error::StoreError;
pub use partner::serve;

use crate::error::FileError;

/// How the name of the folder begins in which the checks are made.
pub const WORKPLACE: &str = ".check-store-";

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
