//! How soon validation curves reach a threshold.

use stats::{Crossing, steps_to};

use super::results::Convergence;
use crate::record::Evaluation;

/// Steps of each seed until its validation AUC first reaches `threshold`, interpolated between
/// evaluations; none where the curve ended before (right-censored).
pub fn convergence(threshold: f64, curves: &[Vec<Evaluation>]) -> Convergence {
    let steps: Vec<_> = curves
        .iter()
        .map(|curve| {
            let points: Vec<_> = curve.iter().map(|e| (e.step, e.validation_auc)).collect();
            match steps_to(&points, threshold) {
                Ok(Crossing::Reached { at }) => Some(at),
                Ok(Crossing::Censored { .. }) | Err(_) => None,
            }
        })
        .collect();
    let median = median(&steps);
    Convergence {
        threshold,
        steps,
        median,
    }
}

/// The median with unreached seeds counted as later than any reached one; none if it falls on an
/// unreached seed.
fn median(steps: &[Option<f64>]) -> Option<f64> {
    let mut ordered: Vec<f64> = steps.iter().map(|s| s.unwrap_or(f64::INFINITY)).collect();
    ordered.sort_by(f64::total_cmp);
    let middle = ordered.len() / 2;
    let median = match ordered.len() {
        0 => return None,
        n if n % 2 == 1 => ordered[middle],
        _ => 0.5 * (ordered[middle - 1] + ordered[middle]),
    };
    median.is_finite().then_some(median)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_count_unreached_seeds_as_latest() {
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[Some(3.0), None, Some(5.0)]), Some(5.0));
        assert_eq!(median(&[Some(3.0), None, None]), None);
        assert_eq!(median(&[Some(3.0), Some(4.0)]), Some(3.5));
        assert_eq!(median(&[Some(3.0), None]), None);
    }
}
