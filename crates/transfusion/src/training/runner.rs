//! Every run of a plan that has no result yet, several at once if asked.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use super::failure::RunFailure;
use super::run::{RunEnd, execute};
use crate::progress::Progress;
use crate::record::{Checkpoints, RunError, StudyDirectory, write_json};
use crate::study::{Material, RunSpec, StudyError};

/// How a study's runs stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Runs with a result.
    pub done: usize,
    /// Runs with an error.
    pub failed: usize,
    /// Runs without either.
    pub pending: usize,
}

impl Tally {
    /// The runs without a record, in the order of training.
    pub fn pending<'a>(directory: &StudyDirectory, runs: &'a [RunSpec]) -> Vec<&'a RunSpec> {
        let is_pending = |spec: &&RunSpec| {
            let run = directory.run(spec);
            !run.file("result.json").exists() && !run.file("error.json").exists()
        };
        runs.iter().filter(is_pending).collect()
    }

    /// Counts the records of `runs`.
    pub fn of(directory: &StudyDirectory, runs: &[RunSpec]) -> Self {
        let mut tally = Self::default();
        for spec in runs {
            let run = directory.run(spec);
            if run.file("result.json").exists() {
                tally.done += 1;
            } else if run.file("error.json").exists() {
                tally.failed += 1;
            } else {
                tally.pending += 1;
            }
        }
        tally
    }
}

impl std::ops::Add for Tally {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            done: self.done + other.done,
            failed: self.failed + other.failed,
            pending: self.pending + other.pending,
        }
    }
}

/// Works through the runs of a study.
pub struct Runner<'a> {
    /// What runs are made of.
    pub material: &'a Material,
    /// Where records go.
    pub directory: &'a StudyDirectory,
    /// Runs at once, at least 1; each gets an equal share of the processors.
    pub jobs: usize,
    /// Set to stop after the current step.
    pub stop: &'a AtomicBool,
    /// Tells the user.
    pub progress: &'a Progress,
}

impl Runner<'_> {
    /// Trains every run without a record. A run that fails is recorded and the others go on; what
    /// cannot be recorded (a full disk) ends the study, and nothing that was written is lost.
    pub fn run(&self) -> Result<Tally, StudyError> {
        let runs = &self.material.plan.runs;
        for spec in runs {
            let run = self.directory.run(spec);
            // A process killed right after the result had no time to clear up.
            if run.file("result.json").exists() {
                Checkpoints::new(&run).clear()?;
            }
        }
        let queue: Mutex<VecDeque<&RunSpec>> =
            Mutex::new(Tally::pending(self.directory, runs).into());
        let broken: Mutex<Option<StudyError>> = Mutex::new(None);
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let shared = (processors / self.jobs.max(1)).max(1);
        std::thread::scope(|scope| {
            for _ in 0..self.jobs.max(1) {
                scope.spawn(|| {
                    while let Some((spec, is_last)) = next(&queue)
                        && !self.stop.load(Ordering::Relaxed)
                    {
                        // The last run has the processors to itself once the others end.
                        let threads = if is_last { processors } else { shared };
                        if let Err(error) = self.one(spec, threads) {
                            self.stop.store(true, Ordering::Relaxed);
                            broken
                                .lock()
                                .unwrap_or_else(|e| e.into_inner())
                                .get_or_insert(error);
                        }
                    }
                });
            }
        });
        match broken.into_inner().unwrap_or_else(|e| e.into_inner()) {
            Some(error) => Err(error),
            None => Ok(Tally::of(self.directory, runs)),
        }
    }

    fn one(&self, spec: &RunSpec, threads: usize) -> Result<(), StudyError> {
        let directory = self.directory.run(spec);
        let progress = self.progress.run(spec);
        let is_alone = self.jobs <= 1;
        let train = || {
            execute(
                self.material,
                spec,
                &directory,
                &*progress,
                self.stop,
                is_alone,
            )
        };
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        let caught = catch_unwind(AssertUnwindSafe(|| match &pool {
            Ok(pool) => pool.install(train),
            Err(_) => train(),
        }));
        let error = match caught {
            Ok(Ok(RunEnd::Done)) => {
                progress.finished("done");
                return Ok(());
            }
            Ok(Ok(RunEnd::Interrupted)) => {
                progress.finished("interrupted, goes on next time");
                return Ok(());
            }
            Ok(Err(RunFailure::Record(error))) => return Err(error),
            Ok(Err(failure)) => failure.to_string(),
            Err(panic) => format!("internal error: {}", panic_message(&*panic)),
        };
        progress.finished(&format!("failed: {error}"));
        write_json(
            &directory.file("error.json"),
            &RunError {
                id: spec.id.clone(),
                error,
            },
        )
    }
}

/// The next run, and whether it is the last.
fn next<'a>(queue: &Mutex<VecDeque<&'a RunSpec>>) -> Option<(&'a RunSpec, bool)> {
    let mut queue = queue.lock().unwrap_or_else(|e| e.into_inner());
    let spec = queue.pop_front()?;
    Some((spec, queue.is_empty()))
}

/// What a panic says.
pub fn panic_message(panic: &(dyn std::any::Any + Send)) -> String {
    if let Some(text) = panic.downcast_ref::<&str>() {
        text.to_string()
    } else if let Some(text) = panic.downcast_ref::<String>() {
        text.clone()
    } else {
        "a panic without a message".into()
    }
}
