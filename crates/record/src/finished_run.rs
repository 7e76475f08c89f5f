//! A run or trial that is done: every byte that is read of it is held against its record.

use std::path::PathBuf;

use durable::{FileError, FileName, JsonLog, Manifest};
use initialisation::MatchReport;
use networks::Weights;
use serde::de::DeserializeOwned;
use study::{RunSpec, Split, StudyPlan};

use crate::directory::JobDirectory;
use crate::error::RecordError;
use crate::evaluation::Evaluation;
use crate::names::{MATCHES, METRICS, PREDICTIONS, RUN_RESULT, RUN_SPEC, TIMING};
use crate::prediction_table::PredictionTable;
use crate::result::{RunResult, RunTiming};

/// A run or trial with a result.
#[derive(Clone, Debug)]
pub struct FinishedRun {
    /// Its `result.json`.
    pub result: RunResult,
    files: Manifest,
    path: PathBuf,
}

impl FinishedRun {
    /// The run of identity `id` in `place`, if it has a result.
    pub fn open(place: &JobDirectory, id: &str) -> Result<Option<Self>, RecordError> {
        match Self::open_any(place)? {
            Some(run) if run.result.id != id => Err(run.damaged(
                RUN_RESULT.into(),
                format!(
                    "expected the record of {id}, found that of {}",
                    run.result.id
                ),
            )),
            run => Ok(run),
        }
    }

    /// Whatever run lies in `place`, as a copy of one may anywhere.
    pub fn open_any(place: &JobDirectory) -> Result<Option<Self>, RecordError> {
        let sealed = RUN_RESULT.read(place.path())?;
        Ok(sealed.map(|sealed| Self {
            files: sealed.files,
            result: sealed.value,
            path: place.path().into(),
        }))
    }

    /// Every file that belongs to it.
    pub fn files(&self) -> &Manifest {
        &self.files
    }

    /// What it was, as it began.
    pub fn spec(&self) -> Result<RunSpec, RecordError> {
        let spec = self.json(RUN_SPEC.into())?;
        spec.ok_or_else(|| self.damaged(RUN_SPEC.into(), "the record names no such file".into()))
    }

    /// Its predictions, of the study of `plan`.
    pub fn predictions(&self, plan: &StudyPlan) -> Result<PredictionTable, RecordError> {
        let (task, classes) = (plan.data.task, plan.data.described.classes.len());
        Ok(PredictionTable::read(
            &self.files,
            &self.path,
            PREDICTIONS.name(),
            task,
            classes,
        )?)
    }

    /// Its evaluations, from the first on.
    pub fn curve(&self) -> Result<Vec<Evaluation>, RecordError> {
        let bytes = self.files.read(&self.path, METRICS.name())?;
        Ok(JsonLog::new(METRICS.path(&self.path)).parse(&bytes)?)
    }

    /// What became of every tensor before training; none where it was not written.
    pub fn matches(&self) -> Result<Option<MatchReport>, RecordError> {
        self.json(MATCHES.into())
    }

    /// How long it took.
    pub fn timing(&self) -> Result<RunTiming, RecordError> {
        let id = &self.result.id;
        match TIMING.read(&self.path)? {
            Some(timing) if timing.id == *id => Ok(timing.value),
            Some(timing) => Err(self.damaged(
                TIMING.into(),
                format!("expected the times of {id}, found those of {}", timing.id),
            )),
            None => Err(self.damaged(
                TIMING.into(),
                format!("expected the times of {id}, found no file"),
            )),
        }
    }

    /// The tensors of one of its files.
    pub fn weights(&self, name: FileName) -> Result<Weights, RecordError> {
        let bytes = self.files.read(&self.path, name.name())?;
        let read = Weights::from_bytes(&bytes, &name.path(&self.path));
        Ok(read.map_err(|e| self.damaged(name, e.to_string()))?.weights)
    }

    /// Holds what it holds against what it has to hold: predictions of every picture of `split`,
    /// and evaluations at every step that asks for one.
    pub fn check(&self, plan: &StudyPlan, split: &Split) -> Result<(), RecordError> {
        self.predictions(plan)?.check(split)?;
        let curve = self.curve()?;
        let steps: Vec<u64> = curve.iter().map(|evaluation| evaluation.step).collect();
        let (train, last) = (self.spec()?.train, self.result.test.steps);
        let mut asked = (0..=last).filter(|step| train.evaluates_at(*step));
        if !steps.is_sorted_by(|a, b| a < b) || !asked.all(|step| steps.contains(&step)) {
            return Err(self.damaged(
                METRICS,
                format!("expected an evaluation at every step that asks for one, up to {last}"),
            ));
        }
        let best = self.result.test.best_step;
        let found = curve.iter().find(|evaluation| evaluation.step == best);
        match found.is_some_and(|best| best.validation_auc == self.result.validation_auc) {
            true => Ok(()),
            false => Err(self.damaged(
                METRICS,
                format!(
                    "expected validation AUC {} at step {best}",
                    self.result.validation_auc
                ),
            )),
        }
    }

    fn json<T: DeserializeOwned>(&self, name: FileName) -> Result<Option<T>, RecordError> {
        if !self.files.has(name) {
            return Ok(None);
        }
        let bytes = self.files.read(&self.path, name.name())?;
        let read = serde_json::from_slice(&bytes);
        Ok(Some(read.map_err(|e| self.damaged(name, e.to_string()))?))
    }

    fn damaged(&self, name: FileName, reason: String) -> RecordError {
        RecordError::File(FileError::Damaged {
            path: name.path(&self.path),
            reason,
        })
    }
}
