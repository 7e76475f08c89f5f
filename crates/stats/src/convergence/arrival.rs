use super::isotonic::isotonic;
use crate::StatsError;
use crate::input::all_finite;

/// When a noisy learning curve arrives at a value to stay: known between two evaluations only.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Arrival {
    /// Before the first evaluation after the start, so that nothing is known of the step.
    Early {
        /// That evaluation; the first of all where there is no other.
        by: u64,
    },
    /// Between two evaluations.
    Between {
        /// Interpolated on the scale of `ln(1 + step)`, on which curves rise evenly.
        at: f64,
        /// The last evaluation before it, 1 or later.
        after: u64,
        /// The first evaluation from it on.
        by: u64,
    },
    /// Not before the curve ended. **Not "never"**.
    Open {
        /// The last step at which it certainly had not arrived.
        after: u64,
    },
}

impl Arrival {
    /// When the isotonic fit of `curve` reaches `tau`, at `evaluations` of it or more (at least 1).
    ///
    /// `curve`: evaluations as (step, value), steps increasing, values finite, higher being better.
    pub fn new(curve: &[(u64, f64)], tau: f64, evaluations: usize) -> Result<Self, StatsError> {
        let (steps, values): (Vec<u64>, Vec<f64>) = curve.iter().copied().unzip();
        check(&steps, &values, tau, evaluations)?;
        let fit = isotonic(&values);
        Ok(match Place::of(&fit, tau, evaluations) {
            Place::Start | Place::At(1) if steps[0] == 0 => Self::Early {
                by: steps.get(1).copied().unwrap_or(0),
            },
            Place::Start => Self::Early { by: steps[0] },
            Place::At(place) => Self::Between {
                at: interpolate(&steps, &fit, place, tau),
                after: steps[place - 1],
                by: steps[place],
            },
            Place::Open(last) => Self::Open { after: steps[last] },
        })
    }
}

/// Where a rising curve is first at or above a value.
pub(super) enum Place {
    /// From its first evaluation on.
    Start,
    /// From this evaluation on, 1 or later.
    At(usize),
    /// Not yet after this evaluation, or not for long enough.
    Open(usize),
}

impl Place {
    /// `fit` rises and is not empty.
    pub(super) fn of(fit: &[f64], tau: f64, evaluations: usize) -> Self {
        let place = fit.partition_point(|value| *value < tau);
        match place {
            _ if fit.len() - place < evaluations => Self::Open(place.saturating_sub(1)),
            0 => Self::Start,
            place => Self::At(place),
        }
    }
}

/// The step at which `fit` is at `tau`, between the evaluations `place − 1` and `place`.
pub(super) fn interpolate(steps: &[u64], fit: &[f64], place: usize, tau: f64) -> f64 {
    let share = (tau - fit[place - 1]) / (fit[place] - fit[place - 1]);
    let [low, high] = [steps[place - 1], steps[place]].map(|step| (step as f64).ln_1p());
    (low + share.clamp(0.0, 1.0) * (high - low)).exp_m1()
}

pub(super) fn check(
    steps: &[u64],
    values: &[f64],
    tau: f64,
    evaluations: usize,
) -> Result<(), StatsError> {
    if evaluations == 0 {
        return Err(StatsError::Parameter {
            parameter: "evaluations to stay at the threshold",
            expected: "1 or more",
            found: 0.0,
        });
    }
    if steps.is_empty() {
        return Err(StatsError::Empty { what: "curve" });
    }
    all_finite("curve", values)?;
    all_finite("threshold", &[tau])?;
    match steps.windows(2).position(|pair| pair[0] >= pair[1]) {
        Some(before) => Err(StatsError::StepOrder {
            index: before + 1,
            step: steps[before + 1],
            previous: steps[before],
        }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(curve: &[(u64, f64)], tau: f64, evaluations: usize) -> Arrival {
        Arrival::new(curve, tau, evaluations).unwrap()
    }

    #[test]
    fn a_bracket_that_begins_at_the_start_says_nothing() {
        let curve = [(0, 0.5), (20, 0.81), (40, 0.9)];
        assert_eq!(at(&curve, 0.8, 1), Arrival::Early { by: 20 });
        assert_eq!(at(&curve, 0.4, 1), Arrival::Early { by: 20 });
        assert_eq!(at(&curve, 0.95, 1), Arrival::Open { after: 40 });
        assert_eq!(at(&curve, 0.9, 2), Arrival::Open { after: 20 });
        let Arrival::Between { at, after, by } = at(&curve, 0.855, 1) else {
            panic!()
        };
        assert_eq!((after, by), (20, 40));
        assert!((at - ((21.0f64 * 41.0).sqrt() - 1.0)).abs() < 1e-9);
    }

    #[test]
    fn noise_does_not_cross_early() {
        let curve = [(0, 0.5), (1, 0.85), (2, 0.6), (3, 0.6), (5, 0.7), (8, 0.9)];
        assert!(matches!(
            at(&curve, 0.8, 1),
            Arrival::Between {
                after: 5,
                by: 8,
                ..
            }
        ));
    }

    #[test]
    fn bad_curves_have_a_reason() {
        assert!(Arrival::new(&[], 0.5, 1).is_err());
        assert!(Arrival::new(&[(0, 0.5), (0, 0.6)], 0.5, 1).is_err());
        assert!(Arrival::new(&[(0, f64::NAN)], 0.5, 1).is_err());
        assert!(Arrival::new(&[(0, 0.5)], 0.5, 0).is_err());
    }
}
