//! How a study stands whose seeds are added until all is decided.

use serde::{Deserialize, Serialize};

use super::outcome::Outcome;

/// Looks at growing numbers of seeds, and what came of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SequentialResult {
    /// Numbers of seeds after which it is looked, rising; the last is the most that is trained.
    pub looks: Vec<usize>,
    /// Seeds of the last look that all runs are recorded for; none before the first. Everything in
    /// these results is of seeds below it.
    pub reached: Option<usize>,
    /// Whether no more is to be trained.
    pub stopped: bool,
    /// Runs of the plan that are not needed; 0 until it has stopped.
    pub saved: usize,
    /// What the last look may spend for each unit of an error over all looks, in `0..=1`; 0 before
    /// the first.
    pub spends: f64,
    /// Every difference of arms that is concluded of, as it stands after the last look.
    pub comparisons: Vec<StandingResult>,
}

/// How one comparison stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StandingResult {
    /// Label of the arm.
    pub arm: String,
    /// Label of the one that it is compared with.
    pub baseline: String,
    /// Its outcome.
    pub outcome: Outcome,
    /// Seeds of the look that decided it; none while it is undecided.
    pub decided_at: Option<usize>,
    /// Why more seeds are not expected to decide it; none where they may.
    pub futile: Option<FutilityResult>,
}

/// Why more seeds are not expected to decide a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FutilityResult {
    /// The test patients alone leave it open.
    Patients,
    /// Not even the most seeds of the study are enough.
    Seeds,
    /// Nothing varies, or the arms have no finished seed in common.
    NothingVaries,
}

impl SequentialResult {
    /// The comparison of these arms, where it is one.
    pub fn of(&self, arm: &str, baseline: &str) -> Option<&StandingResult> {
        let is_it = |c: &&StandingResult| c.arm == arm && c.baseline == baseline;
        self.comparisons.iter().find(is_it)
    }
}
