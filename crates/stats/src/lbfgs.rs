//! Minimising a smooth function: L-BFGS (Nocedal 1980), in f64.

use std::collections::VecDeque;

use crate::matrix::dot;

/// Pairs of steps and changes of gradient that stand for the curvature.
const HISTORY: usize = 10;
/// Share of the promised decrease that a step must bring (Armijo).
const DECREASE: f64 = 1e-4;
/// Most times that a step is shortened.
const SHORTENINGS: usize = 40;
/// Least curvature along a step, relative to the change of the gradient, for it to be remembered.
const CURVATURE: f64 = 1e-12;

/// Where a minimisation ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Minimum {
    /// The point.
    pub point: Vec<f64>,
    /// Largest absolute entry of the gradient there.
    pub gradient: f64,
    /// Steps taken.
    pub iterations: usize,
    /// Whether the gradient is as small as asked; otherwise the steps ran out, or rounding hides
    /// any further decrease.
    pub converged: bool,
}

/// Goes down from `start` until the gradient's largest absolute entry is at most `tolerance`, in at
/// most `limit` steps. `function` returns its value at a point and writes its gradient; a value
/// that is no finite number counts as a step too far. It finds a minimum near the start, not the
/// least of several.
///
/// ```
/// let minimum = stats::minimise(vec![0.0, 0.0], 1e-9, 100, |x, gradient| {
///     (gradient[0], gradient[1]) = (2.0 * (x[0] - 3.0), 8.0 * (x[1] + 1.0));
///     (x[0] - 3.0).powi(2) + 4.0 * (x[1] + 1.0).powi(2)
/// });
/// assert!(minimum.converged);
/// assert!((minimum.point[0] - 3.0).abs() < 1e-8 && (minimum.point[1] + 1.0).abs() < 1e-8);
/// ```
pub fn minimise(
    start: Vec<f64>,
    tolerance: f64,
    limit: usize,
    mut function: impl FnMut(&[f64], &mut [f64]) -> f64,
) -> Minimum {
    let mut point = start;
    let mut gradient = vec![0.0; point.len()];
    let mut value = function(&point, &mut gradient);
    let mut history = History::default();
    let mut iterations = 0;
    let mut trial = point.clone();
    let mut trial_gradient = gradient.clone();
    while largest(&gradient) > tolerance && iterations < limit {
        let direction = history.direction(&gradient);
        let slope = dot(&direction, &gradient);
        // Without history the length of the gradient says nothing about that of the step.
        let mut step = match history.pairs.is_empty() {
            true => 1.0 / dot(&gradient, &gradient).sqrt().max(1.0),
            false => 1.0,
        };
        let mut found = None;
        for _ in 0..SHORTENINGS {
            for ((to, from), along) in trial.iter_mut().zip(&point).zip(&direction) {
                *to = from + step * along;
            }
            let there = function(&trial, &mut trial_gradient);
            if there.is_finite() && there <= value + DECREASE * step * slope {
                found = Some(there);
                break;
            }
            step *= 0.5;
        }
        let Some(there) = found else {
            if history.pairs.is_empty() {
                break;
            }
            history = History::default();
            continue;
        };
        history.remember(&point, &trial, &gradient, &trial_gradient);
        std::mem::swap(&mut point, &mut trial);
        std::mem::swap(&mut gradient, &mut trial_gradient);
        value = there;
        iterations += 1;
    }
    let gradient = largest(&gradient);
    Minimum {
        point,
        gradient,
        iterations,
        converged: gradient <= tolerance,
    }
}

fn largest(values: &[f64]) -> f64 {
    values.iter().fold(0.0, |most, v| v.abs().max(most))
}

/// The last steps, oldest first.
#[derive(Default)]
struct History {
    pairs: VecDeque<Pair>,
}

/// One step, the change of the gradient over it, and 1 / their product.
struct Pair {
    step: Vec<f64>,
    change: Vec<f64>,
    inverse: f64,
}

impl History {
    fn remember(&mut self, from: &[f64], to: &[f64], before: &[f64], after: &[f64]) {
        let difference = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a - b).collect();
        let (step, change): (Vec<f64>, Vec<f64>) =
            (difference(to, from), difference(after, before));
        let product = dot(&step, &change);
        if product <= CURVATURE * dot(&change, &change) {
            return;
        }
        if self.pairs.len() == HISTORY {
            self.pairs.pop_front();
        }
        self.pairs.push_back(Pair {
            step,
            change,
            inverse: 1.0 / product,
        });
    }

    /// Minus the inverse curvature times the gradient, by two loops over the pairs.
    fn direction(&self, gradient: &[f64]) -> Vec<f64> {
        let mut direction: Vec<f64> = gradient.iter().map(|g| -g).collect();
        let mut shares = Vec::with_capacity(self.pairs.len());
        for pair in self.pairs.iter().rev() {
            let share = pair.inverse * dot(&pair.step, &direction);
            add(&mut direction, -share, &pair.change);
            shares.push(share);
        }
        if let Some(last) = self.pairs.back() {
            let scale = 1.0 / (last.inverse * dot(&last.change, &last.change));
            direction.iter_mut().for_each(|d| *d *= scale);
        }
        for (pair, share) in self.pairs.iter().zip(shares.into_iter().rev()) {
            let other = pair.inverse * dot(&pair.change, &direction);
            add(&mut direction, share - other, &pair.step);
        }
        direction
    }
}

fn add(to: &mut [f64], factor: f64, values: &[f64]) {
    for (to, value) in to.iter_mut().zip(values) {
        *to += factor * value;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A narrow valley in 30 dimensions, curvatures from 1 to 10⁴; its minimum is at 1, 2, 3, …
    #[test]
    fn finds_the_bottom_of_a_narrow_valley() {
        let curvature = |i: usize| 10f64.powf(4.0 * i as f64 / 29.0);
        let minimum = minimise(vec![0.0; 30], 1e-6, 2000, |x, gradient| {
            let mut value = 0.0;
            for (i, (x, g)) in x.iter().zip(gradient).enumerate() {
                let away = x - (i + 1) as f64;
                *g = curvature(i) * away;
                value += 0.5 * curvature(i) * away * away;
            }
            value
        });
        assert!(minimum.converged, "{} steps", minimum.iterations);
        for (i, x) in minimum.point.iter().enumerate() {
            assert!((x - (i + 1) as f64).abs() < 1e-5);
        }
    }

    #[test]
    fn says_that_it_did_not_arrive() {
        // No minimum: the gradient is 1 everywhere.
        let endless = minimise(vec![0.0], 1e-4, 20, |x, gradient| {
            gradient[0] = 1.0;
            x[0]
        });
        assert!(!endless.converged && endless.iterations == 20);
        let undefined = minimise(vec![0.0], 1e-4, 20, |_, gradient| {
            gradient[0] = 1.0;
            f64::NAN
        });
        assert!(!undefined.converged && undefined.point == [0.0]);
    }
}
