//! A part of cross-validation, and its place.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::split::Split;

/// A part of cross-validation: which test pictures a run is kept from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Fold {
    /// Number of the repeat, from 1.
    pub repeat: usize,
    /// Number in its repeat, from 1.
    pub number: usize,
}

impl Fold {
    /// For names of files: `r1f2`.
    pub fn short(self) -> String {
        format!("r{}f{}", self.repeat, self.number)
    }
}

/// `fold 2`, or `repeat 2, fold 1`.
impl fmt::Display for Fold {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        if self.repeat > 1 {
            write!(f, "repeat {}, ", self.repeat)?;
        }
        write!(f, "fold {}", self.number)
    }
}

/// A fold with its pictures.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlannedFold {
    /// Which one.
    pub fold: Fold,
    /// Its pictures.
    pub split: Split,
}

/// The folds of a study.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Folds {
    /// Folds of a repeat, at least 2.
    pub count: usize,
    /// Repeats, at least 1.
    pub repeats: usize,
    /// All folds, repeat by repeat.
    pub planned: Vec<PlannedFold>,
}

impl Folds {
    /// The folds with their splits, repeat by repeat, `count` each.
    pub(crate) fn new(count: usize, splits: Vec<Split>) -> Self {
        let planned = |(place, split): (usize, Split)| PlannedFold {
            fold: Fold {
                repeat: place / count + 1,
                number: place % count + 1,
            },
            split,
        };
        Self {
            count,
            repeats: splits.len() / count,
            planned: splits.into_iter().enumerate().map(planned).collect(),
        }
    }

    /// The pictures of a fold.
    pub fn split(&self, fold: Fold) -> Option<&Split> {
        let found = self.planned.iter().find(|planned| planned.fold == fold);
        found.map(|planned| &planned.split)
    }

    /// Fewest training pictures of a fold.
    pub fn fewest_to_train(&self) -> usize {
        let sizes = self.planned.iter().map(|planned| planned.split.train.len());
        sizes.min().unwrap_or(0)
    }

    /// Every picture that is tested, ascending: those of the first repeat, as of every other.
    pub fn cases(&self) -> Vec<usize> {
        let first = self
            .planned
            .iter()
            .filter(|planned| planned.fold.repeat == 1);
        let mut cases: Vec<usize> = first.flat_map(|p| p.split.test.iter().copied()).collect();
        cases.sort_unstable();
        cases.dedup();
        cases
    }
}
