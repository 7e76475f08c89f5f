//! Scripts, handed to a scheduler.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use study::cluster::Scheduler;

use crate::scheduler::terms;

/// A job of a scheduler.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandedIn {
    /// What the scheduler calls it.
    pub id: String,
}

/// A scheduler that did not take a script.
#[derive(Debug, thiserror::Error)]
pub enum HandInError {
    /// Its program is not there.
    #[error(
        "`{program}` was not found: submit from a machine that has it, or use --print and hand the scripts in yourself"
    )]
    NoProgram {
        /// What was asked for.
        program: &'static str,
    },
    /// It said no.
    #[error("`{command}` refused {}: {said}", script.display())]
    Refused {
        /// What was called.
        command: String,
        /// The script.
        script: PathBuf,
        /// What it said.
        said: String,
    },
    /// Its answer names no job.
    #[error("`{command}` took {}, but its answer names no job: {said}", script.display())]
    NoName {
        /// What was called.
        command: String,
        /// The script.
        script: PathBuf,
        /// What it said.
        said: String,
    },
}

/// Hands a script in, to be run once the jobs `after` have ended.
pub fn hand_in(
    scheduler: Scheduler,
    script: &Path,
    after: &[HandedIn],
) -> Result<HandedIn, HandInError> {
    let terms = terms(scheduler);
    let (program, words) = terms.submit.split_first().unwrap_or((&"", &[]));
    let mut arguments: Vec<String> = Vec::new();
    for word in words {
        match *word {
            "{after}" if after.is_empty() => {}
            "{after}" => arguments.extend(wish(scheduler, after)),
            word => arguments.push(word.into()),
        }
    }
    let told = format!("{program} {}", arguments.join(" "));
    let refused = |said: String| HandInError::Refused {
        command: told.clone(),
        script: script.into(),
        said,
    };
    let mut command = Command::new(program);
    command.args(&arguments);
    if terms.reads_input {
        let input = File::open(script).map_err(|error| refused(error.to_string()))?;
        command.stdin(input);
    } else {
        command.arg(script).stdin(Stdio::null());
    }
    let output = command.output().map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => HandInError::NoProgram { program },
        _ => refused(error.to_string()),
    })?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    let said = text(&output.stdout);
    if !output.status.success() {
        let errors = text(&output.stderr);
        return Err(refused(if errors.is_empty() { said } else { errors }));
    }
    match id_in(&said, terms.before_id) {
        Some(id) => Ok(HandedIn { id }),
        None => Err(HandInError::NoName {
            command: told,
            script: script.into(),
            said,
        }),
    }
}

/// The wish to wait for jobs, in the scheduler's words.
fn wish(scheduler: Scheduler, after: &[HandedIn]) -> Vec<String> {
    let terms = terms(scheduler);
    let ids: Vec<String> = after
        .iter()
        .map(|job| terms.each.replace("{id}", &job.id))
        .collect();
    let ids = ids.join(terms.between);
    terms
        .after
        .iter()
        .map(|word| word.replace("{ids}", &ids))
        .collect()
}

/// The job's name in an answer.
fn id_in(said: &str, before: &str) -> Option<String> {
    let rest = match before {
        "" => said,
        before => &said[said.find(before)? + before.len()..],
    };
    let is_end = |letter: char| letter.is_whitespace() || "<>;\"'.:".contains(letter);
    let id = rest.trim_start().split(is_end).next()?;
    (!id.is_empty()).then(|| id.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_jobs_are_found_in_answers() {
        for (said, before, id) in [
            ("1234", "", "1234"),
            ("1234;cluster", "", "1234"),
            ("Job <77> is submitted to queue <gpu>.", "Job <", "77"),
            ("4711[].server.site", "", "4711[]"),
            ("8.1-60:1", "", "8"),
            ("job.batch/study-x-7zq", "job.batch/", "study-x-7zq"),
        ] {
            assert_eq!(id_in(said, before).as_deref(), Some(id), "{said}");
        }
        assert_eq!(id_in("", ""), None);
        assert_eq!(id_in("Request aborted", "Job <"), None);
    }

    #[test]
    fn jobs_wait_in_the_words_of_their_scheduler() {
        let after = ["7", "8"].map(|id| HandedIn { id: id.into() });
        assert_eq!(
            wish(Scheduler::Slurm, &after),
            ["--dependency=afterany:7:8"]
        );
        assert_eq!(wish(Scheduler::Lsf, &after), ["-w", "ended(7) && ended(8)"]);
        assert_eq!(wish(Scheduler::Pbs, &after), ["-W", "depend=afterany:7:8"]);
        assert_eq!(wish(Scheduler::Sge, &after), ["-hold_jid", "7,8"]);
    }
}
