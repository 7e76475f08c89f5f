//! Whose pictures they are.

mod labels;
mod names;
mod spelling;
mod straddling;

pub use names::patient_pattern;

use crate::finding::Finding;
use crate::subject::Subject;

/// Findings on patients.
pub(crate) fn findings(subject: &Subject) -> Vec<Finding> {
    let mut found = Vec::new();
    found.extend(spelling::finding(subject));
    found.extend(straddling::patients(subject));
    found.extend(straddling::studies(subject));
    found.extend(names::finding(subject));
    found.extend(labels::finding(subject));
    found
}
