//! `metrics.jsonl`: one line per evaluation.

use std::path::PathBuf;

use durable::JsonLog;
use serde::{Deserialize, Serialize};

use crate::study::StudyError;

/// One evaluation on the validation partition.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evaluation {
    /// Training steps taken.
    pub step: u64,
    /// Training pictures seen, repeats counted.
    pub images: u64,
    /// Learning rate of the last step.
    pub lr: f64,
    /// Mean training loss since the previous evaluation; none before the first step.
    pub train_loss: Option<f64>,
    /// Headline AUC on the validation partition.
    pub validation_auc: f64,
    /// Mean negative log likelihood on the validation partition, in nats.
    pub validation_loss: f64,
}

/// The log of a run.
#[derive(Debug)]
pub struct MetricsLog {
    log: JsonLog<Evaluation>,
}

impl MetricsLog {
    /// The log at `path`, which may not exist yet.
    pub fn new(path: PathBuf) -> Self {
        Self {
            log: JsonLog::new(path),
        }
    }

    /// Every whole line; a torn last line is ignored.
    pub fn read(&self) -> Result<Vec<Evaluation>, StudyError> {
        Ok(self.log.read()?)
    }

    /// Forgets evaluations after `step`, which a resumed run makes again.
    pub fn truncate(&self, step: Option<u64>) -> Result<(), StudyError> {
        Ok(self.log.retain(|e| Some(e.step) <= step)?)
    }

    /// Adds a line and sees it to the disk.
    pub fn append(&self, evaluation: &Evaluation) -> Result<(), StudyError> {
        Ok(self.log.append(evaluation)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn evaluation(step: u64) -> Evaluation {
        Evaluation {
            step,
            images: 32 * step,
            lr: 1e-3,
            train_loss: (step > 0).then_some(0.1 + step as f64 / 3.0),
            validation_auc: 0.5,
            validation_loss: 1.6,
        }
    }

    #[test]
    fn a_torn_line_is_ignored_and_a_resumed_run_writes_it_again() {
        let directory = tempfile::tempdir().unwrap();
        let log = MetricsLog::new(directory.path().join("metrics.jsonl"));
        for step in [0, 10, 20] {
            log.append(&evaluation(step)).unwrap();
        }
        let whole = std::fs::read(log.log.path()).unwrap();
        std::fs::write(log.log.path(), &whole[..whole.len() - 7]).unwrap();
        assert_eq!(log.read().unwrap(), [evaluation(0), evaluation(10)]);
        log.truncate(Some(10)).unwrap();
        log.append(&evaluation(20)).unwrap();
        assert_eq!(std::fs::read(log.log.path()).unwrap(), whole);
        log.truncate(None).unwrap();
        assert!(log.read().unwrap().is_empty());
    }
}
