//! `status`: how far a study is, and who works on it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;
use comparison::{Wanted, wanted};
use durable::JsonLog;
use durable::claims::{Holder, Liveness};
use record::names::{METRICS, RUN_SPEC};
use record::{Evaluation, Job, JobKind, JobState, StudyDirectory};
use serde::Serialize;
use study::StudyPlan;
use transfusion::terminal::one_line;

use super::exit::Exit;
use super::interrupt;
use super::output::print_json;
use super::table::{counted, table};

/// Show how far a study is
#[derive(Debug, Args)]
pub struct Status {
    /// Directory of the study
    study: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// Stay, and show on the terminal how it goes on; q leaves
    #[arg(long, conflicts_with = "json")]
    watch: bool,
}

/// How a job stands, for the user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
enum State {
    Done,
    Running,
    /// It has begun, and nobody works on it.
    Begun,
    Failed,
    /// It can be done.
    Planned,
    /// Runs or trials that it needs have not ended.
    Waiting,
    /// All is decided without it, or more seeds are not expected to decide it.
    Unneeded,
}

impl State {
    fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Running => "running",
            Self::Begun => "begun",
            Self::Failed => "failed",
            Self::Planned => "planned",
            Self::Waiting => "waiting",
            Self::Unneeded => "unneeded",
        }
    }
}

#[derive(Serialize)]
struct Row {
    /// Number of the job, from 0, as `run --job` takes it.
    number: usize,
    /// `probe`, `tune`, `train` or `analyse`.
    kind: &'static str,
    /// Names its record.
    id: String,
    /// What it is about.
    what: String,
    /// Seeds that it holds for: several where a probe is the same for them; none for an analysis.
    #[serde(skip_serializing_if = "Option::is_none")]
    seeds: Option<usize>,
    state: State,
    /// Who works on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<String>,
    /// Since when, in seconds since 1970 by the worker's clock.
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<u64>,
    /// Step of a run's last evaluation.
    #[serde(skip_serializing_if = "Option::is_none")]
    step: Option<u64>,
    /// Steps that a run may take.
    #[serde(skip_serializing_if = "Option::is_none")]
    steps: Option<u64>,
    /// Validation AUC of a run's last evaluation.
    #[serde(skip_serializing_if = "Option::is_none")]
    validation_auc: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// How a study stands whose seeds are added until all is decided.
#[derive(Serialize)]
struct Looks {
    /// Up to the next look, or to the last one.
    seeds: usize,
    /// Whether no look is left to take.
    stopped: bool,
}

#[derive(Serialize)]
struct Whole {
    title: String,
    /// Jobs of the plan by state.
    counts: BTreeMap<&'static str, usize>,
    jobs: Vec<Row>,
    /// Where seeds are added until all is decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    looks: Option<Looks>,
    /// Records of earlier plans.
    superseded: Vec<PathBuf>,
}

impl Status {
    pub fn run(self) -> anyhow::Result<Exit> {
        let directory = StudyDirectory::new(self.study);
        let plan = directory.plan()?;
        if self.watch {
            let visible = |text: &str| one_line(text).into_owned();
            watch::watch(directory.path(), &interrupt::quiet_flag(), visible)?;
            return Ok(Exit::Done);
        }
        let holders = directory.holders()?;
        let jobs = Job::all(&plan);
        let wanted = wanted(&directory, &plan)?;
        let rows = jobs.iter().enumerate();
        let mut rows = rows
            .map(|(number, job)| Row::of(number, job, &plan, &directory, &holders))
            .collect::<Result<Vec<_>, _>>()?;
        if let Some(Wanted {
            seeds,
            is_over: true,
        }) = wanted
        {
            for (row, job) in rows.iter_mut().zip(&jobs) {
                row.tell_unneeded(job.is_of_seeds_below(seeds as u64, &plan));
            }
        }
        let mut counts = BTreeMap::new();
        for row in &rows {
            *counts.entry(row.state.name()).or_insert(0) += 1;
        }
        let exit = match counts.contains_key(State::Failed.name()) {
            true => Exit::Findings,
            false => Exit::Done,
        };
        let whole = Whole {
            title: plan.title.clone(),
            looks: wanted.map(|wanted| Looks {
                seeds: wanted.seeds,
                stopped: wanted.is_over,
            }),
            counts,
            superseded: directory.superseded()?.all().cloned().collect(),
            jobs: rows,
        };
        match self.json {
            true => print_json(&whole)?,
            false => whole.print()?,
        }
        Ok(exit)
    }
}

impl Whole {
    fn print(&self) -> anyhow::Result<()> {
        for kind in JobKind::ALL {
            let of_kind = |row: &&Row| row.kind == kind.name();
            let rows: Vec<&Row> = self.jobs.iter().filter(of_kind).collect();
            if rows.is_empty() {
                continue;
            }
            let header = [
                "job",
                "name",
                kind.name(),
                "state",
                "step",
                "validation AUC",
            ];
            let columns = match kind {
                JobKind::Tune | JobKind::Train => header.len(),
                JobKind::Probe | JobKind::Analyse => 4,
            };
            let cells = rows.iter().map(|row| row.cells()[..columns].to_vec());
            output!("{}\n", table(&header[..columns], 4, cells));
        }
        for kind in JobKind::ALL {
            let of_kind = |row: &&Row| row.kind == kind.name();
            let rows: Vec<&Row> = self.jobs.iter().filter(of_kind).collect();
            match (kind, rows.is_empty()) {
                (JobKind::Train, true) => output!("{}: nothing is trained", self.title),
                (JobKind::Probe | JobKind::Tune | JobKind::Analyse, true) => {}
                (JobKind::Tune, false) => output!("{}: {}", self.title, tally(&rows, "trials")),
                (JobKind::Train, false) => output!("{}: {}", self.title, tally(&rows, "runs")),
                (JobKind::Probe, false) => output!("{}: {}", self.title, tally(&rows, "probes")),
                (JobKind::Analyse, false) => output!("analysis: {}", tally(&rows, "parts")),
            }
        }
        match &self.looks {
            Some(looks) if looks.stopped => output!("stopped after {} seeds", looks.seeds),
            Some(looks) => output!("next look after {} seeds", looks.seeds),
            None => {}
        }
        if !self.superseded.is_empty() {
            output!(
                "{} of earlier plans no longer belong to it (transfusion prune removes them)",
                counted(self.superseded.len(), "record")
            );
        }
        Ok(())
    }
}

impl Row {
    fn of(
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
            since: holder.and_then(|h| h.since),
            step: last.as_ref().map(|e| e.step),
            steps,
            validation_auc: last.map(|e| e.validation_auc),
            error,
        })
    }

    /// A job that has not begun and is not wanted any more is told as such.
    fn tell_unneeded(&mut self, is_wanted: bool) {
        if !is_wanted && matches!(self.state, State::Planned | State::Waiting) {
            self.state = State::Unneeded;
        }
    }

    fn cells(&self) -> Vec<String> {
        let state = match (&self.error, &self.by) {
            (Some(error), _) => format!("failed: {error}"),
            (None, Some(by)) => match self.since {
                Some(since) => format!("running: {by}, {}", ago(since)),
                None => format!("running: {by}"),
            },
            (None, None) => self.state.name().into(),
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

/// `3 of 4 runs done, 0 failed, 1 running`.
fn tally(rows: &[&Row], what: &str) -> String {
    let count = |state: State| rows.iter().filter(|row| row.state == state).count();
    let others = [
        State::Running,
        State::Begun,
        State::Planned,
        State::Waiting,
        State::Unneeded,
    ];
    let others = others.into_iter().filter(|state| count(*state) > 0);
    let others: Vec<_> = others
        .map(|state| format!(", {} {}", count(state), state.name()))
        .collect();
    format!(
        "{} of {} {what} done, {} failed{}",
        count(State::Done),
        rows.len(),
        count(State::Failed),
        others.concat()
    )
}

/// How long since a time in seconds since 1970, by this machine's clock.
fn ago(since: u64) -> String {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let seconds = now.map_or(0, |now| now.as_secs()).saturating_sub(since);
    format!("for {}", super::table::duration(seconds as f64))
}
