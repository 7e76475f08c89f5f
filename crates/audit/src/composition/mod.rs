//! How many pictures of what there are, and where.

mod counts;
mod files;
mod imbalance;
mod positive;
mod rare;

use crate::finding::Finding;
use crate::subject::Subject;
use counts::Counts;

/// Findings on classes, parts and files.
pub(crate) fn findings(subject: &Subject) -> Vec<Finding> {
    let counts = Counts::of(subject);
    let mut found = Vec::new();
    found.extend(rare::absent(subject, &counts));
    found.extend(rare::few(subject, &counts));
    found.extend(positive::finding(subject, &counts));
    found.extend(imbalance::finding(subject, &counts));
    found.extend(files::findings(subject));
    found
}
