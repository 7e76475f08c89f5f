//! What a study that was run says of the next: how sure its comparisons are, by patients and seeds.

use decisions::{Arms, Contrast};
use record::{RecordError, StudyDirectory};
use study::StudyPlan;

use super::family::kin;
use super::finished::{self, ArmRuns};

/// Why a study is no pilot of another.
#[derive(Debug, thiserror::Error)]
pub enum PilotError {
    /// Its record cannot be read.
    #[error(transparent)]
    Record(#[from] RecordError),
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
        let (runs, _) = finished::read(directory, &plan)?;
        let seeds: Vec<_> = runs.iter().map(ArmRuns::aucs).collect();
        let kin = kin(&plan);
        let arms = Arms::new(seeds.iter().map(Vec::as_slice).zip(kin.iter().copied()));
        let contrasts: Vec<Contrast> = pairs(&plan, &kin)
            .filter_map(|pair| arms.contrast(pair))
            .filter(|contrast| contrast.difference.spread.is_some())
            .collect();
        let label = |place: usize| plan.arms[place].label.clone();
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
                patients: patients(&runs[contrast.arms[0]]),
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

/// Every arm with the baseline of its network, regime and training size.
fn pairs(plan: &StudyPlan, kin: &[usize]) -> impl Iterator<Item = [usize; 2]> {
    let is_baseline_of = |arm: usize, other: usize| {
        let [arm, other] = [arm, other].map(|place| &plan.arms[place]);
        let with_baseline = other.init.name == plan.compare.baseline;
        with_baseline && other.regime.name == arm.regime.name
    };
    let count = plan.arms.len();
    (0..count).filter_map(move |arm| {
        let mut others = (0..count).filter(|other| kin[*other] == kin[arm]);
        let baseline = others.find(|other| is_baseline_of(arm, *other))?;
        (baseline != arm).then_some([arm, baseline])
    })
}

/// How many patients an arm was tested on; a picture of an unknown one counts as one.
fn patients(runs: &ArmRuns) -> usize {
    let clusters = runs.pictures().and_then(|pictures| pictures.clusters());
    clusters.map_or(1, |clusters| clusters.count())
}
