//! A study in a few words and numbers.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::finder::StudyKey;
use crate::job_row::JobRow;
use crate::job_state::JobState;
use crate::outline::JobKind;

/// How a study stands as a whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum StudyState {
    /// Somebody works on it.
    Running,
    /// Some of it is done, and nobody works on it.
    Paused,
    /// Nothing of it is done.
    ToDo,
    /// Every job is done.
    Done,
    /// Every job ended, and some failed.
    DoneWithFailures,
    /// Its plan cannot be read.
    Unreadable,
    /// Nobody has looked yet.
    #[default]
    Unread,
}

impl StudyState {
    /// Its words.
    pub fn word(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Paused => "nobody works on it",
            Self::ToDo => "to do",
            Self::Done => "done",
            Self::DoneWithFailures => "done, with failures",
            Self::Unreadable => "not readable",
            Self::Unread => "being read",
        }
    }

    /// Of jobs that stand so.
    pub fn of(counts: &Counts) -> Self {
        let count = |state| counts.of(state);
        match () {
            () if count(JobState::Running) > 0 => Self::Running,
            () if count(JobState::Unread) > 0 => Self::Unread,
            () if count(JobState::ToDo) + count(JobState::Begun) == 0 => {
                match count(JobState::Failed) {
                    0 => Self::Done,
                    _ => Self::DoneWithFailures,
                }
            }
            () if count(JobState::Done) + count(JobState::Failed) + count(JobState::Begun) > 0 => {
                Self::Paused
            }
            () => Self::ToDo,
        }
    }
}

/// Jobs by how they stand.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Counts(BTreeMap<JobState, usize>);

impl Counts {
    /// Of these jobs.
    pub fn new<'a>(rows: impl IntoIterator<Item = &'a JobRow>) -> Self {
        let mut counts = BTreeMap::new();
        for row in rows {
            *counts.entry(row.state).or_insert(0) += 1;
        }
        Self(counts)
    }

    /// Jobs that stand so.
    pub fn of(&self, state: JobState) -> usize {
        self.0.get(&state).copied().unwrap_or(0)
    }

    /// All jobs.
    pub fn total(&self) -> usize {
        self.0.values().sum()
    }
}

/// A study in a few words and numbers.
#[derive(Clone, Debug, Serialize)]
pub struct Summary {
    /// What it is called by those who ask.
    pub key: StudyKey,
    /// Its path below the folder that was searched.
    pub name: String,
    /// The question.
    pub title: String,
    /// Name of the data.
    pub data: String,
    /// How it stands.
    pub state: StudyState,
    /// Its jobs by how they stand.
    pub counts: Counts,
    /// All its jobs.
    pub total: usize,
    /// Cells of the grid.
    pub arms: usize,
    /// Whether seeds are added until all is decided, so that not every job may be wanted.
    pub is_sequential: bool,
    /// When a file of it last changed, in seconds since 1970 by the file server's clock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changed_at: Option<u64>,
    /// Seconds of work left at the pace so far, with as many jobs at once as now; none where nobody
    /// works on it or nothing is known of the pace.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seconds_left: Option<f64>,
    /// Why it cannot be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    /// Seconds for which its file server has not answered, where that is long.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub silent_for: Option<u64>,
    /// Whether every job was looked at.
    pub is_read: bool,
    /// Grows with every change.
    pub revision: u64,
    /// Grows with every record that comes or goes: when the report would be another.
    pub records: u64,
}

/// Seconds of work left, of jobs that stand as `rows` do. A job of an arm takes as long as those of
/// it that are done; of an arm without one, as long as jobs take on average.
pub(crate) fn seconds_left<'a>(rows: impl Iterator<Item = &'a JobRow> + Clone) -> Option<f64> {
    let trains = |row: &&JobRow| matches!(row.kind, JobKind::Train | JobKind::Tune);
    let mut of_arms: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
    let mut all = (0.0, 0.0);
    for row in rows.clone().filter(trains) {
        let work = row.work.as_deref();
        let going = work.and_then(|work| Some(row.steps? as f64 / work.steps_per_second?));
        let Some(seconds) = row.seconds.map(f64::from).or(going) else {
            continue;
        };
        for sum in [of_arms.entry(&*row.arm).or_default(), &mut all] {
            *sum = (sum.0 + seconds, sum.1 + 1.0);
        }
    }
    let mean = |sum: (f64, f64)| (sum.1 > 0.0).then(|| sum.0 / sum.1);
    let mut workers = 0.0;
    let mut left = 0.0;
    for row in rows.filter(trains) {
        let whole = || of_arms.get(&*row.arm).copied().and_then(mean).or(mean(all));
        let share = |row: &JobRow| {
            let (step, steps) = (row.step.unwrap_or(0), row.steps.unwrap_or(1).max(1));
            1.0 - (step as f64 / steps as f64).min(1.0)
        };
        match row.state {
            JobState::Running => {
                workers += 1.0;
                let known = row.work.as_ref().and_then(|work| work.seconds_left);
                left += known.or_else(|| Some(whole()? * share(row)))?;
            }
            JobState::Begun => left += whole()? * share(row),
            JobState::ToDo => left += whole()?,
            JobState::Done | JobState::Failed | JobState::Unread => {}
        }
    }
    (workers > 0.0).then(|| left / workers)
}
