//! Looks at a study whose seeds are added until all is decided.

use decisions::{Arms, Futility, Seeds, Sequential, Standing};
use images::Partition;
use record::results::{FutilityResult, Outcome, SequentialResult, StandingResult};
use record::{FinishedRun, Job, RecordError, StudyDirectory};
use study::StudyPlan;

use super::allowed::Allowed;
use super::family::{kin, shares};
use super::finished::headline_auc;
use super::pairs::differences;

/// How many seeds a study wants that looks whether it needs more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Seeds of every arm, from 0 on: up to the next look, or to the last one.
    pub seeds: usize,
    /// Whether no look is left to take.
    pub is_over: bool,
}

/// What the study at `directory` wants by its records; `None` where its number of seeds is given.
/// Every process that asks is answered alike.
pub fn wanted(directory: &StudyDirectory, plan: &StudyPlan) -> Result<Option<Wanted>, RecordError> {
    if plan.compare.looks.is_empty() {
        return Ok(None);
    }
    let mut arms: Vec<Vec<(u64, stats::Estimate)>> = vec![Vec::new(); plan.arms.len()];
    for spec in &plan.runs {
        let run = directory.run(spec);
        let Some(finished) = FinishedRun::open(&run, &spec.id)? else {
            continue;
        };
        let test = finished.predictions(plan)?.part(Partition::Test.name())?;
        arms[spec.arm].extend(headline_auc(plan, &test).map(|auc| (spec.seed, auc)));
    }
    let looks = take(directory, plan, &arms);
    Ok(looks.map(|looks| Wanted {
        seeds: aim(&looks),
        is_over: looks.is_over(),
    }))
}

/// Seeds up to the next look, or to the last one.
pub(crate) fn aim(looks: &Sequential) -> usize {
    looks.next().or(looks.seeds()).unwrap_or(0)
}

/// Takes every look whose runs are all recorded, up to the one after which no more is needed;
/// `arms`: seed and test AUC of every finished run.
pub(crate) fn take(
    directory: &StudyDirectory,
    plan: &StudyPlan,
    arms: &[Vec<(u64, stats::Estimate)>],
) -> Option<Sequential> {
    let looks = &plan.compare.looks;
    if looks.is_empty() {
        return None;
    }
    let share = shares(plan, &[]).differences;
    let mut sequential = Sequential::new(looks, &differences(plan), plan.compare.margin, share);
    let is_recorded = |seeds: usize| {
        let mut needed = plan.runs.iter().filter(|run| run.seed < seeds as u64);
        needed.all(|run| Job::Train(run).is_recorded(directory))
    };
    while let Some(seeds) = sequential.next().filter(|seeds| is_recorded(*seeds)) {
        let below = |arm: &Vec<(u64, stats::Estimate)>| -> Vec<(u64, stats::Estimate)> {
            let known = arm.iter().filter(|(seed, _)| *seed < seeds as u64);
            known.cloned().collect()
        };
        let known: Vec<_> = arms.iter().map(below).collect();
        let known = known.iter().map(|seeds| -> &Seeds { seeds });
        sequential.look(&Arms::new(known.zip(kin(plan))));
    }
    Some(sequential)
}

/// The looks as they are told.
pub(crate) fn result(plan: &StudyPlan, looks: &Sequential) -> SequentialResult {
    let label = |arm: usize| plan.arms[arm].label.clone();
    let stands = |([arm, other], standing): ([usize; 2], Standing)| {
        let (outcome, decided_at, futile) = match standing {
            Standing::Open => (Outcome::Undecided, None, None),
            Standing::Futile(why) => (Outcome::Undecided, None, Some(why)),
            Standing::Decided { outcome, seeds, .. } => (outcome.into(), Some(seeds), None),
        };
        StandingResult {
            arm: label(arm),
            baseline: label(other),
            outcome,
            decided_at,
            futile: futile.map(|why| match why {
                Futility::Patients => FutilityResult::Patients,
                Futility::Seeds => FutilityResult::Seeds,
                Futility::NothingVaries => FutilityResult::NothingVaries,
            }),
        }
    };
    let needed = aim(looks) as u64;
    let beyond = plan.runs.iter().filter(|run| run.seed >= needed).count();
    SequentialResult {
        looks: plan.compare.looks.clone(),
        reached: looks.seeds(),
        stopped: looks.is_over(),
        saved: if looks.is_over() { beyond } else { 0 },
        spends: Allowed::after(Some(looks)).spend,
        comparisons: looks.standings().map(stands).collect(),
    }
}
