//! The number of positive cases when each has a probability of its own.

use std::f64::consts::FRAC_2_PI;

/// Above this variance the normal distribution is near enough: within 0.1%.
const NORMAL_FROM: f64 = 400.0;
/// Probabilities below this do not matter to what follows.
const NEGLIGIBLE: f64 = 1e-20;

/// How far the number of positive cases lies from its expectation on average, at least 0.
///
/// `probabilities`: of each case being positive, in `0..=1`. At most about 400 operations a case.
pub(super) fn mean_absolute_deviation(probabilities: &[f64]) -> f64 {
    let variance: f64 = probabilities.iter().map(|p| p * (1.0 - p)).sum();
    if variance > NORMAL_FROM {
        return (FRAC_2_PI * variance).sqrt();
    }
    let mean: f64 = probabilities.iter().sum();
    // `distribution[k]` is the probability of `from + k` positive cases.
    let (mut from, mut distribution) = (0usize, vec![1.0]);
    for &p in probabilities {
        distribution.push(0.0);
        for k in (1..distribution.len()).rev() {
            distribution[k] = distribution[k] * (1.0 - p) + distribution[k - 1] * p;
        }
        distribution[0] *= 1.0 - p;
        while distribution.len() > 1 && distribution.last().is_some_and(|&p| p < NEGLIGIBLE) {
            distribution.pop();
        }
        let low = distribution.iter().take_while(|&&p| p < NEGLIGIBLE).count();
        if low > 0 && low < distribution.len() {
            distribution.drain(..low);
            from += low;
        }
    }
    let counts = (from..).map(|count| (count as f64 - mean).abs());
    distribution
        .iter()
        .zip(counts)
        .map(|(p, away)| p * away)
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_outcome_enumerated() {
        let probabilities = [0.1, 0.5, 0.93, 0.02, 0.71, 1.0, 0.0];
        let mean: f64 = probabilities.iter().sum();
        let mut expected = 0.0;
        for outcome in 0u32..1 << probabilities.len() {
            let chance: f64 = probabilities
                .iter()
                .enumerate()
                .map(|(i, p)| if outcome >> i & 1 == 1 { *p } else { 1.0 - p })
                .product();
            expected += chance * (f64::from(outcome.count_ones()) - mean).abs();
        }
        assert!((mean_absolute_deviation(&probabilities) - expected).abs() < 1e-15);
    }

    #[test]
    fn the_normal_takes_over_smoothly() {
        for p in [0.5, 0.02] {
            let cases = (NORMAL_FROM / (p * (1.0 - p))) as usize;
            let exact = mean_absolute_deviation(&vec![p; cases - 1]);
            let normal = mean_absolute_deviation(&vec![p; cases + 1]);
            assert!((normal / exact - 1.0).abs() < 2e-3, "{p}: {exact} {normal}");
        }
    }
}
