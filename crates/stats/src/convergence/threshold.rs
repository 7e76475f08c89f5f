use crate::StatsError;
use crate::input::all_finite;

/// When a learning curve first reaches a value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Crossing {
    /// It reaches the value.
    Reached {
        /// The step, interpolated linearly between two evaluations.
        at: f64,
    },
    /// It does not within the steps that were run. **Not "never"**: the true number of steps is
    /// only known to be larger, so a mean over runs must treat it as censored.
    Censored {
        /// The last step at which it certainly was not reached: the last that was evaluated, or
        /// the last below the value where it had to stay (see [`steps_to_sustained`]).
        at: u64,
    },
}

/// The first step at which `curve` reaches `tau`: steps to convergence.
///
/// `curve`: evaluations as (step, value), steps increasing, values finite, higher being better.
/// Between the last evaluation below `tau` and the next at or above it the curve is taken as
/// straight. A curve that starts at or above `tau` reaches it at its first step. It asks for
/// reaching once, not for staying there, so noise makes it early; [`steps_to_sustained`] asks for
/// more.
pub fn steps_to(curve: &[(u64, f64)], tau: f64) -> Result<Crossing, StatsError> {
    steps_to_sustained(curve, tau, 1)
}

/// The first step at which `curve` reaches `tau` to stay at or above it for `evaluations`
/// consecutive evaluations (at least 1), the one that reaches it included.
///
/// Interpolated as by [`steps_to`], which it is for one evaluation. A curve that is at or above
/// `tau` at its end, but not yet for long enough, is censored: whether it would have stayed is not
/// known, only that it had not reached `tau` to stay by its last evaluation below it (its first
/// step if there is none).
pub fn steps_to_sustained(
    curve: &[(u64, f64)],
    tau: f64,
    evaluations: usize,
) -> Result<Crossing, StatsError> {
    if evaluations == 0 {
        return Err(StatsError::Parameter {
            parameter: "evaluations to stay at the threshold",
            expected: "1 or more",
            found: 0.0,
        });
    }
    let (values, steps): (Vec<f64>, Vec<u64>) = curve.iter().map(|&(s, v)| (v, s)).unzip();
    let Some(&last) = steps.last() else {
        return Err(StatsError::Empty { what: "curve" });
    };
    all_finite("curve", &values)?;
    all_finite("threshold", &[tau])?;
    for (before, pair) in steps.windows(2).enumerate() {
        if pair[0] >= pair[1] {
            return Err(StatsError::StepOrder {
                index: before + 1,
                step: pair[1],
                previous: pair[0],
            });
        }
    }
    let mut run = 0;
    let sustained = values.iter().position(|&value| {
        run = if value >= tau { run + 1 } else { 0 };
        run == evaluations
    });
    let Some(sustained) = sustained else {
        let below = values.iter().rposition(|&value| value < tau).unwrap_or(0);
        let at = if run == 0 { last } else { steps[below] };
        return Ok(Crossing::Censored { at });
    };
    let reached = sustained + 1 - evaluations;
    let step = steps[reached] as f64;
    if reached == 0 {
        return Ok(Crossing::Reached { at: step });
    }
    let (low, high) = (values[reached - 1], values[reached]);
    // Halved, as the rise from one extreme of f64 to the other overflows.
    let missing = (high / 2.0 - tau / 2.0) / (high / 2.0 - low / 2.0);
    let missing = if missing.is_finite() { missing } else { 0.0 };
    Ok(Crossing::Reached {
        at: step - missing * (steps[reached] - steps[reached - 1]) as f64,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interpolates_to_the_first_crossing() {
        let curve = [(0, 0.5), (50, 0.7), (100, 0.9), (150, 0.8), (200, 0.95)];
        let at = |tau| steps_to(&curve, tau).unwrap();
        assert_eq!(at(0.4), Crossing::Reached { at: 0.0 });
        assert_eq!(at(0.5), Crossing::Reached { at: 0.0 });
        assert_eq!(at(0.9), Crossing::Reached { at: 100.0 });
        assert_eq!(at(0.96), Crossing::Censored { at: 200 });
        let Crossing::Reached { at: step } = at(0.75) else {
            panic!()
        };
        assert!((step - 62.5).abs() < 1e-12);
        let Crossing::Reached { at: step } = at(0.91) else {
            panic!()
        };
        assert!((step - (150.0 + 50.0 * 0.11 / 0.15)).abs() < 1e-12);
    }

    #[test]
    fn staying_is_asked_for() {
        let curve = [(0, 0.5), (50, 0.9), (100, 0.7), (150, 0.9), (200, 0.95)];
        let at = |tau, evaluations| steps_to_sustained(&curve, tau, evaluations).unwrap();
        assert_eq!(at(0.9, 1), Crossing::Reached { at: 50.0 });
        assert_eq!(at(0.9, 2), Crossing::Reached { at: 150.0 });
        // The end is above, but for too short a time to tell.
        assert_eq!(at(0.9, 3), Crossing::Censored { at: 100 });
        assert_eq!(at(0.96, 2), Crossing::Censored { at: 200 });
        assert_eq!(at(0.4, 6), Crossing::Censored { at: 0 });
        assert_eq!(at(0.4, 5), Crossing::Reached { at: 0.0 });
        assert!(steps_to_sustained(&curve, 0.9, 0).is_err());
    }

    #[test]
    fn bad_curves_have_a_reason() {
        assert!(matches!(steps_to(&[], 0.5), Err(StatsError::Empty { .. })));
        let error = steps_to(&[(0, 0.1), (50, 0.2), (50, 0.3)], 0.9).unwrap_err();
        assert_eq!(
            error.to_string(),
            "curve point 2: step 50 does not come after step 50"
        );
        assert!(steps_to(&[(0, f64::NAN)], 0.5).is_err());
        assert!(steps_to(&[(0, 0.1)], f64::INFINITY).is_err());
        let extreme = steps_to(&[(0, f64::MIN), (10, f64::MAX)], 0.0).unwrap();
        assert_eq!(extreme, Crossing::Reached { at: 5.0 });
        let tiny = steps_to(&[(0, 0.0), (10, 5e-324)], 5e-324).unwrap();
        assert_eq!(tiny, Crossing::Reached { at: 10.0 });
    }
}
