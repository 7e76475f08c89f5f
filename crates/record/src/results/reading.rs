//! What a figure says in one sentence, and whether the paper found the same.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What one figure says of one setting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// Number of the figure in Raghu et al. 2019: 2 to 5.
    pub figure: u8,
    /// [`Setting::title`](super::Setting::title).
    pub setting: String,
    /// What the figure shows here, with 95% intervals.
    pub sentence: String,
    /// Whether that agrees with the paper.
    pub agrees: Agreement,
    /// What the paper found, to follow `the paper, which found that`.
    pub paper: String,
}

/// Whether intervals decide that a finding is the paper's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Agreement {
    /// They decide for it.
    #[serde(rename = "agrees")]
    Agrees,
    /// They decide against it.
    #[serde(rename = "disagrees")]
    Disagrees,
    /// They decide nothing, or the paper says nothing of such networks.
    #[serde(rename = "cannot tell")]
    CannotTell,
}

impl fmt::Display for Agreement {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Self::Agrees => "agrees",
            Self::Disagrees => "disagrees",
            Self::CannotTell => "cannot tell",
        })
    }
}

impl Agreement {
    /// Both findings together: one that disagrees decides, and both must agree.
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Disagrees, _) | (_, Self::Disagrees) => Self::Disagrees,
            (Self::Agrees, Self::Agrees) => Self::Agrees,
            _ => Self::CannotTell,
        }
    }
}

impl Reading {
    /// The clause on the paper: `This agrees with the paper, which found that …`.
    pub fn clause(&self) -> String {
        match self.agrees {
            Agreement::CannotTell => format!(
                "These numbers cannot tell whether this agrees with the paper, which found that {}",
                self.paper
            ),
            decided => format!(
                "This {decided} with the paper, which found that {}",
                self.paper
            ),
        }
    }
}
