//! What one way of measuring found.

use crate::compare::Evidence;
use crate::compare::setting::Asked;
use crate::{Reason, Side};

/// Evidence of some of the measures asked for, with their places in that list.
#[derive(Default)]
pub(crate) struct Found {
    /// What was left out of `a` and of `b`, where any matrix was made.
    pub sides: Option<[Side; 2]>,
    pub evidence: Vec<(usize, Evidence)>,
    /// What a reader should know, in a sentence.
    pub warning: Option<String>,
}

impl Found {
    /// The same reason for all.
    pub fn without_values(asked: &[Asked], reason: &Reason) -> Self {
        let evidence = |&(place, _): &Asked| (place, Evidence::new(Err(reason.clone()), None));
        Self {
            evidence: asked.iter().map(evidence).collect(),
            ..Self::default()
        }
    }
}
