//! A study as a list of jobs: whatever one process takes as a whole.

use std::path::PathBuf;

use durable::read_sealed;
use study::{
    PlannedChange, PlannedMap, PlannedPair, PlannedProbe, PlannedTrial, RunSpec, StudyPlan,
};

use crate::directory::{JobDirectory, StudyDirectory};
use crate::error::RecordError;
use crate::names::{ERROR, PROBE_RESULT, RUN_RESULT};
use crate::result::RunError;

/// One job of a study.
#[derive(Clone, Copy, Debug)]
pub enum Job<'a> {
    /// What frozen features can do.
    Probe(&'a PlannedProbe),
    /// A run to choose by.
    Trial(&'a PlannedTrial),
    /// A run to train.
    Train(&'a RunSpec),
    /// A run, before against after training.
    Change(&'a PlannedChange),
    /// Two runs of one network.
    Pair(&'a PlannedPair),
    /// Every block of one run against every block of another.
    Map(&'a PlannedMap),
}

/// What a job is for, in the order in which a study goes through them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum JobKind {
    /// Probes of frozen features.
    Probe,
    /// Trials, by which is chosen how runs are trained.
    Tune,
    /// Runs.
    Train,
    /// Parts of the analysis.
    Analyse,
}

impl JobKind {
    /// Every kind, in order.
    pub const ALL: [Self; 4] = [Self::Probe, Self::Tune, Self::Train, Self::Analyse];

    /// Its word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Probe => "probe",
            Self::Tune => "tune",
            Self::Train => "train",
            Self::Analyse => "analyse",
        }
    }
}

/// How a job stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JobState {
    /// Its result is there.
    Done,
    /// It failed and would fail again: why.
    Failed(String),
    /// It can be done.
    Ready,
    /// Runs or trials that it needs have not ended.
    Waiting,
}

impl<'a> Job<'a> {
    /// Everything that the plan asks for, in the order it is done: a job's number is its place.
    pub fn all(plan: &'a StudyPlan) -> Vec<Self> {
        let probes = plan.probe.iter().flat_map(|p| &p.probes).map(Self::Probe);
        let mut jobs: Vec<Self> = probes.collect();
        let trials = plan.tuning.iter().flat_map(|tuning| &tuning.trials);
        jobs.extend(trials.map(Self::Trial));
        jobs.extend(plan.runs.iter().map(Self::Train));
        if let Some(analysis) = &plan.analysis {
            jobs.extend(analysis.runs.iter().map(Self::Change));
            jobs.extend(analysis.pairs.iter().map(Self::Pair));
            jobs.extend(analysis.maps.iter().map(Self::Map));
        }
        jobs
    }

    /// Its identity: names its record and its claim.
    pub fn id(&self) -> &'a str {
        match self {
            Self::Probe(probe) => &probe.id,
            Self::Trial(trial) => &trial.run.id,
            Self::Train(run) => &run.id,
            Self::Change(change) => &change.id,
            Self::Pair(pair) => &pair.id,
            Self::Map(map) => &map.id,
        }
    }

    /// What it is for.
    pub fn kind(&self) -> JobKind {
        match self {
            Self::Probe(_) => JobKind::Probe,
            Self::Trial(_) => JobKind::Tune,
            Self::Train(_) => JobKind::Train,
            Self::Change(_) | Self::Pair(_) | Self::Map(_) => JobKind::Analyse,
        }
    }

    /// What it trains; none where it trains nothing.
    pub fn trains(&self) -> Option<&'a RunSpec> {
        match self {
            Self::Trial(trial) => Some(&trial.run),
            Self::Train(run) => Some(run),
            Self::Probe(_) | Self::Change(_) | Self::Pair(_) | Self::Map(_) => None,
        }
    }

    /// Where a training is recorded; none where it trains nothing.
    pub fn training(&self, directory: &StudyDirectory) -> Option<JobDirectory> {
        match self {
            Self::Trial(trial) => Some(directory.trial(trial)),
            Self::Train(run) => Some(directory.run(run)),
            Self::Probe(_) | Self::Change(_) | Self::Pair(_) | Self::Map(_) => None,
        }
    }

    /// Numbers of the runs that have to be done before.
    pub fn needs(&self) -> Vec<usize> {
        match self {
            Self::Probe(_) | Self::Trial(_) | Self::Train(_) => Vec::new(),
            Self::Change(change) => vec![change.run],
            Self::Pair(pair) => vec![pair.a, pair.b],
            Self::Map(map) => vec![map.a, map.b],
        }
    }

    /// Whether it is wanted where arms are trained with seeds below `seeds` alone: all of what is not
    /// of any seed, and what is of runs with such seeds.
    pub fn is_of_seeds_below(&self, seeds: u64, plan: &StudyPlan) -> bool {
        let is_below = |number: usize| plan.runs[number].seed < seeds;
        match self {
            Self::Trial(_) => true,
            Self::Train(run) => run.seed < seeds,
            Self::Probe(probe) => probe.seeds.iter().any(|seed| *seed < seeds),
            Self::Change(_) | Self::Pair(_) | Self::Map(_) => {
                self.needs().into_iter().all(is_below)
            }
        }
    }

    /// Its name for people.
    pub fn describe(&self, plan: &StudyPlan) -> String {
        let run = |number: usize| {
            let spec = &plan.runs[number];
            format!("{}, {}", spec.label, spec.place())
        };
        match self {
            Self::Probe(probe) => match probe.seeds.as_slice() {
                [seed] => format!("probe of {}, seed {seed}", probe.label),
                _ => format!("probe of {}, every seed", probe.label),
            },
            Self::Trial(trial) => {
                let settings = plan.tuning.as_ref().map(|tuning| &tuning.settings);
                let what = settings.map(|settings| trial.describe(settings));
                let what = what.unwrap_or_else(|| trial.run.label.clone());
                format!("trial of {what}, {}", trial.run.place())
            }
            Self::Train(spec) => format!("{}, {}", spec.label, spec.place()),
            Self::Change(change) => format!("{}: before and after training", run(change.run)),
            Self::Pair(pair) => format!("{} and {}", run(pair.a), run(pair.b)),
            Self::Map(map) => format!("blocks of {} and {}", run(map.a), run(map.b)),
        }
    }

    /// The file whose presence means that it is done.
    pub fn result_file(&self, directory: &StudyDirectory) -> PathBuf {
        match self {
            Self::Probe(probe) => directory.probe(probe).file(PROBE_RESULT),
            Self::Trial(trial) => directory.trial(trial).file(RUN_RESULT),
            Self::Train(run) => directory.run(run).file(RUN_RESULT),
            Self::Change(_) | Self::Pair(_) | Self::Map(_) => {
                directory.analysis().join(format!("{}.json", self.id()))
            }
        }
    }

    /// What is written instead if it fails.
    pub fn error_file(&self, directory: &StudyDirectory) -> PathBuf {
        match self {
            Self::Probe(probe) => directory.probe(probe).file(ERROR),
            Self::Trial(trial) => directory.trial(trial).file(ERROR),
            Self::Train(run) => directory.run(run).file(ERROR),
            Self::Change(_) | Self::Pair(_) | Self::Map(_) => {
                self.result_file(directory).with_extension("error.json")
            }
        }
    }

    /// Whether its result is there.
    pub fn is_done(&self, directory: &StudyDirectory) -> bool {
        self.result_file(directory).exists()
    }

    /// Whether it ended, one way or the other.
    pub fn is_recorded(&self, directory: &StudyDirectory) -> bool {
        self.is_done(directory) || self.error_file(directory).exists()
    }

    /// Whether all runs that it needs are done. Trials that it needs have to have ended: one that
    /// failed chooses, too.
    pub fn is_ready(&self, plan: &StudyPlan, directory: &StudyDirectory) -> bool {
        if let (Self::Train(run), Some(tuning)) = (self, &plan.tuning) {
            let mut trials = tuning.of(run);
            return trials.all(|trial| Job::Trial(trial).is_recorded(directory));
        }
        let is_done = |number: usize| Job::Train(&plan.runs[number]).is_done(directory);
        self.needs().into_iter().all(is_done)
    }

    /// How it stands.
    pub fn state(
        &self,
        plan: &StudyPlan,
        directory: &StudyDirectory,
    ) -> Result<JobState, RecordError> {
        if self.is_done(directory) {
            return Ok(JobState::Done);
        }
        if let Some(failed) = read_sealed::<RunError>(&self.error_file(directory))? {
            return Ok(JobState::Failed(failed.value.error));
        }
        Ok(match self.is_ready(plan, directory) {
            true => JobState::Ready,
            false => JobState::Waiting,
        })
    }
}
