//! One job of a study: its row, and how far its files were read.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use durable::claims::Holder;
use record::names::{ERROR, METRICS, RUN_RESULT, TIMING};
use record::{Evaluation, Pulse, StudyDirectory};
use serde::Deserialize;

use crate::clip::clip;
use crate::error::LiveError;
use crate::files::{Stamp, read_json};
use crate::job_row::{AtWork, JobRow};
use crate::job_state::JobState;
use crate::outline::{JobKind, JobOutline};
use crate::sparkline::Sparkline;
use crate::tail::Tail;

/// Largest small file that is read, in bytes.
const LIMIT: u64 = 1 << 20;
/// Letters of an error or of a line that are told in a row.
const LETTERS: usize = 300;

/// One job of a study: its row, and how far its files were read.
pub(crate) struct Tracked {
    pub(crate) row: Arc<JobRow>,
    tail: Tail,
    /// Of `result.json`, or of `error.json`.
    record: Option<Stamp>,
    pulse: Option<Stamp>,
}

/// Where the files of a job are.
pub(crate) struct JobFiles {
    folder: PathBuf,
    result: PathBuf,
    error: PathBuf,
    pulse: PathBuf,
}

impl JobFiles {
    pub(crate) fn new(directory: &StudyDirectory, kind: JobKind, id: &str) -> Self {
        let all = directory.path().join(kind_folder(kind));
        let folder = all.join(id);
        let (result, error) = match kind {
            JobKind::Analyse => (
                all.join(format!("{id}.json")),
                all.join(format!("{id}.error.json")),
            ),
            JobKind::Probe | JobKind::Tune | JobKind::Train => {
                (RUN_RESULT.path(&folder), ERROR.path(&folder))
            }
        };
        Self {
            pulse: directory.pulse_file(id),
            folder,
            result,
            error,
        }
    }

    pub(crate) fn metrics(&self) -> PathBuf {
        METRICS.path(&self.folder)
    }

    pub(crate) fn timing(&self) -> PathBuf {
        TIMING.path(&self.folder)
    }

    /// What the job is doing; none where nobody says.
    pub(crate) fn pulse(&self) -> Option<Pulse> {
        read_json(&self.pulse, LIMIT).ok()
    }

    pub(crate) fn error(&self) -> Result<String, LiveError> {
        #[derive(Deserialize)]
        struct Written {
            error: String,
        }
        Ok(read_json::<Written>(&self.error, LIMIT)?.error)
    }
}

fn kind_folder(kind: JobKind) -> &'static str {
    match kind {
        JobKind::Probe => "probes",
        JobKind::Tune => "trials",
        JobKind::Train => "runs",
        JobKind::Analyse => "analysis",
    }
}

impl Tracked {
    pub(crate) fn new(number: usize, job: &JobOutline) -> Self {
        let row = JobRow {
            number,
            kind: job.kind,
            id: job.id.as_str().into(),
            what: job.what.as_str().into(),
            arm: job.arm.as_str().into(),
            state: JobState::Unread,
            step: None,
            steps: job.steps,
            auc: None,
            best_auc: None,
            loss: None,
            lr: None,
            curve: Sparkline::default(),
            seconds: None,
            work: None,
            error: None,
            changed: 0,
        };
        Self {
            row: Arc::new(row),
            tail: Tail::default(),
            record: None,
            pulse: None,
        }
    }

    /// Looks at its files. Where anything changed, the row is another, of this revision.
    pub(crate) fn look(
        &mut self,
        directory: &StudyDirectory,
        holder: Option<&Holder>,
        revision: u64,
    ) -> Result<bool, LiveError> {
        let files = JobFiles::new(directory, self.row.kind, &self.row.id);
        let (record, ended) = match Stamp::of(&files.result)? {
            Some(stamp) => (Some(stamp), Some(JobState::Done)),
            None => {
                let stamp = Stamp::of(&files.error)?;
                (stamp, stamp.map(|_| JobState::Failed))
            }
        };
        if ended == Some(self.row.state) && record == self.record {
            return Ok(false);
        }
        let mut row = JobRow::clone(&self.row);
        let trains = matches!(row.kind, JobKind::Train | JobKind::Tune);
        if trains {
            let appended = self.tail.look(&files.metrics())?;
            if appended.is_anew {
                row.forget();
            }
            appended.evaluations.iter().for_each(|e| row.evaluated(e));
        }
        match ended {
            Some(state) => row.end(state, &files),
            None => self.at_work(&mut row, &files, holder)?,
        }
        self.record = record;
        if row == *self.row {
            return Ok(false);
        }
        row.changed = revision;
        self.row = Arc::new(row);
        Ok(true)
    }

    /// What is known of a job without a record.
    fn at_work(
        &mut self,
        row: &mut JobRow,
        files: &JobFiles,
        holder: Option<&Holder>,
    ) -> Result<(), LiveError> {
        (row.error, row.seconds) = (None, None);
        let stamp = Stamp::of(&files.pulse)?;
        let Some(holder) = holder else {
            let has_begun = row.auc.is_some() || stamp.is_some();
            row.state = match has_begun {
                true => JobState::Begun,
                false => JobState::ToDo,
            };
            (row.work, self.pulse) = (None, None);
            return Ok(());
        };
        if row.state != JobState::Running || stamp != self.pulse {
            let pulse = stamp.and_then(|_| files.pulse());
            row.worked_on(holder, pulse.as_ref());
            self.pulse = stamp;
        }
        Ok(())
    }

    /// When its files last changed.
    pub(crate) fn touched(&self) -> Option<SystemTime> {
        let stamps = [self.tail.stamp(), self.record, self.pulse];
        stamps
            .into_iter()
            .flatten()
            .filter_map(|s| s.modified)
            .max()
    }
}

impl JobRow {
    /// Nothing of the evaluations so far holds.
    fn forget(&mut self) {
        (self.auc, self.best_auc, self.loss, self.lr) = (None, None, None, None);
        self.step = None;
        self.curve = Sparkline::default();
    }

    fn evaluated(&mut self, evaluation: &Evaluation) {
        let auc = evaluation.validation_auc as f32;
        self.auc = Some(auc);
        self.best_auc = Some(self.best_auc.map_or(auc, |best| best.max(auc)));
        self.loss = Some(evaluation.validation_loss as f32);
        self.lr = Some(evaluation.lr as f32);
        self.step = Some(evaluation.step.max(self.step.unwrap_or(0)));
        self.curve.push(evaluation.step, evaluation.validation_auc);
    }

    fn end(&mut self, state: JobState, files: &JobFiles) {
        (self.state, self.work) = (state, None);
        #[derive(Deserialize)]
        struct Written {
            seconds: f32,
        }
        let timing: Option<Written> = match (state, self.kind) {
            (JobState::Done, JobKind::Train | JobKind::Tune) => {
                read_json(&files.timing(), LIMIT).ok()
            }
            _ => None,
        };
        self.seconds = timing.map(|timing| timing.seconds);
        self.error = match state {
            JobState::Failed => {
                let error = files.error().unwrap_or_else(|e| e.to_string());
                Some(clip(&error, LETTERS).into())
            }
            _ => None,
        };
    }

    fn worked_on(&mut self, holder: &Holder, pulse: Option<&Pulse>) {
        self.state = JobState::Running;
        let owner = holder.owner.as_ref();
        let mut work = AtWork {
            host: owner.map(|owner| clip(&owner.host, LETTERS)),
            process: owner.map(|owner| owner.pid),
            since: holder.since,
            ..AtWork::default()
        };
        // One of another owner is what a dead one left.
        if let Some(pulse) = pulse.filter(|pulse| owner == Some(&pulse.owner)) {
            self.step = pulse.step.max(self.step);
            self.steps = pulse.steps.or(self.steps);
            work.device = pulse.device.as_deref().map(|device| clip(device, LETTERS));
            work.task = pulse.task.as_deref().map(|task| clip(task, LETTERS));
            work.memory_mib = pulse.memory_mib;
            work.steps_per_second = pulse.steps_per_second.filter(|rate| *rate > 0.0);
            work.seconds_left = work.steps_per_second.and_then(|rate| {
                let left = self.steps?.saturating_sub(self.step?);
                Some(left as f64 / rate)
            });
            work.line = pulse.lines.last().map(|line| clip(&line.text, LETTERS));
        }
        self.work = Some(Box::new(work));
    }
}

/// The evaluations of a run, from the first on.
pub(crate) fn evaluations(path: &Path) -> Result<Vec<Evaluation>, LiveError> {
    let mut tail = Tail::default();
    Ok(tail.look(path)?.evaluations)
}
