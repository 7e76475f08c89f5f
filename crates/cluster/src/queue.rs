//! What a scheduler says of tasks, and tasks taken away from it.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::process::{Command, Stdio};
use std::sync::mpsc::channel;
use std::time::Duration;

use study::cluster::Scheduler;

use crate::scheduler::{ASKED, terms};

/// How long an answer is waited for: a scheduler with much to do may be slow, and one that is gone
/// must not hold up who looks.
const PATIENCE: Duration = Duration::from_secs(15);
/// The longest answer that is read.
const LONGEST: u64 = 64 << 20;

/// How a task stands in a queue.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// In the scheduler's word, such as `PENDING`.
    pub state: String,
    /// Why it waits, in the scheduler's words; empty where it says nothing.
    pub reason: String,
    /// Where it runs; empty where it does not.
    pub host: String,
}

/// A user's tasks, by job and number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Queue {
    standings: BTreeMap<(String, usize), Standing>,
}

/// A scheduler that does not answer.
#[derive(Debug, thiserror::Error)]
pub enum QueueError {
    /// Its program is not there.
    #[error("`{program}` was not found: ask from a machine that has it")]
    NoProgram {
        /// What was called.
        program: String,
    },
    /// It said no.
    #[error("`{command}`: {said}")]
    Refused {
        /// What was called.
        command: String,
        /// What it said.
        said: String,
    },
    /// It said nothing in time.
    #[error("`{command}` gave no answer in {} s", PATIENCE.as_secs())]
    Silent {
        /// What was called.
        command: String,
    },
}

impl Queue {
    /// What a scheduler says of the user's tasks; none where its answers have no form that can be read.
    pub fn of(scheduler: Scheduler) -> Result<Option<Self>, QueueError> {
        let Some(ask) = terms(scheduler).ask else {
            return Ok(None);
        };
        let ask: Vec<String> = ask.iter().map(ToString::to_string).collect();
        Ok(Some(Self::read(&answer(&ask)?)))
    }

    fn read(text: &str) -> Self {
        let standings = text.lines().filter_map(|line| {
            let fields: Vec<&str> = line.splitn(ASKED, '|').map(told).collect();
            let [job, number, state, reason, host] = fields[..] else {
                return None;
            };
            let standing = Standing {
                state: state.into(),
                reason: reason.into(),
                host: host.into(),
            };
            Some(((job.to_owned(), number.parse().ok()?), standing))
        });
        Self {
            standings: standings.collect(),
        }
    }

    /// How a task stands; none where the scheduler has it no more.
    pub fn standing(&self, job: &str, number: usize) -> Option<&Standing> {
        self.standings.get(&(job.to_owned(), number))
    }

    /// Whether the scheduler has a task of the job.
    pub fn holds(&self, job: &str) -> bool {
        let from = (job.to_owned(), 0);
        let mut later = self.standings.range(from..);
        later.next().is_some_and(|((name, _), _)| name == job)
    }
}

/// Takes jobs away from a scheduler.
pub fn cancel(scheduler: Scheduler, jobs: &[&str]) -> Result<(), QueueError> {
    let words = terms(scheduler).cancel.iter().chain(jobs);
    answer(&words.map(ToString::to_string).collect::<Vec<_>>()).map(drop)
}

/// A field without the ways in which schedulers say that there is nothing.
fn told(field: &str) -> &str {
    match field.trim() {
        "(null)" | "<no value>" | "None" | "N/A" | "-" => "",
        field => field,
    }
}

/// What a program prints.
fn answer(words: &[String]) -> Result<String, QueueError> {
    let command = words.join(" ");
    let (program, arguments) = words
        .split_first()
        .map_or(("", words), |(p, a)| (p.as_str(), a));
    let refused = |said: String| QueueError::Refused {
        command: command.clone(),
        said,
    };
    let mut process = Command::new(program);
    process.args(arguments).stdin(Stdio::null());
    process.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = process.spawn().map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => QueueError::NoProgram {
            program: program.into(),
        },
        _ => refused(error.to_string()),
    })?;
    let (out, errors) = (child.stdout.take(), child.stderr.take());
    let (done, is_done) = channel();
    // Both ends are read at once, or a program that fills one of them would wait for ever.
    std::thread::spawn(move || {
        let errors = std::thread::spawn(move || errors.map(text).unwrap_or_default());
        let said = out.map(text).unwrap_or_default();
        done.send((said, errors.join().unwrap_or_default())).ok();
    });
    let Ok((said, errors)) = is_done.recv_timeout(PATIENCE) else {
        child.kill().ok();
        child.wait().ok();
        return Err(QueueError::Silent { command });
    };
    let status = child.wait().map_err(|error| refused(error.to_string()))?;
    match status.success() {
        true => Ok(said),
        false => Err(refused(if errors.is_empty() { said } else { errors })),
    }
}

fn text(mut from: impl std::io::Read) -> String {
    let mut bytes = Vec::new();
    from.by_ref().take(LONGEST).read_to_end(&mut bytes).ok();
    String::from_utf8_lossy(&bytes).trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_read_and_others_skipped() {
        let queue = Queue::read(
            "12|0|RUNNING|None|node7\n12|1|PENDING|Resources|(null)\nslurm_load: warning\n13|N/A|PENDING|Dependency|\nx|3|Running|<no value>|k|1\n",
        );
        let standing = |job, number| queue.standing(job, number);
        let running = standing("12", 0).expect("a task");
        assert_eq!(
            (&*running.state, &*running.reason, &*running.host),
            ("RUNNING", "", "node7")
        );
        let waits = standing("12", 1).expect("a task");
        assert_eq!((&*waits.reason, &*waits.host), ("Resources", ""));
        assert_eq!(standing("x", 3).map(|s| &*s.host), Some("k|1"));
        assert_eq!(standing("12", 2), None);
        assert!(queue.holds("12") && !queue.holds("1") && !queue.holds("13"));
    }

    #[test]
    fn a_program_that_is_not_there_or_says_no_is_told() {
        let words = |all: &[&str]| all.iter().map(ToString::to_string).collect::<Vec<_>>();
        let missing = answer(&words(&["no-such-scheduler-here"]));
        assert!(matches!(missing, Err(QueueError::NoProgram { .. })));
        let refused = answer(&words(&["sh", "-c", "echo no such job >&2; exit 1"]));
        let said = refused.expect_err("it failed").to_string();
        assert!(said.contains("no such job"), "{said}");
    }
}
