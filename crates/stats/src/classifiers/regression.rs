//! One logistic regression: its targets, its objective, and how far it is fitted.

use rayon::prelude::*;

use super::standardised::Standardised;
use crate::lbfgs::minimise;
use crate::links::{expit, softmax};
use crate::matrix::Matrix;

/// Largest entry of the gradient of the objective divided by C times the cases, at which a fit
/// ends. scikit-learn's `tol` of 1e-4 can leave probabilities off by 0.02 where C is 10.
const TOLERANCE: f64 = 1e-6;
/// Most steps of one fit.
const STEPS: usize = 1000;
/// Cases whose losses are summed by themselves.
const ROWS: usize = 64;

/// What each output adds up: weights of the features as they are, and an intercept.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Planes {
    /// `[outputs, channels]`.
    weights: Vec<f64>,
    /// `[outputs]`.
    intercepts: Vec<f64>,
}

impl Planes {
    pub(super) fn logits(&self, row: &[f32]) -> Vec<f64> {
        let outputs = self.weights.chunks_exact(row.len()).zip(&self.intercepts);
        let logit = |(weights, intercept): (&[f64], &f64)| {
            let products = weights.iter().zip(row).map(|(w, x)| w * f64::from(*x));
            products.sum::<f64>() + intercept
        };
        outputs.map(logit).collect()
    }
}

/// What the outputs are to say of each case.
pub(super) enum Targets {
    /// One output: whether it is the second class, or the finding present; none where unknown.
    Binary(Vec<Option<bool>>),
    /// One output a class.
    Classes(Vec<usize>),
}

/// A regression under way.
pub(super) struct Regression {
    targets: Targets,
    outputs: usize,
    /// Weights `[outputs, kept channels]`, then intercepts `[outputs]`; empty before the first fit.
    point: Vec<f64>,
}

impl Regression {
    pub(super) fn new(targets: Targets, classes: usize) -> Self {
        Self {
            outputs: match targets {
                Targets::Binary(_) => 1,
                Targets::Classes(_) => classes,
            },
            targets,
            point: Vec::new(),
        }
    }

    /// Fits with C = `strength` from where the last fit ended; steps taken, and whether it arrived.
    pub(super) fn go_on(&mut self, x: &Matrix, strength: f64) -> (usize, bool) {
        let outputs = self.outputs;
        let weights = outputs * x.columns();
        let cases = match &self.targets {
            Targets::Binary(targets) => targets.iter().flatten().count(),
            Targets::Classes(targets) => targets.len(),
        } as f64;
        let ridge = 1.0 / (strength * cases);
        let mut start = std::mem::take(&mut self.point);
        start.resize(weights + outputs, 0.0);
        let rows = match &self.targets {
            Targets::Binary(targets) => targets.len(),
            Targets::Classes(targets) => targets.len(),
        };
        let mut logits = vec![0.0; rows * outputs];
        let minimum = minimise(start, TOLERANCE, STEPS, |point, gradient| {
            let (w, intercepts) = point.split_at(weights);
            for logits in logits.chunks_exact_mut(outputs) {
                logits.copy_from_slice(intercepts);
            }
            x.add_products(w, outputs, &mut logits);
            let loss = self.targets.losses(&mut logits, outputs);
            let residuals = &logits;
            let (to_weights, to_intercepts) = gradient.split_at_mut(weights);
            x.transposed_products(residuals, outputs, to_weights);
            for (g, w) in to_weights.iter_mut().zip(w) {
                *g = *g / cases + ridge * w;
            }
            to_intercepts.fill(0.0);
            for residuals in residuals.chunks_exact(outputs) {
                for (g, r) in to_intercepts.iter_mut().zip(residuals) {
                    *g += r / cases;
                }
            }
            let length: f64 = w.iter().map(|w| w * w).sum();
            loss / cases + 0.5 * ridge * length
        });
        self.point = minimum.point;
        (minimum.iterations, minimum.converged)
    }

    /// The same outputs for features that are not standardised.
    pub(super) fn planes(&self, standard: &Standardised, channels: usize) -> Planes {
        let width = standard.kept.len();
        let mut weights = vec![0.0; self.outputs * channels];
        let mut intercepts = self.point[self.outputs * width..].to_vec();
        for output in 0..self.outputs {
            for (at, channel) in standard.kept.iter().enumerate() {
                let weight = self.point[output * width + at] / standard.deviations[at];
                weights[output * channels + channel] = weight;
                intercepts[output] -= weight * standard.means[at];
            }
        }
        Planes {
            weights,
            intercepts,
        }
    }
}

impl Targets {
    /// The summed log loss of `logits` `[cases, outputs]`, in nats; each logit becomes its
    /// residual, probability minus truth, 0 where the truth is unknown.
    fn losses(&self, logits: &mut [f64], outputs: usize) -> f64 {
        let sums: Vec<f64> = logits
            .par_chunks_mut(ROWS * outputs)
            .enumerate()
            .map(|(chunk, rows)| {
                let rows = rows.chunks_exact_mut(outputs).enumerate();
                rows.map(|(row, logits)| self.loss(chunk * ROWS + row, logits))
                    .sum()
            })
            .collect();
        sums.iter().sum()
    }

    fn loss(&self, case: usize, logits: &mut [f64]) -> f64 {
        match self {
            Targets::Binary(targets) => {
                let logit = logits[0];
                let Some(is_present) = targets[case] else {
                    logits[0] = 0.0;
                    return 0.0;
                };
                let right = if is_present { logit } else { -logit };
                logits[0] = expit(logit) - f64::from(u8::from(is_present));
                // ln(1 + e^-right) without overflow.
                (-right.abs()).exp().ln_1p() + (-right).max(0.0)
            }
            Targets::Classes(targets) => {
                let right = logits[targets[case]];
                let normaliser = softmax(logits);
                logits[targets[case]] -= 1.0;
                normaliser - right
            }
        }
    }
}
