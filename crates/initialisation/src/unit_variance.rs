//! LSUV: factors of weights by which every layer writes with variance 1.

use std::collections::BTreeMap;

use super::moments::moments;
use super::{Action, Initialisation, InitialisationError, MatchReport, Policy};
use networks::{Network, Weights};

/// Largest distance of a variance from 1 that is left alone.
const TOLERANCE: f64 = 0.1;

/// Factors of weights, found while a batch runs through a network. Whoever runs it multiplies each
/// weight by its [`factor`](Self::factor), shows what the layer wrote to [`adjust`](Self::adjust),
/// and repeats the layer up to [`ROUNDS`](Self::ROUNDS) times.
///
/// Layer-sequential unit variance, Mishkin & Matas 2016.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UnitVariance {
    factors: BTreeMap<String, f32>,
}

impl UnitVariance {
    /// Times a weight is scaled at most.
    pub const ROUNDS: usize = 10;

    /// Factor 1 for every weight of a convolution or linear layer that `init` wants so.
    pub fn of(network: &Network, init: &Initialisation) -> Result<Self, InitialisationError> {
        let factors = init
            .policies(network)?
            .into_iter()
            .filter(|(parameter, policy)| {
                *policy == Policy::UnitVariance && parameter.kind.is_weight()
            })
            .map(|(parameter, _)| (parameter.path, 1.0))
            .collect();
        Ok(Self { factors })
    }

    /// What the weight at `path` is multiplied by; none where it stays as it is.
    pub fn factor(&self, path: &str) -> Option<f32> {
        self.factors.get(path).copied()
    }

    /// Divides the factor of the weight at `path` by the standard deviation of all the numbers
    /// that its layer has `written`, and says so; false where their variance is within 0.1 of 1,
    /// or no normal number.
    pub fn adjust(&mut self, path: &str, written: &[f32]) -> bool {
        let (_, variance) = moments(written);
        if (variance - 1.0).abs() <= TOLERANCE || !variance.is_normal() {
            return false;
        }
        match self.factors.get_mut(path) {
            Some(factor) => {
                *factor = (f64::from(*factor) / variance.sqrt()) as f32;
                true
            }
            None => false,
        }
    }

    /// Multiplies the weights, and notes the factors in the report of their initialisation.
    pub fn apply(&self, weights: &mut Weights, report: &mut MatchReport) {
        for (path, factor) in &self.factors {
            if let Some(tensor) = weights.tensors.get_mut(path) {
                tensor.values.iter_mut().for_each(|value| *value *= factor);
            }
        }
        for tensor in &mut report.tensors {
            if let Some(factor) = self.factor(&tensor.path) {
                let factor = f64::from(factor);
                tensor.action = Action::UnitVariance { factor };
            }
        }
    }
}
