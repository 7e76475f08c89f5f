//! What every arm tries before its runs: the same candidates with the same seeds, and the trials
//! that tell which candidate does best on the arm's validation pictures.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::bound::Bound;
use super::bounds;
use super::candidate::{Candidate, TuneKey};
use super::error::StudyError;
use super::identity::identity;
use super::run_spec::RunSpec;
use super::train::TrainPlan;
use super::train_spec::TrainSpec;
use super::tune_spec::{TuneMetric, TuneSpec};
use super::unique::unique;

/// Most trials of a study.
const TRIAL_LIMIT: usize = 100_000;
/// Seed of the first trial of a candidate: beyond those that runs of a study can have, so that no
/// run is reported on that was chosen by.
const FIRST_SEED: u64 = 1_000_000;

/// `[tune]`, checked, and every trial.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TuningPlan {
    /// What is tried, and what decides.
    pub settings: TuningSettings,
    /// Every trial, numbered from 0: all arms and candidates of a seed before the next seed.
    pub trials: Vec<PlannedTrial>,
}

/// What is tried, and what decides: the same in every arm.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TuningSettings {
    /// What candidates are chosen by.
    pub metric: TuneMetric,
    /// What differs between candidates.
    pub keys: Vec<TuneKey>,
    /// The candidates, at least two.
    pub candidates: Vec<Candidate>,
    /// Seeds of the trials.
    pub seeds: Vec<u64>,
}

/// A run that is made to choose by, and reported on in the specification curve alone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedTrial {
    /// The [`tuning`](RunSpec::tuning) of the runs that it helps to choose for.
    pub tuning: String,
    /// Position among the candidates.
    pub candidate: usize,
    /// What is trained; its number is that of the trial.
    pub run: RunSpec,
}

/// `[tune]`, checked, without trials yet.
pub(crate) struct CheckedTune {
    settings: TuningSettings,
    /// How each candidate is trained.
    trains: Vec<TrainPlan>,
}

impl CheckedTune {
    /// Checks `[tune]` on the ground of `[train]`; every value outside its range is named.
    pub(crate) fn new(spec: &TuneSpec, train: &TrainSpec) -> Result<Self, StudyError> {
        let rates = values(&bounds::TUNE_LR, &spec.lr, train.lr, Bound::number)?;
        let decays = values(
            &bounds::TUNE_WEIGHT_DECAY,
            &spec.weight_decay,
            train.weight_decay,
            Bound::number,
        )?;
        let steps = values(
            &bounds::TUNE_MAX_STEPS,
            &spec.max_steps,
            train.max_steps,
            Bound::whole,
        )?;
        let counts = [rates.len(), decays.len(), steps.len()];
        let count = counts.into_iter().fold(1, usize::saturating_mul);
        bounds::CANDIDATES.whole(count as u64)?;
        bounds::TUNE_SEEDS.whole(spec.seeds)?;
        let mut candidates = Vec::new();
        for &lr in &rates {
            for &weight_decay in &decays {
                candidates.extend(steps.iter().map(|&max_steps| Candidate {
                    lr,
                    weight_decay,
                    max_steps,
                }));
            }
        }
        let of_candidate = |candidate: &Candidate| {
            TrainPlan::check(&TrainSpec {
                lr: candidate.lr,
                weight_decay: candidate.weight_decay,
                max_steps: candidate.max_steps,
                ..train.clone()
            })
        };
        let keys = TuneKey::ALL.into_iter().zip(counts);
        Ok(Self {
            trains: candidates
                .iter()
                .map(of_candidate)
                .collect::<Result<_, _>>()?,
            settings: TuningSettings {
                metric: spec.metric,
                keys: keys.filter(|(_, n)| *n > 1).map(|(key, _)| key).collect(),
                candidates,
                seeds: (FIRST_SEED..FIRST_SEED + spec.seeds).collect(),
            },
        })
    }

    /// The training with the most steps, the first of them: no run takes longer.
    pub(crate) fn longest(&self) -> Option<&TrainPlan> {
        let steps = self.trains.iter().map(|train| train.max_steps).max()?;
        self.trains.iter().find(|train| train.max_steps == steps)
    }

    /// The fewest steps that a run may have.
    pub(crate) fn fewest_steps(&self) -> Option<u64> {
        self.trains.iter().map(|train| train.max_steps).min()
    }
}

/// The values of a list, each once and all within their range; that of `[train]` where there is
/// none.
fn values<T: Copy + ToString>(
    bound: &Bound,
    written: &Option<Vec<T>>,
    of_train: T,
    check: impl Fn(&Bound, T) -> Result<(), StudyError>,
) -> Result<Vec<T>, StudyError> {
    let Some(values) = written else {
        return Ok(vec![of_train]);
    };
    if values.is_empty() {
        return Err(StudyError::Value {
            field: bound.key,
            expected: format!("at least one, {bound}"),
            found: "none".into(),
        });
    }
    for value in values {
        check(bound, *value)?;
    }
    unique(bound.key, values.iter().map(T::to_string))?;
    Ok(values.clone())
}

impl TuningPlan {
    /// The trials for `runs`, one of each candidate and seed for all runs that differ in their seed
    /// alone. The identity of every run is made to cover the trials that it is chosen by.
    pub(crate) fn new(tune: CheckedTune, runs: &mut [RunSpec]) -> Result<Self, StudyError> {
        let CheckedTune { settings, trains } = tune;
        let groups = Groups::of(runs);
        let each = settings.seeds.len() * trains.len();
        if groups.first.len().saturating_mul(each) > TRIAL_LIMIT {
            return Err(StudyError::Value {
                field: "tune",
                expected: format!("at most {TRIAL_LIMIT} trials"),
                found: groups.first.len().saturating_mul(each).to_string(),
            });
        }
        let mut trials = Vec::new();
        let mut names: Vec<Vec<String>> = vec![Vec::new(); groups.first.len()];
        for seed in &settings.seeds {
            for (group, first) in groups.first.iter().enumerate() {
                for (candidate, train) in trains.iter().enumerate() {
                    let run = RunSpec {
                        number: trials.len(),
                        seed: *seed,
                        train: train.clone(),
                        ..runs[*first].clone()
                    }
                    .identified();
                    names[group].push(run.id.clone());
                    trials.push((group, candidate, run));
                }
            }
        }
        let of_group = |names: &Vec<String>| identity(&(settings.metric, names));
        let tunings: Vec<String> = names.iter().map(of_group).collect();
        for (run, group) in runs.iter_mut().zip(&groups.of_run) {
            run.tuning = Some(tunings[*group].clone());
            *run = run.clone().identified();
        }
        let planned = trials
            .into_iter()
            .map(|(group, candidate, run)| PlannedTrial {
                tuning: tunings[group].clone(),
                candidate,
                run,
            });
        Ok(Self {
            trials: planned.collect(),
            settings,
        })
    }

    /// The trials that choose how `run` is trained.
    pub fn of<'a>(&'a self, run: &'a RunSpec) -> impl Iterator<Item = &'a PlannedTrial> {
        let is_its = |trial: &&PlannedTrial| {
            trial.run.arm == run.arm && Some(&trial.tuning) == run.tuning.as_ref()
        };
        self.trials.iter().filter(is_its)
    }
}

impl PlannedTrial {
    /// Its name for people: the arm and the candidate.
    pub fn describe(&self, settings: &TuningSettings) -> String {
        let candidate = settings.candidates.get(self.candidate);
        let tried = candidate.map_or_else(String::new, |c| c.describe(&settings.keys));
        format!("{}, {tried}", self.run.label)
    }
}

/// Runs that differ in their seed alone.
struct Groups {
    /// Position of the first run of each.
    first: Vec<usize>,
    /// The group of each run.
    of_run: Vec<usize>,
}

impl Groups {
    fn of(runs: &[RunSpec]) -> Self {
        let mut groups = Self {
            first: Vec::new(),
            of_run: Vec::new(),
        };
        let mut of_arm: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (place, run) in runs.iter().enumerate() {
            let known = of_arm.entry(run.arm).or_default();
            let found = known
                .iter()
                .find(|group| is_same_but_seed(&runs[groups.first[**group]], run));
            let group = found.copied().unwrap_or(groups.first.len());
            if group == groups.first.len() {
                groups.first.push(place);
                known.push(group);
            }
            groups.of_run.push(group);
        }
        groups
    }
}

fn is_same_but_seed(a: &RunSpec, b: &RunSpec) -> bool {
    let b = RunSpec {
        number: a.number,
        id: a.id.clone(),
        seed: a.seed,
        ..b.clone()
    };
    *a == b
}
