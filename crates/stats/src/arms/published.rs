use crate::uncertainty::noncentral::detectable_noncentrality;
use crate::uncertainty::quantile::t_upper_tail;
use crate::{Interval, Outcome, StatsError, smallest_detectable};

/// A group of runs as a paper prints it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Group {
    /// Mean over the runs, in the unit of the table.
    pub mean: f64,
    /// Sample standard deviation over the runs (divisor `n − 1`), 0 or more. **Not** a standard
    /// error.
    pub standard_deviation: f64,
    /// Number of runs, at least 2.
    pub count: usize,
}

/// What a two-sample t test takes the two variances for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Variances {
    /// Each group has its own (Welch, with Satterthwaite's degrees of freedom).
    Welch,
    /// Both have the same, estimated from both (Student); `n₁ + n₂ − 2` degrees of freedom.
    Pooled,
}

/// Two groups of runs that are known only by mean, standard deviation and number, as if their runs
/// were unpaired and independent.
///
/// It knows the spread over runs alone: the error of a finite test set is in no printed table, nor
/// is the pairing of runs. Printed means are rounded, so a difference of one unit in the last
/// digit says little, however small its p value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GroupComparison {
    /// Mean of the arm less mean of the baseline.
    pub difference: f64,
    /// Standard error of the difference; 0 when both standard deviations are 0.
    pub standard_error: f64,
    /// Degrees of freedom; `None` when the standard error is zero, as everything below then.
    pub degrees_of_freedom: Option<f64>,
    /// Difference over standard error.
    pub t: Option<f64>,
    /// 95% interval of the difference; the difference itself, flagged, with no standard error.
    pub interval: Interval,
    /// Two-sided p value of no difference.
    pub p_difference: Option<f64>,
    /// p value of the two one-sided tests (TOST) against the margin.
    pub p_equivalence: Option<f64>,
    /// The smallest true difference that such groups would show with 80% power at 0.05, exact by
    /// the noncentral t.
    pub smallest_detectable: Option<f64>,
    /// The same by the usual approximation, [`smallest_detectable`].
    pub smallest_detectable_approximate: Option<f64>,
    /// What may be concluded from this comparison alone; see [`outcome_after`](Self::outcome_after).
    pub outcome: Outcome,
}

impl GroupComparison {
    /// `margin`: the difference that would not matter, in the unit of the means, above 0.
    pub fn new(
        arm: Group,
        baseline: Group,
        margin: f64,
        variances: Variances,
    ) -> Result<Self, StatsError> {
        if !(margin > 0.0 && margin.is_finite()) {
            return Err(StatsError::Parameter {
                parameter: "equivalence margin",
                expected: "a number above 0",
                found: margin,
            });
        }
        arm.check()?;
        baseline.check()?;
        let difference = arm.mean - baseline.mean;
        let (variance, df) = error(arm, baseline, variances);
        let standard_error = variance.sqrt();
        let Some(df) = df else {
            return Ok(Self {
                difference,
                standard_error,
                degrees_of_freedom: None,
                t: None,
                interval: Interval::degenerate(difference, 0.95)?,
                p_difference: None,
                p_equivalence: None,
                smallest_detectable: None,
                smallest_detectable_approximate: None,
                outcome: Outcome::Undecided,
            });
        };
        let t = difference / standard_error;
        let p_difference = Some((2.0 * t_upper_tail(t.abs(), df)?).min(1.0));
        let low = t_upper_tail((difference + margin) / standard_error, df)?;
        let high = t_upper_tail((margin - difference) / standard_error, df)?;
        let p_equivalence = Some(low.max(high));
        Ok(Self {
            difference,
            standard_error,
            degrees_of_freedom: Some(df),
            t: Some(t),
            interval: Interval::student(difference, standard_error, df, 0.95)?,
            p_difference,
            p_equivalence,
            smallest_detectable: Some(detectable_noncentrality(df)? * standard_error),
            smallest_detectable_approximate: Some(smallest_detectable(standard_error, df)?),
            outcome: Outcome::from_p(difference, p_difference, p_equivalence),
        })
    }

    /// What may be concluded from p values adjusted for a whole table, such as by
    /// [`holm`](crate::holm), in the order of [`Outcome`].
    pub fn outcome_after(&self, p_difference: Option<f64>, p_equivalence: Option<f64>) -> Outcome {
        Outcome::from_p(self.difference, p_difference, p_equivalence)
    }
}

impl Group {
    fn check(self) -> Result<(), StatsError> {
        let refuse = |parameter, expected, found| {
            Err(StatsError::Parameter {
                parameter,
                expected,
                found,
            })
        };
        if !self.mean.is_finite() {
            return refuse("mean", "a finite number", self.mean);
        }
        if !(self.standard_deviation >= 0.0 && self.standard_deviation.is_finite()) {
            let expected = "a finite number, 0 or more";
            return refuse("standard deviation", expected, self.standard_deviation);
        }
        if self.count < 2 {
            return refuse("number of runs", "2 or more", self.count as f64);
        }
        Ok(())
    }
}

/// Variance of the difference, with its degrees of freedom unless it is zero.
fn error(arm: Group, baseline: Group, variances: Variances) -> (f64, Option<f64>) {
    let [a, b] = [arm, baseline].map(|group| group.standard_deviation.powi(2));
    let [n, m] = [arm, baseline].map(|group| group.count as f64);
    let (variance, df) = match variances {
        Variances::Pooled => {
            let df = n + m - 2.0;
            let pooled = ((n - 1.0) * a + (m - 1.0) * b) / df;
            (pooled * (n.recip() + m.recip()), df)
        }
        Variances::Welch => {
            let total = a / n + b / m;
            // Shares instead of variances, so that squares of tiny numbers do not vanish.
            let (by_arm, by_baseline) = (a / n / total, b / m / total);
            let inverse = by_arm.powi(2) / (n - 1.0) + by_baseline.powi(2) / (m - 1.0);
            (total, inverse.recip())
        }
    };
    (variance, (variance > 0.0).then_some(df))
}
