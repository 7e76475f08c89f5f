//! One event as one JSON object: the keys that docs/shell.md promises.

use std::time::{SystemTime, UNIX_EPOCH};

use durable::claims::Owner;
use record::Job;
use serde::Serialize;
use study::{Fold, StudyPlan};

/// Raised by a change that an older reader would misread; new keys and new events are none.
pub(crate) const FORMAT: u32 = 1;

/// A line.
#[derive(Serialize)]
pub(crate) struct Line<'a> {
    /// Seconds since 1970, to the millisecond.
    at: f64,
    #[serde(flatten)]
    told: Told<'a>,
}

impl<'a> Line<'a> {
    pub fn now(told: Told<'a>) -> Self {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let at = now.map_or(0.0, |now| now.as_millis() as f64 / 1e3);
        Self { at, told }
    }
}

/// What happened.
#[derive(Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub(crate) enum Told<'a> {
    StudyPlanned {
        format: u32,
        program: &'a str,
        directory: String,
        title: &'a str,
        /// Jobs of the plan.
        jobs: usize,
        /// Those of this process's share without a record.
        to_do: usize,
        /// Training steps that these may take.
        steps: u64,
    },
    SeedsAdded {
        seeds: usize,
        to_do: usize,
        steps: u64,
    },
    JobStarted {
        #[serde(flatten)]
        job: JobKeys<'a>,
        step: u64,
        device: &'a str,
    },
    Step {
        #[serde(flatten)]
        job: JobKeys<'a>,
        step: u64,
        loss: Option<f32>,
    },
    Evaluation {
        #[serde(flatten)]
        job: JobKeys<'a>,
        step: u64,
        validation_auc: Option<f64>,
    },
    Doing {
        #[serde(flatten)]
        job: JobKeys<'a>,
        what: &'a str,
    },
    JobFinished {
        #[serde(flatten)]
        job: JobKeys<'a>,
    },
    JobInterrupted {
        #[serde(flatten)]
        job: JobKeys<'a>,
    },
    JobHindered {
        #[serde(flatten)]
        job: JobKeys<'a>,
        error: &'a str,
        again_in_seconds: Option<u64>,
    },
    JobFailed {
        #[serde(flatten)]
        job: JobKeys<'a>,
        error: &'a str,
    },
    JobElsewhere {
        #[serde(flatten)]
        job: JobKeys<'a>,
        host: Option<&'a str>,
        pid: Option<u32>,
    },
    JobLost {
        #[serde(flatten)]
        job: JobKeys<'a>,
        error: &'a str,
    },
    ReportWritten {
        report: String,
        results: String,
        verdict: &'a str,
    },
    Ended {
        exit_code: u8,
        done: Option<usize>,
        failed: Option<usize>,
        pending: Option<usize>,
        error: Option<&'a str>,
    },
}

/// Which job it happened to.
#[derive(Serialize)]
pub(crate) struct JobKeys<'a> {
    job: &'a str,
    number: usize,
    kind: &'static str,
    name: String,
    arm: Option<&'a str>,
    seed: Option<u64>,
    fold: Option<Fold>,
    /// Steps that its training may take.
    steps: Option<u64>,
}

impl<'a> JobKeys<'a> {
    pub fn of(job: &Job<'a>, number: usize, plan: &'a StudyPlan) -> Self {
        let run = match job {
            Job::Trial(trial) => Some(&trial.run),
            Job::Train(run) => Some(*run),
            Job::Change(change) => plan.runs.get(change.run),
            Job::Probe(_) | Job::Pair(_) | Job::Map(_) => None,
        };
        let probe = match job {
            Job::Probe(probe) => Some(probe),
            _ => None,
        };
        let only = probe.and_then(|probe| match probe.seeds.as_slice() {
            [seed] => Some(*seed),
            _ => None,
        });
        let label = probe.map(|probe| probe.label.as_str());
        Self {
            job: job.id(),
            number,
            kind: job.kind().name(),
            name: job.describe(plan),
            arm: run.map(|run| run.label.as_str()).or(label),
            seed: run.map(|run| run.seed).or(only),
            fold: run.and_then(|run| run.fold),
            steps: job.trains().map(|run| run.train.max_steps),
        }
    }
}

/// Who else works on a job.
pub(crate) fn elsewhere<'a>(job: JobKeys<'a>, owner: Option<&'a Owner>) -> Told<'a> {
    Told::JobElsewhere {
        job,
        host: owner.map(|owner| owner.host.as_str()),
        pid: owner.map(|owner| owner.pid),
    }
}
