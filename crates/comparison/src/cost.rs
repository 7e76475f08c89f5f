//! What arms cost, and which of them no other beats at their cost.

use record::results::{ArmResult, CostResult, FrontResult, is_on_front};
use study::StudyPlan;
use study::mean_passes;

/// The costs of every arm, in the order of the plan; a text says which network cannot be.
pub(crate) fn costs(plan: &StudyPlan, results: &[ArmResult]) -> Result<Vec<CostResult>, String> {
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
            tuning_steps: None,
            front: FrontResult::default(),
        });
    }
    let front = |place: usize, cost: fn(&CostResult) -> u64| {
        is_on_front(results, place, |arm| Some(cost(&costs[arm]) as f64))
    };
    let fronts: Vec<FrontResult> = (0..costs.len())
        .map(|place| FrontResult {
            parameters: front(place, |cost| cost.parameters as u64),
            macs: front(place, |cost| cost.macs),
            activations: front(place, |cost| cost.activations),
        })
        .collect();
    for (cost, front) in costs.iter_mut().zip(fronts) {
        cost.front = front;
    }
    Ok(costs)
}
