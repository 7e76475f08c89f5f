//! What the analysis of a study consists of: one file a part.

use std::path::PathBuf;

use super::directory::StudyDirectory;
use crate::study::{PlannedMap, PlannedPair, RunSpec, StudyPlan};

/// One file of the analysis.
#[derive(Clone, Copy, Debug)]
pub enum AnalysisPart<'a> {
    /// A run, before against after training.
    Run(&'a RunSpec),
    /// Two runs of one network.
    Pair(&'a PlannedPair),
    /// Every block of one run against every block of another.
    Map(&'a PlannedMap),
}

impl<'a> AnalysisPart<'a> {
    /// Everything that the plan asks for, in the order it is done.
    pub fn all(plan: &'a StudyPlan) -> Vec<Self> {
        let Some(analysis) = &plan.analysis else {
            return Vec::new();
        };
        let mut parts: Vec<Self> = plan.runs.iter().map(Self::Run).collect();
        parts.extend(analysis.pairs.iter().map(Self::Pair));
        parts.extend(analysis.maps.iter().map(Self::Map));
        parts
    }

    /// Numbers of the runs it is about.
    pub fn runs(&self) -> Vec<usize> {
        match self {
            Self::Run(run) => vec![run.number],
            Self::Pair(pair) => vec![pair.a, pair.b],
            Self::Map(map) => vec![map.a, map.b],
        }
    }

    /// Its record.
    pub fn file(&self, directory: &StudyDirectory) -> PathBuf {
        match self {
            Self::Run(run) => directory.run_analysis(run),
            Self::Pair(pair) => directory.pair_analysis(pair),
            Self::Map(map) => directory.map_analysis(map),
        }
    }

    /// What is written instead if it fails.
    pub fn error_file(&self, directory: &StudyDirectory) -> PathBuf {
        self.file(directory).with_extension("error.json")
    }

    /// Its name for people.
    pub fn describe(&self, plan: &StudyPlan) -> String {
        let run = |number: usize| {
            let spec = &plan.runs[number];
            format!("{}, seed {}", spec.label, spec.seed)
        };
        match self {
            Self::Run(spec) => format!("{}: before and after training", run(spec.number)),
            Self::Pair(pair) => format!("{} and {}", run(pair.a), run(pair.b)),
            Self::Map(map) => format!("blocks of {} and {}", run(map.a), run(map.b)),
        }
    }
}
