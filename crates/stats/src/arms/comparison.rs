use crate::input::same_length;
use crate::uncertainty::quantile::t_quantile;
use crate::{Estimate, Interval, SeedMean, StatsError};
use std::fmt;

/// An arm against a baseline, seed by seed on the same test cases.
///
/// The difference of the means over paired seeds (the same seed draws the same data order and
/// split in both). Its error has a seed part, from the spread of the paired differences, and a
/// sampling part, from the differences of the influences: see [`SeedMean`]. All conclusions are at
/// alpha 0.05 and hold for this one comparison; several need a correction for multiplicity:
/// [`holm`](crate::holm).
///
/// ```
/// use stats::{Comparison, Delong, Outcome};
///
/// // 200 cases, every third positive, scored by two seeds of each arm.
/// let labels: Vec<bool> = (0..200).map(|case| case % 3 == 0).collect();
/// let estimate = |gain: f64, seed: usize| {
///     let score = |case: usize| (case * 37 + seed * 11) as f64 % 101.0 / 101.0;
///     let scores: Vec<f64> = (0..200)
///         .map(|case| score(case) + gain * f64::from(u8::from(labels[case])))
///         .collect();
///     Delong::new(&labels, &scores)?.estimate()
/// };
/// let baseline = [estimate(0.2, 1)?, estimate(0.2, 2)?];
/// let arm = [estimate(0.6, 1)?, estimate(0.6, 2)?];
///
/// let comparison = Comparison::new(&arm, &baseline, 0.01)?;
/// assert_eq!(comparison.outcome, Outcome::Better);
/// // Alike within a margin of 0.5, but no difference without evidence of one.
/// assert_eq!(Comparison::new(&arm, &baseline, 0.5)?.outcome, Outcome::Equivalent);
/// assert_eq!(Comparison::new(&arm, &arm, 0.01)?.outcome, Outcome::Undecided);
/// # Ok::<(), stats::StatsError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// Arm less baseline: mean, per-seed differences, and both sources of error apart.
    pub difference: SeedMean,
    /// 95% interval of the difference, which decides `significant`.
    pub interval: Interval,
    /// 90% interval of the difference, which decides equivalence.
    pub equivalence_interval: Interval,
    /// The difference that would not matter, above 0.
    pub margin: f64,
    /// What may be concluded.
    pub outcome: Outcome,
    /// Whether the 95% interval excludes 0. A difference can be real and too small to matter:
    /// then this is true and the outcome is [`Outcome::Equivalent`].
    pub significant: bool,
    /// Two-sided p value of no difference; `None` when the standard error is zero.
    pub p_difference: Option<f64>,
    /// p value of the two one-sided tests (TOST), the larger of the two: that the difference is
    /// at least the margin either way. `None` when the standard error is zero.
    pub p_equivalence: Option<f64>,
    /// The smallest true difference these seeds and cases would have shown with 80% power; `None`
    /// when the standard error is zero.
    pub smallest_detectable: Option<f64>,
}

/// What a [`Comparison`] allows one to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The 95% interval lies above 0, and equivalence is not shown.
    Better,
    /// The 95% interval lies below 0, and equivalence is not shown.
    Worse,
    /// The 90% interval lies within ± margin: the two one-sided tests (TOST, Schuirmann 1987)
    /// both reject at 0.05. It comes first: a significant difference inside the margin is
    /// equivalent, with `significant` set.
    Equivalent,
    /// Neither. **Not the same as no difference**: the data are too few to tell. Also the outcome
    /// when no variation was seen at all (one network against itself, or perfect scores in both),
    /// which is no evidence about other patients and seeds.
    Undecided,
}

impl Comparison {
    /// `arm`, `baseline`: one estimate per seed, entry `i` of both from the same seed, all on the
    /// same test cases in the same order. `margin`: the difference that would not matter, in the
    /// unit of the statistic (0.01 is one AUC point), above 0 and at most 1.
    pub fn new(arm: &[Estimate], baseline: &[Estimate], margin: f64) -> Result<Self, StatsError> {
        if !(margin > 0.0 && margin <= 1.0) {
            return Err(StatsError::Parameter {
                parameter: "equivalence margin",
                expected: "a number above 0 and at most 1",
                found: margin,
            });
        }
        same_length("seeds of the baseline", arm.len(), baseline.len())?;
        let differences = arm
            .iter()
            .zip(baseline)
            .map(|(arm, baseline)| arm.difference(baseline))
            .collect::<Result<Vec<_>, _>>()?;
        let difference = SeedMean::new(&differences)?;
        let interval = difference.interval(0.95)?;
        let equivalence_interval = difference.interval(0.9)?;
        let varies = difference.standard_error > 0.0;
        let significant = varies && !interval.contains(0.0);
        let within = -margin < equivalence_interval.lower && equivalence_interval.upper < margin;
        let outcome = match (varies && within, significant) {
            (true, _) => Outcome::Equivalent,
            (false, true) if difference.mean > 0.0 => Outcome::Better,
            (false, true) => Outcome::Worse,
            (false, false) => Outcome::Undecided,
        };
        let above = |value| difference.p_above(value);
        let p_difference = above(0.0)?.map(|p| (2.0 * p.min(1.0 - p)).min(1.0));
        let p_equivalence = match (above(-margin)?, above(margin)?) {
            (Some(low), Some(high)) => Some(low.max(1.0 - high)),
            _ => None,
        };
        let smallest_detectable = difference
            .degrees_of_freedom
            .map(|df| smallest_detectable(difference.standard_error, df))
            .transpose()?;
        Ok(Self {
            interval,
            equivalence_interval,
            margin,
            outcome,
            significant,
            p_difference,
            p_equivalence,
            smallest_detectable,
            difference,
        })
    }

    /// What may be concluded from p values that were adjusted for several comparisons, such as by
    /// [`holm`](crate::holm): equivalent if the adjusted TOST is below 0.05, else better or worse
    /// if the adjusted test of no difference is, else undecided. With both p values as they are
    /// in this comparison it is [`outcome`](Self::outcome).
    pub fn outcome_after(&self, p_difference: Option<f64>, p_equivalence: Option<f64>) -> Outcome {
        Outcome::from_p(self.difference.mean, p_difference, p_equivalence)
    }
}

impl Outcome {
    /// The outcome of a difference with its two p values at alpha 0.05; none means that nothing
    /// varied.
    pub(crate) fn from_p(
        difference: f64,
        p_difference: Option<f64>,
        p_equivalence: Option<f64>,
    ) -> Self {
        let rejects = |p: Option<f64>| p.is_some_and(|p| p < 0.05);
        match (rejects(p_equivalence), rejects(p_difference)) {
            (true, _) => Self::Equivalent,
            (false, true) if difference > 0.0 => Self::Better,
            (false, true) => Self::Worse,
            (false, false) => Self::Undecided,
        }
    }
}

/// The smallest true difference that a two-sided test at 0.05 would find with 80% power:
/// `(t₀.₉₇₅ + t₀.₈) · standard_error`.
///
/// The usual approximation to the non-central t: 1% too small at 4 degrees of freedom, 5% at 2 and
/// 14% at 1.
/// It describes the precision of the study, so it is not to be computed from, or argued with, the
/// difference that was observed. `degrees_of_freedom`: above 0.
pub fn smallest_detectable(
    standard_error: f64,
    degrees_of_freedom: f64,
) -> Result<f64, StatsError> {
    if !(standard_error.is_finite() && standard_error >= 0.0) {
        return Err(StatsError::Parameter {
            parameter: "standard error",
            expected: "a finite number, 0 or more",
            found: standard_error,
        });
    }
    let quantiles = t_quantile(0.975, degrees_of_freedom)? + t_quantile(0.8, degrees_of_freedom)?;
    Ok(quantiles * standard_error)
}

/// One line that never leaves an absent difference to stand alone.
impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let outcome = match (self.outcome, self.significant) {
            (Outcome::Better, _) => "better",
            (Outcome::Worse, _) => "worse",
            (Outcome::Equivalent, false) => "equivalent",
            (Outcome::Equivalent, true) => "different, but equivalent",
            (Outcome::Undecided, _) => "undecided",
        };
        let Interval { lower, upper, .. } = self.interval;
        write!(
            f,
            "{outcome}: {:+.4} (95% interval {lower:+.4} to {upper:+.4}, margin ±{}",
            self.difference.mean, self.margin
        )?;
        match self.smallest_detectable {
            Some(size) => write!(f, ", detectable from {size:.4})")?,
            None => write!(f, ", no variation seen)")?,
        }
        if self.difference.seeds.is_none() {
            write!(f, "; one seed, so these two networks only")?;
        }
        Ok(())
    }
}
