//! What of a study is mirrored, as it is now.

use std::collections::BTreeMap;
use std::sync::Arc;

use durable::sha256_hex;
use record::names::RESULTS;
use record::results::Results;
use record::{Job, RecordError, StudyDirectory};
use study::StudyPlan;

use crate::mirrored_run::{MirroredRun, Standing, modified, stamp};

/// What of a study is mirrored, as it is now.
pub(crate) struct Snapshot {
    /// Where it is.
    pub(crate) directory: StudyDirectory,
    /// What it asks.
    pub(crate) plan: StudyPlan,
    /// Its runs and trials, in the order of the plan. A run that did not change since the last look
    /// is the same `Arc`.
    pub(crate) runs: Vec<Arc<MirroredRun>>,
    /// What was not read, a sentence each.
    pub(crate) notes: Vec<String>,
    /// Whether nothing more of it is to come.
    pub(crate) is_over: bool,
}

impl Snapshot {
    /// Tells studies apart: twelve digits of a digest over what no study may change, its data and
    /// its split.
    pub(crate) fn identity(&self) -> String {
        identity(&self.plan)
    }

    /// The results as they were last reported; none where they were not, or cannot be read.
    pub(crate) fn results(&self) -> Result<Option<Results>, RecordError> {
        Ok(RESULTS
            .read(self.directory.path())?
            .map(|sealed| sealed.value))
    }
}

fn identity(plan: &StudyPlan) -> String {
    let of = format!("{}\0{}", plan.data.described.sha256, plan.data.split.id);
    sha256_hex(of.as_bytes()).chars().take(12).collect()
}

/// Looks at a study again and again, reading only what changed.
pub(crate) struct Reader {
    directory: StudyDirectory,
    /// Runs that are done, each with its stamp.
    done: BTreeMap<String, ((f64, u64), Arc<MirroredRun>)>,
}

impl Reader {
    pub(crate) fn new(directory: StudyDirectory) -> Self {
        Self {
            directory,
            done: BTreeMap::new(),
        }
    }

    /// The study as it is now.
    pub(crate) fn look(&mut self) -> Result<Snapshot, RecordError> {
        let plan = self.directory.plan()?;
        let jobs = Job::all(&plan);
        let (mut runs, mut notes) = (Vec::new(), Vec::new());
        for job in &jobs {
            let (Some(spec), Some(place)) = (job.trains(), job.training(&self.directory)) else {
                continue;
            };
            let stamp = stamp(&place);
            if let (Some(stamp), Some((before, run))) = (stamp, self.done.get(&spec.id))
                && stamp == *before
                && run.spec.label == spec.label
            {
                runs.push(run.clone());
                continue;
            }
            match MirroredRun::read(job.kind(), spec, &place) {
                Ok(run) => {
                    let run = Arc::new(run);
                    if let (Some(stamp), Standing::Done) = (stamp, run.standing) {
                        self.done.insert(spec.id.clone(), (stamp, run.clone()));
                    }
                    runs.push(run);
                }
                Err(error) => notes.push(format!("{}: {error}; left out", spec.id)),
            }
        }
        let is_over = self.is_over(&plan, &jobs)?;
        drop(jobs);
        Ok(Snapshot {
            directory: self.directory.clone(),
            plan,
            runs,
            notes,
            is_over,
        })
    }

    /// Whether every job has a record, or no more is wanted, and the report has been written since.
    fn is_over(&self, plan: &StudyPlan, jobs: &[Job]) -> Result<bool, RecordError> {
        let reported = modified(&RESULTS.path(self.directory.path()));
        let mut newest: f64 = 0.0;
        let mut is_all = true;
        for job in jobs {
            let record = modified(&job.result_file(&self.directory))
                .or_else(|| modified(&job.error_file(&self.directory)));
            match record {
                Some(at) => newest = newest.max(at),
                None => is_all = false,
            }
        }
        if reported.is_none_or(|reported| reported < newest) {
            return Ok(false);
        }
        if is_all || plan.compare.looks.is_empty() {
            return Ok(is_all);
        }
        let results = RESULTS.read(self.directory.path())?;
        let looks = results.and_then(|sealed| sealed.value.sequential);
        Ok(looks.is_some_and(|looks| looks.stopped))
    }
}
