//! How weights move.

use regimes::Rule;

/// An update rule with its weight decay.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Descent {
    /// SGD or Adam.
    pub rule: Rule,
    /// L2, added to the gradient of every trained tensor as PyTorch does (apart from it with
    /// decoupled Adam).
    pub weight_decay: f64,
}

impl Descent {
    /// Moments of a tensor.
    pub fn moments(&self) -> usize {
        match self.rule {
            Rule::Sgd { .. } => 1,
            Rule::Adam { .. } => 2,
        }
    }
}
