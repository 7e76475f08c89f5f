//! What any association can be computed from.

use crate::StatsError;
use crate::input::{all_finite, same_length};

/// Most points where every pair of them is looked at.
const LIMIT: usize = 1000;

/// Refuses what [`check`] does, and more than a thousand points.
pub(super) fn check_pairs(x: &[f64], y: &[f64]) -> Result<(), StatsError> {
    if x.len() > LIMIT {
        return Err(StatsError::TooMany {
            what: "points",
            limit: LIMIT,
            found: x.len(),
        });
    }
    check(x, y)
}

/// Refuses what no association can be computed from: fewer than two points, numbers that are not
/// finite, and a quantity that does not vary.
pub(super) fn check(x: &[f64], y: &[f64]) -> Result<(), StatsError> {
    same_length("second quantity", x.len(), y.len())?;
    if x.len() < 2 {
        return Err(StatsError::TooFew {
            what: "points",
            needed: 2,
            found: x.len(),
        });
    }
    for (what, values) in [("first quantity", x), ("second quantity", y)] {
        all_finite(what, values)?;
        if values.iter().all(|value| *value == values[0]) {
            return Err(StatsError::Constant { what });
        }
    }
    Ok(())
}
