//! What an arm costs.

use serde::{Deserialize, Serialize};

/// Costs of one arm that do not depend on the machine; times are in [`Timing`](super::Timing).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CostResult {
    /// Label of the arm.
    pub arm: String,
    /// Trained numbers of the network.
    pub parameters: usize,
    /// Multiply-adds of one picture's forward pass.
    pub macs: u64,
    /// Numbers that one picture's forward pass writes and training keeps, before any in-place
    /// saving; times four for bytes.
    pub activations: u64,
    /// Pictures of a training step.
    pub step_images: u64,
    /// Multiply-adds of a training step, forward and backward, mean over its phases.
    pub step_macs: f64,
    /// On which fronts of test AUC against cost the arm lies: no arm of the same training size has
    /// a mean AUC as high at a lower cost, or a higher one at the same.
    pub front: FrontResult,
}

/// Fronts of test AUC against one cost each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrontResult {
    /// Against parameters.
    pub parameters: bool,
    /// Against multiply-adds.
    pub macs: bool,
    /// Against activations.
    pub activations: bool,
}
