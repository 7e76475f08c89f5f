//! How far training moved the tensors of each block.

use networks::{Network, Weights, WeightsError};

use stats::weight_change::Movement;

/// How far the trained tensors of every block but the head moved, running statistics left out.
pub fn movements(
    network: &Network,
    before: &Weights,
    after: &Weights,
) -> Result<Vec<Movement>, WeightsError> {
    let mut movements = vec![Movement::default(); network.blocks.len()];
    for parameter in network.parameters() {
        if parameter.kind.is_trained() {
            let before = &network.tensor(before, &parameter)?.values;
            let after = &network.tensor(after, &parameter)?.values;
            movements[parameter.block].add(before, after);
        }
    }
    movements.pop();
    Ok(movements)
}
