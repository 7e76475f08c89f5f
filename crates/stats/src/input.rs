//! What any input must satisfy before it is worked on.

use crate::StatsError;

/// More classes than any image task has; a bound on what hostile input can ask for.
pub(crate) const CLASS_LIMIT: usize = 65_536;

/// Refuses an input of another length than the one it goes with.
pub(crate) fn same_length(
    what: &'static str,
    expected: usize,
    found: usize,
) -> Result<(), StatsError> {
    if expected == found {
        Ok(())
    } else {
        Err(StatsError::LengthMismatch {
            what,
            expected,
            found,
        })
    }
}

/// Refuses a count of nothing.
pub(crate) fn positive_count(parameter: &'static str, found: usize) -> Result<(), StatsError> {
    match found {
        0 => Err(StatsError::Parameter {
            parameter,
            expected: "at least 1",
            found: 0.0,
        }),
        _ => Ok(()),
    }
}

/// Refuses NaN and infinities.
pub(crate) fn all_finite(what: &'static str, values: &[f64]) -> Result<(), StatsError> {
    match values.iter().position(|value| !value.is_finite()) {
        Some(index) => Err(StatsError::NonFinite {
            what,
            index,
            found: values[index],
        }),
        None => Ok(()),
    }
}

/// Refuses labels outside `0..classes`.
pub(crate) fn check_classes(
    what: &'static str,
    labels: &[usize],
    classes: usize,
) -> Result<(), StatsError> {
    match labels.iter().position(|&label| label >= classes) {
        Some(index) => Err(StatsError::LabelOutOfRange {
            what,
            index,
            label: labels[index],
            classes,
        }),
        None => Ok(()),
    }
}

/// Refuses anything outside `0..=1`, NaN included.
pub(crate) fn check_probabilities(what: &'static str, values: &[f64]) -> Result<(), StatsError> {
    match values.iter().position(|p| !(0.0..=1.0).contains(p)) {
        Some(index) => Err(StatsError::NotProbability {
            what,
            index,
            found: values[index],
        }),
        None => Ok(()),
    }
}

/// Refuses a parameter outside `0..=1`, NaN included.
pub(crate) fn check_share(parameter: &'static str, found: f64) -> Result<(), StatsError> {
    if (0.0..=1.0).contains(&found) {
        Ok(())
    } else {
        Err(StatsError::Parameter {
            parameter,
            expected: "a number between 0 and 1",
            found,
        })
    }
}

/// Refuses a parameter that is not above 0 and finite.
pub(crate) fn check_positive(parameter: &'static str, found: f64) -> Result<(), StatsError> {
    if found > 0.0 && found.is_finite() {
        Ok(())
    } else {
        Err(StatsError::Parameter {
            parameter,
            expected: "a finite number above 0",
            found,
        })
    }
}
