//! What arms cost, and which of them no other beats at their cost.

use super::results::{ArmResult, CostResult, FrontResult};
use crate::study::StudyPlan;
use crate::training::mean_passes;

/// The costs of every arm, in the order of the plan; a text says which network cannot be.
pub(super) fn costs(plan: &StudyPlan, results: &[ArmResult]) -> Result<Vec<CostResult>, String> {
    let mut costs = Vec::new();
    for arm in &plan.arms {
        let model = &plan.models[arm.model];
        let network = model
            .network(&plan.data.described)
            .map_err(|e| e.to_string())?;
        let step_images = plan.train.batch_size.min(arm.train_size) as u64;
        let passes = mean_passes(&arm.regime, &network).map_err(|e| e.to_string())?;
        let cost = network.cost().map_err(|e| e.to_string())?;
        costs.push(CostResult {
            arm: arm.label.clone(),
            parameters: model.described.parameters,
            macs: cost.macs,
            activations: cost.activations,
            step_images,
            step_macs: passes * cost.macs as f64 * step_images as f64,
            front: FrontResult::default(),
        });
    }
    let of_size = |size: usize| -> Vec<usize> {
        let indices = 0..results.len();
        indices
            .filter(|i| results[*i].train_size == size && results[*i].auc.is_some())
            .collect()
    };
    for place in 0..costs.len() {
        let rivals = of_size(results[place].train_size);
        let on_front = |cost: &dyn Fn(&CostResult) -> u64| {
            let auc = |index: usize| results[index].auc.map(|auc| auc.value);
            let (Some(ours), our_cost) = (auc(place), cost(&costs[place])) else {
                return false;
            };
            !rivals.iter().any(|rival| {
                let theirs = auc(*rival).unwrap_or(f64::NEG_INFINITY);
                let their_cost = cost(&costs[*rival]);
                theirs >= ours && their_cost <= our_cost && (theirs > ours || their_cost < our_cost)
            })
        };
        costs[place].front = FrontResult {
            parameters: on_front(&|cost| cost.parameters as u64),
            macs: on_front(&|cost| cost.macs),
            activations: on_front(&|cost| cost.activations),
        };
    }
    Ok(costs)
}
