//! How an optimiser turns gradients into steps.

use serde::{Deserialize, Serialize};

/// The update rule.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Rule {
    /// `v ← μ v + g; w ← w − lr v`, as PyTorch's SGD; with Nesterov, `w ← w − lr (g + μ v)`.
    Sgd {
        /// μ, in [0, 1).
        momentum: f64,
        /// Nesterov's variant.
        nesterov: bool,
    },
    /// Adam (Kingma & Ba 2015) with bias correction, as PyTorch's.
    Adam {
        /// Decay of the first moment, in [0, 1).
        beta1: f64,
        /// Decay of the second moment, in [0, 1).
        beta2: f64,
        /// Added to the root of the second moment.
        epsilon: f64,
        /// Weight decay apart from the gradient (AdamW).
        decoupled: bool,
    },
}
