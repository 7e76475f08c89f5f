//! One job with all that its files say.

use std::sync::Arc;

use record::{Evaluation, Pulse, StudyDirectory};
use serde::{Deserialize, Serialize};

use crate::clip::clip;
use crate::error::LiveError;
use crate::files::{Stamp, read_json};
use crate::job_row::{JobRow, shared};
use crate::job_state::JobState;
use crate::tracked::{JobFiles, evaluations};

/// Most evaluations that are told; of more, every so many.
const MOST: usize = 1_000;
/// Letters of an error or of a line.
const LETTERS: usize = 4_000;
/// Largest `timing.json` that is read, in bytes.
const LIMIT: u64 = 1 << 20;

/// One job with all that its files say.
#[derive(Clone, Debug, Serialize)]
pub struct JobDetail {
    /// Its row.
    #[serde(serialize_with = "shared")]
    pub job: Arc<JobRow>,
    /// Its evaluations, thinned evenly to at most 1,000 and the last.
    pub evaluations: Vec<Evaluation>,
    /// How long it took and where, where it is done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timing: Option<Timing>,
    /// What it is doing, or was when it was interrupted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pulse: Option<Pulse>,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// How long a run took, and where: what `timing.json` says for people.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Timing {
    /// Seconds of training and evaluation.
    pub seconds: f64,
    /// Training pictures seen, repeats counted.
    pub images: u64,
    /// Threads it had.
    pub threads: Option<usize>,
    /// What it was trained on.
    pub device: Option<String>,
    /// The most memory its process held, in MiB.
    pub peak_mib: Option<f64>,
    /// The program that trained it.
    pub program: Option<String>,
}

impl JobDetail {
    /// Of the job in `row`: reads its files.
    pub(crate) fn read(directory: &StudyDirectory, row: Arc<JobRow>) -> Result<Self, LiveError> {
        let files = JobFiles::new(directory, row.kind, &row.id);
        let mut pulse = files.pulse();
        for line in pulse.iter_mut().flat_map(|pulse| &mut pulse.lines) {
            line.text = clip(&line.text, LETTERS);
        }
        let timing = match Stamp::of(&files.timing())? {
            Some(_) => read_json(&files.timing(), LIMIT).ok(),
            None => None,
        };
        let error = (row.state == JobState::Failed)
            .then(|| files.error())
            .transpose()?;
        Ok(Self {
            evaluations: thinned(evaluations(&files.metrics())?),
            timing,
            pulse: pulse.filter(|_| !row.state.is_recorded()),
            error: error.map(|error| clip(&error, LETTERS)),
            job: row,
        })
    }
}

fn thinned(mut evaluations: Vec<Evaluation>) -> Vec<Evaluation> {
    let every = evaluations.len().div_ceil(MOST).max(1);
    let last = evaluations.len().saturating_sub(1);
    let mut place = 0;
    evaluations.retain(|_| {
        place += 1;
        (place - 1) % every == 0 || place - 1 == last
    });
    evaluations
}
