//! What every arm tried before its runs, and what it chose.

use serde::{Deserialize, Serialize};
use study::{Candidate, TuneKey, TuneMetric};

/// What the arms of a study tried, the same in all of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TunedResult {
    /// What candidates are chosen by.
    pub metric: TuneMetric,
    /// What differs between candidates.
    pub keys: Vec<TuneKey>,
    /// Seeds of the trials; no run of the study has any of them.
    pub seeds: Vec<u64>,
}

/// What one arm tried, and what it chose.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TuningResult {
    /// Label of the arm.
    pub arm: String,
    /// Every candidate, in the order of the plan.
    pub candidates: Vec<TriedResult>,
    /// Position of the candidate that its runs are trained with; none as long as trials are open,
    /// and where none could be trained with every seed.
    pub chosen: Option<usize>,
    /// At which ends of the tried values the chosen candidate lies.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub edges: Vec<EdgeResult>,
    /// Training steps of all trials that were trained to their end.
    pub steps: u64,
}

/// A candidate in one arm.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TriedResult {
    /// What it is.
    #[serde(flatten)]
    pub candidate: Candidate,
    /// One a seed.
    pub trials: Vec<TrialResult>,
    /// Mean of the best validation AUC over seeds; none unless all were trained.
    pub mean: Option<f64>,
}

/// One trial.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrialResult {
    /// Its seed.
    pub seed: u64,
    /// Headline AUC of its best checkpoint on the validation partition; none where it was not
    /// trained to its end.
    pub validation_auc: Option<f64>,
    /// Why it failed, where it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// The chosen candidate has the smallest or largest value that was tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EdgeResult {
    /// Of what.
    pub key: TuneKey,
    /// Whether it is the largest.
    pub is_largest: bool,
}

impl TuningResult {
    /// The candidate that runs are trained with.
    pub fn choice(&self) -> Option<&Candidate> {
        Some(&self.candidates.get(self.chosen?)?.candidate)
    }
}

/// Arms that are named where better candidates may lie beyond; of more it is said how many.
const NAMED: usize = 4;

/// What the reader has to know of the choices: where better candidates may lie beyond what was
/// tried, a sentence for all arms alike.
pub fn tuning_warnings(tuning: &[TuningResult]) -> Vec<String> {
    let mut beyond: Vec<(EdgeResult, String, Vec<&str>)> = Vec::new();
    for found in tuning {
        for edge in &found.edges {
            let Some(value) = found.choice().map(|choice| choice.value(edge.key)) else {
                continue;
            };
            match beyond
                .iter_mut()
                .find(|known| known.0 == *edge && known.1 == value)
            {
                Some((_, _, arms)) => arms.push(&found.arm),
                None => beyond.push((*edge, value, vec![&found.arm])),
            }
        }
    }
    let sentence = |(edge, value, arms): &(EdgeResult, String, Vec<&str>)| {
        let (which, more) = match edge.is_largest {
            true => ("largest", "larger"),
            false => ("smallest", "smaller"),
        };
        let arms = match arms.len() {
            0..=NAMED => arms.join("; "),
            count => format!("{count} of {} arms", tuning.len()),
        };
        format!(
            "the best {} is the {which} tried ({value}), and {more} ones may be better, for {arms}",
            edge.key
        )
    };
    beyond.iter().map(sentence).collect()
}
