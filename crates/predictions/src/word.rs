use std::fmt;

use serde::Serialize;
use stats::Outcome;

/// What a comparison comes to. Of ways of training it is *better* or *worse*; of two models, each
/// of one seed, *higher* or *lower*, which says nothing of how they were trained.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Word {
    /// Trained so, networks are better.
    Better,
    /// Trained so, networks are worse.
    Worse,
    /// This model's AUC is higher.
    Higher,
    /// This model's AUC is lower.
    Lower,
    /// The difference is within the margin.
    Equivalent,
    /// The data are too few to tell; not the same as no difference.
    Undecided,
}

impl Word {
    /// `of_models`: of two models, not of ways of training.
    pub(crate) fn new(outcome: Outcome, of_models: bool) -> Self {
        match (outcome, of_models) {
            (Outcome::Better, false) => Self::Better,
            (Outcome::Better, true) => Self::Higher,
            (Outcome::Worse, false) => Self::Worse,
            (Outcome::Worse, true) => Self::Lower,
            (Outcome::Equivalent, _) => Self::Equivalent,
            (Outcome::Undecided, _) => Self::Undecided,
        }
    }
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Self::Better => "better",
            Self::Worse => "worse",
            Self::Higher => "higher",
            Self::Lower => "lower",
            Self::Equivalent => "equivalent",
            Self::Undecided => "undecided",
        })
    }
}
