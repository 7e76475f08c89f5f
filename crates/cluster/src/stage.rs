//! Which jobs have to wait for which.

use record::{Job, JobKind};

/// Jobs, by their numbers, that wait for nothing but the stages before theirs: probes and trials;
/// runs, which are trained as the trials say; the analysis of what was trained. Without trials,
/// probes and runs are one stage.
pub fn stages(jobs: &[Job], is_open: impl Fn(&Job) -> bool) -> Vec<Vec<usize>> {
    let has_trials = jobs.iter().any(|job| job.kind() == JobKind::Tune);
    let mut stages = vec![Vec::new(); 3];
    for (number, job) in jobs.iter().enumerate().filter(|(_, job)| is_open(job)) {
        let stage = match job.kind() {
            JobKind::Probe | JobKind::Tune => 0,
            JobKind::Train => usize::from(has_trials),
            JobKind::Analyse => 2,
        };
        stages[stage].push(number);
    }
    stages.retain(|stage| !stage.is_empty());
    stages
}
