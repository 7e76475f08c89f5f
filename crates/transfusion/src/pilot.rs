//! What a study that was run says of the next: how sure its comparisons are, by patients and seeds.

use decisions::{Arms, Contrast};
use images::Partition;
use record::names::{PREDICTIONS, RUN_RESULT};
use record::{Predictions, RecordError, StudyDirectory};
use stats::{Estimate, StatsError};
use study::{PlannedArm, StudyPlan};

/// Why a study is no pilot of another.
#[derive(Debug, thiserror::Error)]
pub enum PilotError {
    /// Its record cannot be read.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// Its predictions allow no statistic.
    #[error(transparent)]
    Statistic(#[from] StatsError),
    /// Nothing is known of its comparisons.
    #[error(
        "{study}: expected two arms of one network and training size, one of them of initialisation {baseline}, with at least two finished seeds in common, found none; train more, or plan from guesses"
    )]
    NothingCompared {
        /// Its directory.
        study: String,
        /// Its baseline.
        baseline: String,
    },
    /// No such arm.
    #[error("{study}: no comparison of the arm `{found}`; there are those of {arms}")]
    UnknownArm {
        /// Its directory.
        study: String,
        /// The name.
        found: String,
        /// Arms that are compared.
        arms: String,
    },
}

/// A comparison of a finished study.
#[derive(Clone, Debug, PartialEq)]
pub struct Pilot {
    /// The arm.
    pub arm: String,
    /// What it is compared with.
    pub baseline: String,
    /// Their difference.
    pub contrast: Contrast,
    /// Test patients, or pictures where those are unknown.
    pub patients: usize,
}

impl Pilot {
    /// Reads the comparison of `arm` with the baseline of its network and training size; without a
    /// name the one that is known least surely.
    pub fn read(directory: &StudyDirectory, arm: Option<&str>) -> Result<Self, PilotError> {
        let plan = directory.plan()?;
        let (seeds, patients) = seeds(directory, &plan)?;
        let label = |place: usize| plan.arms[place].label.clone();
        let arms = Arms::new(seeds.iter().enumerate().map(|(place, seeds)| {
            let first = plan
                .arms
                .iter()
                .position(|other| is_kin(other, &plan.arms[place]));
            (seeds.as_slice(), first.unwrap_or(place))
        }));
        let contrasts: Vec<Contrast> = pairs(&plan)
            .filter_map(|pair| arms.contrast(pair))
            .filter(|contrast| contrast.difference.spread.is_some())
            .collect();
        let study = || directory.path().display().to_string();
        let found = match arm {
            Some(name) => contrasts.iter().find(|c| label(c.arms[0]) == name),
            None => contrasts.iter().max_by(|a, b| {
                let error = |c: &Contrast| c.difference.standard_error;
                error(a).total_cmp(&error(b))
            }),
        };
        match (found, arm) {
            (Some(contrast), _) => Ok(Self {
                arm: label(contrast.arms[0]),
                baseline: label(contrast.arms[1]),
                contrast: contrast.clone(),
                patients,
            }),
            (None, Some(name)) if !contrasts.is_empty() => {
                let names: Vec<String> = contrasts.iter().map(|c| label(c.arms[0])).collect();
                Err(PilotError::UnknownArm {
                    study: study(),
                    found: name.into(),
                    arms: names.join(", "),
                })
            }
            _ => Err(PilotError::NothingCompared {
                study: study(),
                baseline: plan.compare.baseline.clone(),
            }),
        }
    }
}

/// Whether arms differ in initialisation or regime alone.
fn is_kin(one: &PlannedArm, other: &PlannedArm) -> bool {
    (one.model, one.train_size) == (other.model, other.train_size)
}

/// Every arm with the baseline of its network, regime and training size.
fn pairs(plan: &StudyPlan) -> impl Iterator<Item = [usize; 2]> {
    let baseline_of = |arm: &PlannedArm| {
        plan.arms.iter().position(|other| {
            other.init.name == plan.compare.baseline
                && is_kin(other, arm)
                && other.regime == arm.regime
        })
    };
    let arms = plan.arms.iter().enumerate();
    arms.filter_map(move |(place, arm)| {
        let baseline = baseline_of(arm)?;
        (baseline != place).then_some([place, baseline])
    })
}

/// Seed and AUC of every finished run by arm, and how many patients they were tested on.
fn seeds(
    directory: &StudyDirectory,
    plan: &StudyPlan,
) -> Result<(Vec<Vec<(u64, Estimate)>>, usize), PilotError> {
    let classes = plan.data.described.classes.len();
    let mut seeds = vec![Vec::new(); plan.arms.len()];
    let mut patients = 0;
    for spec in &plan.runs {
        let run = directory.run(spec);
        if RUN_RESULT
            .read(run.path())
            .map_err(RecordError::from)?
            .is_none()
        {
            continue;
        }
        let path = run.file(PREDICTIONS);
        let test = Predictions::read(&path, plan.data.task, classes, Partition::Test.name())
            .map_err(RecordError::from)?;
        let Some(clusters) = test.clusters() else {
            continue;
        };
        patients = clusters.count();
        let headline = &plan.data.headline;
        let auc = headline.estimate(&test.probabilities, &test.labels, classes)?;
        seeds[spec.arm].push((spec.seed, auc.by_cluster(&clusters)?));
    }
    Ok((seeds, patients))
}
