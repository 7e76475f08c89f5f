//! `metrics.jsonl`: one line per evaluation.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::file::write;
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
    path: PathBuf,
}

impl MetricsLog {
    /// The log at `path`, which may not exist yet.
    pub fn new(path: PathBuf) -> Self {
        Self { path }
    }

    /// Every whole line; a torn last line is ignored.
    pub fn read(&self) -> Result<Vec<Evaluation>, StudyError> {
        read(&self.path)
    }

    /// Forgets evaluations after `step`, which a resumed run makes again.
    pub fn truncate(&self, step: Option<u64>) -> Result<(), StudyError> {
        let kept: Vec<_> = self
            .read()?
            .into_iter()
            .filter(|e| Some(e.step) <= step)
            .collect();
        let mut text = Vec::new();
        for evaluation in &kept {
            text.extend(line(evaluation));
        }
        write(&self.path, &text)
    }

    /// Adds a line and sees it to the disk.
    pub fn append(&self, evaluation: &Evaluation) -> Result<(), StudyError> {
        let io = |source| StudyError::Io {
            action: "write",
            path: self.path.clone(),
            source,
        };
        let mut file = File::options()
            .create(true)
            .append(true)
            .open(&self.path)
            .map_err(io)?;
        file.write_all(&line(evaluation)).map_err(io)?;
        file.sync_data().map_err(io)
    }
}

fn line(evaluation: &Evaluation) -> Vec<u8> {
    let mut bytes = serde_json::to_vec(evaluation).expect("an evaluation is plain data");
    bytes.push(b'\n');
    bytes
}

fn read(path: &Path) -> Result<Vec<Evaluation>, StudyError> {
    let text = match std::fs::read_to_string(path) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        text => text.map_err(|source| StudyError::Io {
            action: "read",
            path: path.into(),
            source,
        })?,
    };
    let mut evaluations = Vec::new();
    for (number, line) in text.split_inclusive('\n').enumerate() {
        match serde_json::from_str(line) {
            Ok(evaluation) => evaluations.push(evaluation),
            Err(_) if !line.ends_with('\n') => break,
            Err(e) => {
                return Err(StudyError::Damaged {
                    path: path.into(),
                    reason: format!("line {}: {e}", number + 1),
                });
            }
        }
    }
    Ok(evaluations)
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
        let whole = std::fs::read(&log.path).unwrap();
        std::fs::write(&log.path, &whole[..whole.len() - 7]).unwrap();
        assert_eq!(log.read().unwrap(), [evaluation(0), evaluation(10)]);
        log.truncate(Some(10)).unwrap();
        log.append(&evaluation(20)).unwrap();
        assert_eq!(std::fs::read(&log.path).unwrap(), whole);
        log.truncate(None).unwrap();
        assert!(log.read().unwrap().is_empty());
    }

    #[test]
    fn a_damaged_line_in_the_middle_is_named() {
        let directory = tempfile::tempdir().unwrap();
        let log = MetricsLog::new(directory.path().join("metrics.jsonl"));
        std::fs::write(&log.path, "{}\n").unwrap();
        assert!(log.read().unwrap_err().to_string().contains("line 1"));
    }
}
