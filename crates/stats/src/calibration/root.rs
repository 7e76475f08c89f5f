//! Where a rising function passes zero.

use crate::StatsError;

/// The root of a rising function between `low`, where it is not above zero, and `high`, where it
/// is not below: Newton's steps, halving the bracket where they leave it or are slow.
///
/// `function` gives value and slope. Ends when a step is below `1e-14` of the root's size.
pub(super) fn root(
    (mut low, mut high): (f64, f64),
    start: f64,
    function: impl Fn(f64) -> (f64, f64),
) -> Result<f64, StatsError> {
    let mut at = start.clamp(low, high);
    let mut last_step = high - low;
    for _ in 0..MOST_STEPS {
        let (value, slope) = function(at);
        if value == 0.0 {
            return Ok(at);
        }
        *(if value < 0.0 { &mut low } else { &mut high }) = at;
        let newton = at - value / slope;
        let slow = (newton - at).abs() > 0.5 * last_step.abs();
        let next = if newton > low && newton < high && !slow {
            newton
        } else {
            low + (high - low) / 2.0
        };
        last_step = next - at;
        at = next;
        if last_step.abs() <= 1e-14 * (1.0 + at.abs()) {
            return Ok(at);
        }
    }
    Err(StatsError::NotConverged { steps: MOST_STEPS })
}

/// Halving alone needs some 60 for the width of a `f64`.
const MOST_STEPS: usize = 200;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steep_and_flat_functions_alike() {
        for (expected, power) in [(0.3, 1), (0.7, 3), (-0.2, 9)] {
            let function = |x: f64| {
                let away: f64 = x - expected;
                (away.powi(power), f64::from(power) * away.powi(power - 1))
            };
            let found = root((-5.0, 8.0), 4.0, function).unwrap();
            assert!((found - expected).abs() < 1e-12, "{found}");
        }
    }
}
