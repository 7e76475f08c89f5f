//! A run or trial as it is mirrored.

use std::path::Path;
use std::time::UNIX_EPOCH;

use durable::{FileError, JsonLog};
use record::names::{ERROR, METRICS, RUN_RESULT, RUN_SPEC, TIMING};
use record::{Evaluation, FinishedRun, JobDirectory, JobKind, RecordError, RunResult, RunTiming};
use study::RunSpec;

/// Largest log of a run that is not done, in bytes.
const LIMIT: u64 = 256 << 20;

/// How a run stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Its result is there.
    Done,
    /// It failed, and would fail again.
    Failed,
    /// It has evaluations, and no record yet.
    Begun,
    /// Nothing of it is there.
    ToDo,
}

impl Standing {
    /// Its word.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Begun => "begun",
            Self::ToDo => "to do",
        }
    }
}

/// A run or trial as it is mirrored.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct MirroredRun {
    /// Whether it is reported on (`Train`) or chosen by (`Tune`).
    pub(crate) kind: JobKind,
    /// What it is: its own record of it where it has begun, which knows what trials chose.
    pub(crate) spec: RunSpec,
    /// How it stands.
    pub(crate) standing: Standing,
    /// Evaluations on the validation partition, by step.
    pub(crate) evaluations: Vec<Evaluation>,
    /// Test metrics, where it is done.
    pub(crate) result: Option<RunResult>,
    /// How long it took, where it is done.
    pub(crate) timing: Option<RunTiming>,
    /// Why it failed.
    pub(crate) error: Option<String>,
    /// When it began and when it was last evaluated, in seconds since 1970.
    pub(crate) times: [f64; 2],
}

impl MirroredRun {
    /// The run of `planned` in `place`.
    pub(crate) fn read(
        kind: JobKind,
        planned: &RunSpec,
        place: &JobDirectory,
    ) -> Result<Self, RecordError> {
        let folder = place.path();
        let mut run = Self {
            kind,
            spec: planned.clone(),
            standing: Standing::ToDo,
            evaluations: Vec::new(),
            result: None,
            timing: None,
            error: None,
            times: [0.0; 2],
        };
        if let Some(finished) = FinishedRun::open(place, &planned.id)? {
            run.standing = Standing::Done;
            run.spec = finished.spec()?;
            run.evaluations = finished.curve()?;
            run.timing = finished.timing().ok();
            run.result = Some(finished.result);
        } else {
            if let Some(begun) = RUN_SPEC.read(folder)? {
                run.spec = begun;
            }
            run.evaluations = log(&METRICS.path(folder))?;
            if let Some(failed) = ERROR.read(folder)? {
                run.standing = Standing::Failed;
                run.error = Some(failed.value.error);
            } else if !run.evaluations.is_empty() {
                run.standing = Standing::Begun;
            }
        }
        // Names are the plan's: they are no part of a record's identity.
        run.spec.label.clone_from(&planned.label);
        run.spec.arm = planned.arm;
        let last = modified(&METRICS.path(folder)).or_else(|| modified(&ERROR.path(folder)));
        let last = last.unwrap_or(0.0);
        let took = run.timing.as_ref().map(|timing| last - timing.seconds);
        let first = modified(&RUN_SPEC.path(folder)).or(took).unwrap_or(last);
        run.times = [first.min(last), last];
        Ok(run)
    }

    /// When the evaluation at `step` was made, in seconds since 1970: records hold no such time, so
    /// the steps are taken to have come evenly from the start to the last evaluation.
    pub(crate) fn time(&self, step: u64) -> f64 {
        let last = self.evaluations.last().map_or(0, |last| last.step);
        match last {
            0 => self.times[1],
            last => {
                let share = step.min(last) as f64 / last as f64;
                self.times[0] + share * (self.times[1] - self.times[0])
            }
        }
    }

    /// Seconds of training and evaluation, where it is done.
    pub(crate) fn seconds(&self) -> Option<f64> {
        self.timing.as_ref().map(|timing| timing.seconds)
    }

    /// Every number of an evaluation, by the name that tools show.
    pub(crate) fn scalars(evaluation: &Evaluation) -> impl Iterator<Item = (&'static str, f64)> {
        let all = [
            ("train/loss", evaluation.train_loss),
            ("validation/loss", Some(evaluation.validation_loss)),
            ("validation/auc", Some(evaluation.validation_auc)),
            ("train/learning_rate", Some(evaluation.lr)),
        ];
        let known = all
            .into_iter()
            .filter_map(|(name, value)| Some((name, value?)));
        known.filter(|(_, value)| value.is_finite())
    }

    /// Every test metric, by the name that tools show; none until it is done.
    pub(crate) fn test_metrics(&self) -> Vec<(String, f64)> {
        let Some(result) = &self.result else {
            return Vec::new();
        };
        let mut metrics = vec![("best/validation_auc".to_string(), result.validation_auc)];
        let sets = result
            .test_sets
            .iter()
            .map(|(name, set)| (name.as_str(), set));
        for (place, (name, set)) in [("", &result.test)].into_iter().chain(sets).enumerate() {
            // A name of the data may hold what tools refuse.
            let part = match place {
                0 => "test".to_string(),
                place => format!("test-{place}-{}", crate::cell::plain(name, 60)),
            };
            if let Some(auc) = set.auc {
                for (key, value) in [
                    ("auc", auc.value),
                    ("auc_low", auc.low),
                    ("auc_high", auc.high),
                ] {
                    metrics.push((format!("{part}/{key}"), value));
                }
            }
            for metric in &record::metrics::METRICS {
                if let Some(value) = set.metrics.get(metric) {
                    metrics.push((format!("{part}/{}", metric.id), value));
                }
            }
        }
        metrics.retain(|(_, value)| value.is_finite());
        metrics
    }
}

/// When the file that says how the run ended was written, and its bytes: another of these, another
/// record.
pub(crate) fn stamp(place: &JobDirectory) -> Option<(f64, u64)> {
    let of = |path: &Path| Some((modified(path)?, path.metadata().ok()?.len()));
    of(&place.file(RUN_RESULT)).map(|(written, bytes)| {
        // The times come after the result.
        let timing = modified(&place.file(TIMING)).unwrap_or(0.0);
        (written.max(timing), bytes)
    })
}

/// When a file was changed, in seconds since 1970.
pub(crate) fn modified(path: &Path) -> Option<f64> {
    let time = path.metadata().ok()?.modified().ok()?;
    Some(time.duration_since(UNIX_EPOCH).ok()?.as_secs_f64())
}

/// The evaluations of a run that is not done; a torn last line is left for later.
fn log(path: &Path) -> Result<Vec<Evaluation>, FileError> {
    match outside::read(path, LIMIT) {
        Ok(bytes) => JsonLog::new(path.into()).parse(&bytes),
        Err(outside::ReadError::Io(e)) if e.kind() == std::io::ErrorKind::NotFound => Ok(vec![]),
        Err(error) => Err(FileError::io("read", path)(error.into())),
    }
}
