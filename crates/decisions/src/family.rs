use stats::{Outcome, StatsError, holm};

use crate::contrast::Contrast;
use crate::step_down::adjusted;

/// The chance that a study says anything false at all.
pub const ERROR: f64 = 0.05;

/// What a study concludes of, besides differences of its headline.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Concludes {
    /// Whether some arm reaches a threshold, so that speeds are compared.
    pub on_speed: bool,
    /// Whether there is more than one candidate for the best arm.
    pub on_the_best: bool,
    /// Whether there are named test sets.
    pub on_test_sets: bool,
}

/// The error that each part of a study's conclusions may spend; together [`ERROR`].
///
/// All outcomes on a page are one family: the chance that any of them is false is the sum at most
/// (Bonferroni). Differences of the headline, causes among them, have by far the largest share, as
/// the others are few or plain: 18 parts, test sets 4, speed 1, the best 1. What a study does not
/// ask leaves its share to the rest.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shares {
    /// Differences of the headline AUC on the test partition.
    pub differences: f64,
    /// Differences on named test sets.
    pub test_sets: f64,
    /// Steps to thresholds.
    pub speed: f64,
    /// Which arms can be told from the best.
    pub best: f64,
}

impl Shares {
    /// Of a study that `concludes` so.
    pub fn of(concludes: Concludes) -> Self {
        let parts = |asked: bool, parts: f64| if asked { parts } else { 0.0 };
        let (differences, test_sets) = (18.0, parts(concludes.on_test_sets, 4.0));
        let (speed, best) = (
            parts(concludes.on_speed, 1.0),
            parts(concludes.on_the_best, 1.0),
        );
        let part = ERROR / (differences + test_sets + speed + best);
        Self {
            differences: differences * part,
            test_sets: test_sets * part,
            speed: speed * part,
            best: best * part,
        }
    }
}

/// p values of one question after correction, on the scale of the whole study: below [`ERROR`] the
/// question is decided.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Corrected {
    /// Of no difference.
    pub difference: Option<f64>,
    /// Of a difference of at least the margin.
    pub equivalence: Option<f64>,
}

impl Corrected {
    /// Equivalent where that is shown, else better or worse where a difference is, else undecided;
    /// `difference` gives the direction.
    pub fn outcome(&self, difference: f64) -> Outcome {
        Outcome::from_p(difference, self.difference, self.equivalence)
    }
}

/// Corrects the p values of contrasts on the same cases, which share `share` of the error. Tests of
/// no difference go by their joint distribution, those of equivalence by Holm's method.
///
/// Each of the two kinds of false outcome has the share for itself: no difference can be falsely
/// *better* and falsely *equivalent*, so both add up only in studies where some arms are equal and
/// others exactly as far apart as the margin.
pub fn corrected(
    contrasts: &[&Contrast],
    margin: f64,
    share: f64,
) -> Result<Vec<Corrected>, StatsError> {
    let difference: Vec<_> = contrasts.iter().map(|c| c.p_difference()).collect();
    let equivalence: Vec<_> = contrasts.iter().map(|c| c.p_equivalence(margin)).collect();
    let (difference, equivalence) = (
        adjusted(contrasts, &difference, share)?,
        holm(&equivalence)?,
    );
    let both = difference.into_iter().zip(equivalence);
    Ok(both
        .map(|(difference, equivalence)| Corrected {
            difference: on_scale(difference, share),
            equivalence: on_scale(equivalence, share),
        })
        .collect())
}

/// Holm's correction of p values whose dependence is not known, which share `share` of the error.
pub fn corrected_alone(p: &[Option<f64>], share: f64) -> Result<Vec<Option<f64>>, StatsError> {
    let adjusted = holm(p)?.into_iter();
    Ok(adjusted.map(|p| on_scale(p, share)).collect())
}

/// A p value that may spend `share`, as one that may spend all of [`ERROR`].
fn on_scale(p: Option<f64>, share: f64) -> Option<f64> {
    p.map(|p| (p * ERROR / share).min(1.0))
}
