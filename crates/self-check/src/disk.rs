//! What a study asks of a file system.

use std::process::{Command, Stdio};
use std::sync::atomic::AtomicBool;

use durable::store::{Partner, StoreError, check};

use crate::check::Check;
use crate::subject::{Interrupted, Subject};

const WHAT: &str = "the file system keeps what studies need";

/// As `check-store` does it; what is wrong comes one line each.
pub fn checks(subject: &Subject, stop: &AtomicBool) -> Result<Vec<Check>, Interrupted> {
    let mut command = Command::new(&subject.program);
    command.arg("check-store-partner").stderr(Stdio::null());
    let found = match Partner::start(command).and_then(|p| check(&subject.directory, p, stop)) {
        Ok(found) => found,
        Err(StoreError::Interrupted) => return Err(Interrupted),
        Err(error) => {
            let remedy =
                "see whether the program may start itself here, and try `transfusion check-store`";
            return Ok(vec![Check::failed(WHAT, error.to_string(), remedy)]);
        }
    };
    let wrong: Vec<Check> = found
        .iter()
        .filter_map(|check| {
            let finding = check.finding.as_ref()?;
            Some(Check::failed(
                format!("{WHAT}: {}", check.need),
                &check.seen,
                finding,
            ))
        })
        .collect();
    Ok(match wrong.is_empty() {
        true => {
            let place = subject.directory.display();
            vec![Check::ok(
                WHAT,
                format!("{} needs, in {place}", found.len()),
            )]
        }
        false => wrong,
    })
}
