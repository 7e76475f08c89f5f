//! What the trials of an arm came to, and which candidate that chooses.

use std::cmp::Ordering;

use study::{Candidate, RunSpec, TuneKey, TuningPlan, TuningSettings};

use crate::directory::StudyDirectory;
use crate::error::RecordError;
use crate::names::{ERROR, RUN_RESULT};

/// The trials of the runs that differ in their seed alone. Nothing of the test pictures is here.
#[derive(Clone, Debug, PartialEq)]
pub struct Tuning {
    /// One a candidate, in the order of the plan.
    pub tried: Vec<Tried>,
}

/// The trials of one candidate.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tried {
    /// One a seed.
    pub trials: Vec<Trial>,
}

/// How one trial stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Trial {
    /// Its seed.
    pub seed: u64,
    /// What came of it.
    pub outcome: TrialOutcome,
}

/// What came of a trial.
#[derive(Clone, Debug, PartialEq)]
pub enum TrialOutcome {
    /// It has no record yet.
    Open,
    /// It was trained.
    Done {
        /// Headline AUC of its best checkpoint on the validation partition.
        validation_auc: f64,
        /// Steps trained.
        steps: u64,
    },
    /// It failed and would fail again: why.
    Failed(String),
}

impl Tried {
    /// Mean of the best validation AUC over the seeds; none unless every one of them was trained. A
    /// candidate that fails with one seed is not to be relied on with others.
    pub fn mean(&self) -> Option<f64> {
        let aucs = self.trials.iter().map(|trial| match trial.outcome {
            TrialOutcome::Done { validation_auc, .. } => Some(validation_auc),
            TrialOutcome::Open | TrialOutcome::Failed(_) => None,
        });
        let aucs: Vec<f64> = aucs.collect::<Option<_>>()?;
        (!aucs.is_empty()).then(|| aucs.iter().sum::<f64>() / aucs.len() as f64)
    }
}

impl Tuning {
    /// Reads the records of the trials that choose for `run`.
    pub fn read(
        directory: &StudyDirectory,
        plan: &TuningPlan,
        run: &RunSpec,
    ) -> Result<Self, RecordError> {
        let mut tried = vec![Tried::default(); plan.settings.candidates.len()];
        for planned in plan.of(run) {
            let place = directory.trial(planned);
            let result = RUN_RESULT.read(place.path())?;
            let outcome = match (result, ERROR.read(place.path())?) {
                (Some(result), _) => TrialOutcome::Done {
                    validation_auc: result.validation_auc,
                    steps: result.test.steps,
                },
                (None, Some(failed)) => TrialOutcome::Failed(failed.value.error),
                (None, None) => TrialOutcome::Open,
            };
            if let Some(tried) = tried.get_mut(planned.candidate) {
                tried.trials.push(Trial {
                    seed: planned.run.seed,
                    outcome,
                });
            }
        }
        Ok(Self { tried })
    }

    fn trials(&self) -> impl Iterator<Item = &Trial> {
        self.tried.iter().flat_map(|tried| &tried.trials)
    }

    /// Whether every trial has ended, one way or the other.
    pub fn is_complete(&self) -> bool {
        self.trials()
            .all(|trial| trial.outcome != TrialOutcome::Open)
    }

    /// Why the first of the trials that failed did.
    pub fn failure(&self) -> Option<&str> {
        self.trials().find_map(|trial| match &trial.outcome {
            TrialOutcome::Failed(error) => Some(error.as_str()),
            TrialOutcome::Open | TrialOutcome::Done { .. } => None,
        })
    }

    /// Position of the candidate with the highest [mean](Tried::mean). Of equal ones it is the one
    /// with the fewest steps, then the lowest rate, then the least decay. None as long as a trial
    /// is open, and where every candidate has a trial that failed.
    pub fn chosen(&self, settings: &TuningSettings) -> Option<usize> {
        if !self.is_complete() {
            return None;
        }
        let tried = settings.candidates.iter().zip(&self.tried).enumerate();
        let known =
            tried.filter_map(|(place, (candidate, tried))| Some((place, candidate, tried.mean()?)));
        let better = |a: &(usize, &Candidate, f64), b: &(usize, &Candidate, f64)| {
            a.2.total_cmp(&b.2)
                .reverse()
                .then_with(|| plainer(a.1, b.1))
        };
        known.min_by(better).map(|(place, _, _)| place)
    }

    /// The keys at whose smallest or largest tried value the `chosen` candidate lies, with whether
    /// it is the largest: beyond it there may be better ones. No such key is one whose other values
    /// did just as well, nor no decay at all, below which there is nothing.
    pub fn edges(&self, settings: &TuningSettings, chosen: usize) -> Vec<(TuneKey, bool)> {
        let means: Vec<Option<f64>> = self.tried.iter().map(Tried::mean).collect();
        let edge = |key: &TuneKey| {
            let values: Vec<f64> = settings.candidates.iter().map(|c| key.of(c)).collect();
            let value = *values.get(chosen)?;
            let is_largest = values.iter().all(|other| *other <= value);
            let is_smallest = values.iter().all(|other| *other >= value);
            let is_rivalled = values
                .iter()
                .zip(&means)
                .any(|(other, mean)| *other != value && *mean == means[chosen]);
            let is_edge = (is_largest || is_smallest) && !is_rivalled && value > 0.0;
            is_edge.then_some((*key, is_largest))
        };
        settings.keys.iter().filter_map(edge).collect()
    }
}

/// Which of two candidates that do equally well is to be preferred: the smaller.
fn plainer(a: &Candidate, b: &Candidate) -> Ordering {
    a.max_steps
        .cmp(&b.max_steps)
        .then(a.lr.total_cmp(&b.lr))
        .then(a.weight_decay.total_cmp(&b.weight_decay))
}

#[cfg(test)]
mod tests {
    use study::TuneMetric;

    use super::*;

    fn settings() -> TuningSettings {
        let candidates = [1e-4, 1e-3, 1e-2].map(|lr| Candidate {
            lr,
            weight_decay: 0.0,
            max_steps: 100,
        });
        TuningSettings {
            metric: TuneMetric::ValidationAuc,
            keys: vec![TuneKey::Lr],
            candidates: candidates.into(),
            seeds: vec![7, 8],
        }
    }

    fn tuning(aucs: [[Option<f64>; 2]; 3]) -> Tuning {
        let trial = |(seed, auc): (u64, Option<f64>)| Trial {
            seed,
            outcome: match auc {
                Some(validation_auc) => TrialOutcome::Done {
                    validation_auc,
                    steps: 100,
                },
                None => TrialOutcome::Failed("diverged".into()),
            },
        };
        let tried = aucs.map(|aucs| Tried {
            trials: [7, 8].into_iter().zip(aucs).map(trial).collect(),
        });
        Tuning {
            tried: tried.into(),
        }
    }

    #[test]
    fn the_highest_mean_is_chosen_and_of_equal_ones_the_lowest_rate() {
        let of = |aucs| {
            let tuning = tuning(aucs);
            let chosen = tuning.chosen(&settings());
            (
                chosen,
                chosen.map_or_else(Vec::new, |c| tuning.edges(&settings(), c)),
            )
        };
        let known = |a: f64, b: f64| [Some(a), Some(b)];
        let inside = of([known(0.7, 0.7), known(0.9, 0.8), known(0.8, 0.8)]);
        assert_eq!(inside, (Some(1), vec![]));
        let largest = of([known(0.7, 0.7), known(0.75, 0.75), known(0.8, 0.8)]);
        assert_eq!(largest, (Some(2), vec![(TuneKey::Lr, true)]));
        let smallest = of([known(0.9, 0.9), known(0.75, 0.75), known(0.8, 0.8)]);
        assert_eq!(smallest, (Some(0), vec![(TuneKey::Lr, false)]));
        // A tie within says that nothing is to be found beyond.
        let tied = of([known(0.75, 1.0), known(1.0, 0.75), known(0.5, 0.5)]);
        assert_eq!(tied, (Some(0), vec![]));
    }

    #[test]
    fn a_candidate_that_failed_once_is_not_chosen() {
        let failed = [Some(1.0), None];
        let one = tuning([[Some(0.6); 2], [Some(0.5); 2], failed]);
        assert_eq!(one.chosen(&settings()), Some(0));
        let all = tuning([failed; 3]);
        assert!(all.is_complete());
        assert_eq!(all.chosen(&settings()), None);
        assert_eq!(all.failure(), Some("diverged"));
    }

    #[test]
    fn nothing_is_chosen_before_the_last_trial_ends() {
        let mut open = tuning([[Some(0.6); 2]; 3]);
        open.tried[2].trials[1].outcome = TrialOutcome::Open;
        assert!(!open.is_complete());
        assert_eq!(open.chosen(&settings()), None);
    }
}
