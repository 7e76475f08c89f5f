//! Labels, and parts, that can be told without looking at what a picture shows.

mod clue;
mod folds;
mod portrait;
mod readable;
mod share;
mod target;

use crate::finding::Finding;
use crate::subject::Subject;
pub use readable::{LEAST_AUC, LEAST_CASES, ODDS};

/// Findings on what tells the label, and what tells the part.
pub(crate) fn findings(subject: &Subject) -> Vec<Finding> {
    readable::findings(subject)
}
