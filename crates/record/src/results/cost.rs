//! What an arm costs.

use serde::{Deserialize, Serialize};

use super::arm::ArmResult;

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
    /// Training steps of the trials that chose how its runs are trained, where there were any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tuning_steps: Option<u64>,
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

/// Whether no arm of the same training size has as high a mean AUC as the arm at `place` at a lower
/// `cost`, or a higher one at the same. `cost` is that of the arm at a place, in any unit; an arm
/// without an AUC or a cost lies on no front and keeps no other from it.
pub fn is_on_front(arms: &[ArmResult], place: usize, cost: impl Fn(usize) -> Option<f64>) -> bool {
    let known = |place: usize| Some((arms[place].auc?.value, cost(place)?));
    let Some((auc, price)) = known(place) else {
        return false;
    };
    let size = arms[place].train_size;
    let mut rivals = (0..arms.len()).filter(|rival| arms[*rival].train_size == size);
    !rivals.any(|rival| {
        known(rival).is_some_and(|(theirs, their_price)| {
            theirs >= auc && their_price <= price && (theirs > auc || their_price < price)
        })
    })
}
