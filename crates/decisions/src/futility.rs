use stats::normal_below;

use crate::contrast::Contrast;
use crate::planning::{ErrorOf, power_of_difference, power_of_equivalence, spread_factor};

/// Equivalence is hoped for where its power is at least this.
const HOPE_OF_EQUIVALENCE: f64 = 0.5;
/// A difference is hoped for where its power is at least this.
const HOPE_OF_A_DIFFERENCE: f64 = 0.2;
/// As many seeds as say what the patients alone allow.
const WITHOUT_END: usize = 100_000;

/// Why more seeds are not expected to decide a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Futility {
    /// The test patients alone leave it open: no number of seeds would help.
    Patients,
    /// Not even the most seeds of the study are enough.
    Seeds,
    /// Nothing varies over patients or seeds, or the arms have no seed in common.
    NothingVaries,
}

impl Futility {
    /// Of a comparison undecided so far, if `seeds` in all are trained and each test may then err
    /// in `at`. Futile where both are small: the power of equivalence, were there no difference, and
    /// of a difference as large as the one seen, given what is seen; with as little variance between
    /// seeds as may be (the lower end of its 80% interval), since after few seeds that is what is
    /// known least.
    pub fn of(contrast: &Contrast, margin: f64, seeds: usize, at: f64) -> Option<Self> {
        let found = &contrast.difference;
        let hopeful = found
            .spread
            .map_or(1.0, |spread| spread_factor(0.1, spread.degrees_of_freedom));
        let error = match ErrorOf::found(found, hopeful) {
            Some(error) if contrast.scaled().is_some() => error,
            _ if found.values.len() < crate::FEWEST_SEEDS => return None,
            _ => return Some(Self::NothingVaries),
        };
        let is_equivalence_hoped_for = |seeds: usize| {
            let power = |error| power_of_equivalence(0.0, margin, error, at);
            error
                .with(seeds, 1.0)
                .and_then(power)
                .is_none_or(|p| p >= HOPE_OF_EQUIVALENCE)
        };
        let difference = found.mean.abs();
        let conditional = conditional_power(&error, difference, found.values.len(), seeds, at);
        if is_equivalence_hoped_for(seeds) || conditional >= HOPE_OF_A_DIFFERENCE {
            return None;
        }
        let ever = |error| power_of_difference(difference, error, at);
        let is_ever_seen = error
            .with(WITHOUT_END, 1.0)
            .and_then(ever)
            .is_none_or(|power| power >= HOPE_OF_A_DIFFERENCE);
        Some(
            match is_equivalence_hoped_for(WITHOUT_END) || is_ever_seen {
                true => Self::Seeds,
                false => Self::Patients,
            },
        )
    }
}

/// The chance that a difference seen after `now` seeds is found after `seeds`, if it is the true
/// one: what is seen stays, and only the seeds to come vary.
fn conditional_power(error: &ErrorOf, seen: f64, now: usize, seeds: usize, at: f64) -> f64 {
    let Some([last, df]) = error.with(seeds, 1.0) else {
        return 1.0;
    };
    let Ok(critical) = stats::t_quantile(1.0 - at / 2.0, df) else {
        return 1.0;
    };
    let to_come = seeds.saturating_sub(now) as f64;
    let spread = ((error.seeds.variance + error.noise) * to_come).sqrt() / seeds as f64;
    match spread > 0.0 {
        true => normal_below((seen - critical * last) / spread),
        false => f64::from(u8::from(seen > critical * last)),
    }
}
