//! Predictions beside what is known, as metrics read them.

use stats::{ClassScores, Findings, StatsError};
use study::{RunData, class_labels, finding_labels};

use crate::predictions::Predictions;

/// Predictions of some pictures, and the question.
#[derive(Clone, Copy)]
pub struct Judged<'a> {
    /// Task, headline and classes.
    pub data: &'a RunData,
    /// Probabilities `[images, classes]` and labels.
    pub predictions: &'a Predictions,
}

impl Judged<'_> {
    /// Classes, grades or findings.
    pub fn classes(&self) -> usize {
        self.data.classes.len()
    }

    /// Probabilities of exclusive classes, `[images, classes]`.
    pub fn scores(&self) -> Result<ClassScores<'_>, StatsError> {
        ClassScores::new(&self.predictions.probabilities, self.classes())
    }

    /// The class of every picture, `[images]`.
    pub fn labels(&self) -> Vec<usize> {
        class_labels(&self.predictions.labels)
    }

    /// Presence of every finding in every picture, `[images, findings]`, none where unknown.
    pub fn known(&self) -> Vec<Option<bool>> {
        finding_labels(&self.predictions.labels, self.classes())
    }

    /// Probabilities of findings beside what is `known` of them.
    pub fn findings<'b>(&'b self, known: &'b [Option<bool>]) -> Result<Findings<'b>, StatsError> {
        Findings::new(&self.predictions.probabilities, known, self.classes())
    }
}
