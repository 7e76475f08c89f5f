//! Cases that calibration can be asked of.

use crate::StatsError;
use crate::input::{check_probabilities, same_length};

/// Refuses no cases, labels and probabilities that do not match, and what is no probability.
pub(super) fn check(labels: &[bool], probabilities: &[f64]) -> Result<(), StatsError> {
    if labels.is_empty() {
        return Err(StatsError::Empty { what: "labels" });
    }
    same_length("probabilities", labels.len(), probabilities.len())?;
    check_probabilities("probabilities", probabilities)
}
