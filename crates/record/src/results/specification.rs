//! Whether comparisons come out alike at everything that was tried.

use serde::{Deserialize, Serialize};

/// Every comparison at every candidate, both arms trained alike (Simonsohn, Simmons and Nelson
/// 2020: a specification curve). Made of the trials, whose test pictures no choice has seen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SpecificationCurve {
    /// One a comparison that any candidate tells of, in the order of the comparisons.
    pub comparisons: Vec<SpecificationResult>,
    /// What they say, one sentence an arm that others are compared with.
    pub readings: Vec<SpecificationReading>,
}

/// One comparison over the candidates.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SpecificationResult {
    /// Label of the arm.
    pub arm: String,
    /// Label of the arm that it is compared with.
    pub baseline: String,
    /// One a candidate that both were trained with, in the order of the candidates.
    pub points: Vec<SpecificationPoint>,
    /// Candidates at which the arm's mean is above the other's.
    pub ahead: usize,
    /// Candidates at which it is below.
    pub behind: usize,
}

/// One comparison at one candidate.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct SpecificationPoint {
    /// Position of the candidate.
    pub candidate: usize,
    /// Seeds that both arms have a trial with.
    pub seeds: usize,
    /// Test AUC of the arm less that of the other, mean over these seeds.
    pub difference: f64,
    /// 95% interval over seeds and patients, of this candidate alone; none with fewer than three
    /// seeds.
    pub interval: Option<[f64; 2]>,
    /// Whether the runs of the arm are trained with this candidate.
    pub is_chosen_by_arm: bool,
    /// Whether those of the other are.
    pub is_chosen_by_baseline: bool,
}

impl SpecificationPoint {
    /// Whether the interval, where there is one, excludes 0 on the side of the difference.
    pub fn is_beyond_interval(&self) -> bool {
        self.interval
            .is_some_and(|[low, high]| low > 0.0 || high < 0.0)
    }
}

/// A sentence on comparisons with one arm.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SpecificationReading {
    /// Labels of the arms that it is about, the one that they are compared with last.
    pub arms: Vec<String>,
    /// The sentence.
    pub text: String,
}
