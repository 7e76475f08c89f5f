//! A job in a table.

use cluster::{Standing, Tasks};
use durable::JsonLog;
use durable::claims::{Holder, Liveness};
use record::names::{METRICS, RUN_SPEC};
use record::{Evaluation, Job, JobState, Pulse, StudyDirectory};
use serde::Serialize;
use study::StudyPlan;

use super::state::State;
use crate::cli::table::duration;

#[derive(Serialize)]
pub struct Row {
    /// Number of the job, from 0, as `run --job` takes it.
    pub number: usize,
    /// `probe`, `tune`, `train` or `analyse`.
    pub kind: &'static str,
    /// Names its record.
    pub id: String,
    /// What it is about.
    pub what: String,
    /// Seeds that it holds for: several where a probe is the same for them; none for an analysis.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seeds: Option<usize>,
    pub state: State,
    /// Who works on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// What the worker is to its scheduler, or who is to work on it, such as `Slurm 412_7`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task: Option<String>,
    /// What its scheduler says of it, such as `PENDING (Resources)`; only while nobody works on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waits: Option<String>,
    /// What it runs on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
    /// Since when, in seconds since 1970 by the worker's clock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<u64>,
    /// Step of a run's last evaluation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step: Option<u64>,
    /// Steps that a run may take.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub steps: Option<u64>,
    /// Validation AUC of a run's last evaluation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub validation_auc: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

impl Row {
    pub fn of(
        number: usize,
        job: &Job,
        plan: &StudyPlan,
        directory: &StudyDirectory,
        holders: &[Holder],
    ) -> anyhow::Result<Self> {
        let is_alive = |holder: &&Holder| {
            holder.name == job.id() && !matches!(holder.liveness, Liveness::Dead)
        };
        let holder = holders.iter().find(is_alive);
        let (mut last, mut steps) = (None, None);
        if let (Some(planned), Some(place)) = (job.trains(), job.training(directory)) {
            let log: JsonLog<Evaluation> = JsonLog::new(place.file(METRICS));
            last = log.read()?.pop();
            // A run whose trials chose may take fewer steps than its plan allows.
            let begun = match planned.tuning {
                Some(_) => RUN_SPEC.read(place.path())?,
                None => None,
            };
            steps = Some(begun.as_ref().unwrap_or(planned).train.max_steps);
        }
        let (state, error) = match job.state(plan, directory)? {
            JobState::Done => (State::Done, None),
            JobState::Failed(error) => (State::Failed, Some(error)),
            JobState::Ready | JobState::Waiting if holder.is_some() => (State::Running, None),
            JobState::Ready if last.is_some() => (State::Begun, None),
            JobState::Ready => (State::Planned, None),
            JobState::Waiting => (State::Waiting, None),
        };
        let holder = holder.filter(|_| state == State::Running);
        // One of another owner is what a dead one left.
        let own = |pulse: &Pulse| holder.and_then(|h| h.owner.as_ref()) == Some(&pulse.owner);
        let pulse = directory.pulse(job.id()).ok().flatten().filter(own);
        Ok(Self {
            number,
            kind: job.kind().name(),
            id: job.id().into(),
            what: job.describe(plan),
            seeds: match job {
                Job::Probe(probe) => Some(probe.seeds.len()),
                Job::Trial(_) | Job::Train(_) => Some(1),
                Job::Change(_) | Job::Pair(_) | Job::Map(_) => None,
            },
            state,
            by: holder
                .and_then(|h| h.owner.as_ref())
                .map(ToString::to_string),
            task: pulse.as_ref().and_then(|pulse| pulse.task.clone()),
            waits: None,
            device: pulse.and_then(|pulse| pulse.device),
            since: holder.and_then(|h| h.since),
            step: last.as_ref().map(|e| e.step),
            steps,
            validation_auc: last.map(|e| e.validation_auc),
            error,
        })
    }

    /// A job that nobody works on is with a scheduler, or was.
    pub fn tell_place(&mut self, tasks: &Tasks) {
        if !matches!(self.state, State::Planned | State::Begun | State::Waiting) {
            return;
        }
        let Some(place) = tasks.place(&self.id) else {
            return;
        };
        self.waits = place.standing.map(|standing| match standing {
            Some(Standing { state, reason, .. }) if reason.is_empty() => state,
            Some(Standing { state, reason, .. }) => format!("{state} ({reason})"),
            None => format!("is not with {} any more", place.scheduler),
        });
        self.task = Some(place.task);
    }

    /// A job that has not begun and is not wanted any more is told as such.
    pub fn tell_unneeded(&mut self, is_wanted: bool) {
        if !is_wanted && matches!(self.state, State::Planned | State::Waiting) {
            self.state = State::Unneeded;
        }
    }

    pub fn cells(&self) -> Vec<String> {
        let state = match (&self.error, &self.by) {
            (Some(error), _) => format!("failed: {error}"),
            (None, Some(by)) => {
                let since = self.since.map(ago);
                let told = [since, self.task.clone(), self.device.clone()];
                let told: String = told.iter().flatten().map(|it| format!(", {it}")).collect();
                format!("running: {by}{told}")
            }
            (None, None) => match (&self.task, &self.waits) {
                (Some(task), Some(waits)) => format!("{}: {task} {waits}", self.state.name()),
                (Some(task), None) => format!("{}: {task}", self.state.name()),
                (None, _) => self.state.name().into(),
            },
        };
        vec![
            self.number.to_string(),
            self.id.clone(),
            self.what.clone(),
            state,
            match (self.step, self.steps) {
                (Some(step), Some(steps)) => format!("{step}/{steps}"),
                _ => "–".into(),
            },
            self.validation_auc
                .map_or("–".into(), |a| format!("{a:.3}")),
        ]
    }
}

/// How long since a time in seconds since 1970, by this machine's clock.
fn ago(since: u64) -> String {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let seconds = now.map_or(0, |now| now.as_secs()).saturating_sub(since);
    format!("for {}", duration(seconds as f64))
}
