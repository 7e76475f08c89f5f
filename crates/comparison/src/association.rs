//! How two quantities go together over a study's networks.

use record::results::AssociationResult;
use stats::{Association, Coefficient, StatsError};

/// Fewest points of which anything is said.
pub const LEAST_POINTS: usize = 4;

/// The association of `points`, both quantities of each.
pub(crate) fn associate(coefficient: Coefficient, points: &[[f64; 2]]) -> AssociationResult {
    let (x, y): (Vec<f64>, Vec<f64>) = points.iter().map(|[x, y]| (*x, *y)).unzip();
    let found = match points.len() < LEAST_POINTS {
        true => Err(StatsError::TooFew {
            what: "points",
            needed: LEAST_POINTS,
            found: points.len(),
        }),
        false => Association::new(coefficient, &x, &y),
    };
    let (value, interval) = match found {
        Ok(found) => (Ok(found.value), found.interval),
        Err(reason) => (Err(reason.clone()), Err(reason)),
    };
    AssociationResult {
        coefficient: coefficient.into(),
        points: points.len(),
        value: value.ok(),
        reason: interval.as_ref().err().map(StatsError::to_string),
        interval: interval.ok().map(|i| [i.lower, i.upper]),
    }
}
