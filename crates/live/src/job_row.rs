//! One job, as a row of a list.

use std::sync::Arc;

use serde::{Serialize, Serializer};

use crate::job_state::JobState;
use crate::outline::{JobKind, kind_word};
use crate::sparkline::Sparkline;

/// One job, as a row of a list.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct JobRow {
    /// Number of the job, from 0, as `run --job` takes it.
    pub number: usize,
    /// What it is for.
    #[serde(serialize_with = "kind_word")]
    pub kind: JobKind,
    /// Names its record.
    pub id: Box<str>,
    /// What it is about, for people.
    pub what: Box<str>,
    /// Label of the arm that it trains; empty where it trains nothing.
    #[serde(skip)]
    pub arm: Box<str>,
    /// How it stands.
    pub state: JobState,
    /// Training steps taken, as far as is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step: Option<u64>,
    /// Training steps that it may take.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub steps: Option<u64>,
    /// Headline AUC of the last evaluation on the validation partition.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auc: Option<f32>,
    /// The highest of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub best_auc: Option<f32>,
    /// Loss on the validation partition at the last evaluation, in nats.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub loss: Option<f32>,
    /// Learning rate at the last evaluation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lr: Option<f32>,
    /// Validation AUC over steps.
    pub curve: Sparkline,
    /// Seconds that its training took, where it is done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seconds: Option<f32>,
    /// What is known of a job that somebody works on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub work: Option<Box<AtWork>>,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<Box<str>>,
    /// The revision of the study that last changed it.
    #[serde(skip)]
    pub changed: u64,
}

/// What is known of a job that somebody works on.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct AtWork {
    /// The machine.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// Number of the process there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub process: Option<u32>,
    /// Since when, in seconds since 1970 by its clock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<u64>,
    /// What the process is to its scheduler, such as `Slurm 412_7`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task: Option<String>,
    /// What it runs on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
    /// Memory that the process holds, in MiB.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory_mib: Option<f64>,
    /// Training steps a second.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub steps_per_second: Option<f64>,
    /// Seconds of training left at that rate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seconds_left: Option<f64>,
    /// What was said of it last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<String>,
}

/// A row as JSON, whoever else has it.
pub(crate) fn shared<S: Serializer>(row: &Arc<JobRow>, to: S) -> Result<S::Ok, S::Error> {
    row.as_ref().serialize(to)
}

/// Rows as JSON, whoever else has them.
pub(crate) fn all_shared<S: Serializer>(rows: &[Arc<JobRow>], to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(rows.iter().map(Arc::as_ref))
}
