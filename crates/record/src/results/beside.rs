//! Two studies beside each other.

use serde::{Deserialize, Serialize};

use super::estimate::Estimate;
use super::outcome::Outcome;
use super::reading::Agreement;

/// Two studies, arm by arm: other data, another margin, before and after a change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Beside {
    /// Their titles.
    pub titles: [String; 2],
    /// The first sentence of each verdict.
    pub leads: [String; 2],
    /// What they ask, on what, and how: in the order of a reader's questions.
    pub facts: Vec<Fact>,
    /// Whether both test on the same pictures in the same order, so that differences of arms are of
    /// the same patients.
    pub shares_test: bool,
    /// Arms that both have, in the order of the first.
    pub arms: Vec<ArmBeside>,
    /// Comparisons that both have, in the order of the first.
    pub comparisons: Vec<ComparisonBeside>,
    /// Labels of arms that only the first has, and that only the second has.
    pub alone: [Vec<String>; 2],
}

/// One property of two studies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// Its name.
    pub name: String,
    /// Its value in each.
    pub values: [String; 2],
}

impl Fact {
    /// Whether both studies have the same.
    pub fn is_alike(&self) -> bool {
        self.values[0] == self.values[1]
    }
}

/// An arm of the same label in two studies.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ArmBeside {
    /// The label.
    pub label: String,
    /// Its test AUC in each.
    pub aucs: [Option<Estimate>; 2],
    /// AUC of the second less that of the first.
    pub difference: Option<Shift>,
}

/// A difference between two studies, by itself: it is part of no study's family of conclusions.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Shift {
    /// The second less the first.
    pub value: f64,
    /// Lower end of the 95% interval; none where an arm has none.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
}

/// A comparison of the same two arms in two studies.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ComparisonBeside {
    /// Label of the arm.
    pub arm: String,
    /// Label of the other.
    pub baseline: String,
    /// Difference in test AUC in each.
    pub differences: [Estimate; 2],
    /// What each study concludes, by its own margin.
    pub outcomes: [Outcome; 2],
    /// Whether the studies agree.
    pub agreement: Agreement,
}
