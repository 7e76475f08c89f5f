//! How the jobs of a study stand.

use record::{Job, StudyDirectory};
use study::StudyPlan;

/// How jobs stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// With a result.
    pub done: usize,
    /// With an error.
    pub failed: usize,
    /// Without either, and nothing that they need is missing for good.
    pub pending: usize,
}

impl Tally {
    /// Counts the records of `jobs`. A job that waits for a run that failed is not pending: it can
    /// never be done.
    pub fn of(directory: &StudyDirectory, plan: &StudyPlan, jobs: &[Job]) -> Self {
        let has_failed = |number: usize| {
            let run = Job::Train(&plan.runs[number]);
            !run.is_done(directory) && run.is_recorded(directory)
        };
        let mut tally = Self::default();
        for job in jobs {
            if job.is_done(directory) {
                tally.done += 1;
            } else if job.is_recorded(directory) {
                tally.failed += 1;
            } else if !job.needs().into_iter().any(has_failed) {
                tally.pending += 1;
            }
        }
        tally
    }
}
