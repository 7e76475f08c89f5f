//! How far training moved the tensors of each block.

use nets::{Network, Weights, WeightsError};

/// How far numbers moved: sums over all that were added.
///
/// A distance in weights, not in what a network computes: a block before a batch norm can be scaled
/// as a whole without any effect, and channels can change places.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Movement {
    /// How many numbers.
    count: usize,
    /// Σ before².
    start: f64,
    /// Σ (after − before)².
    moved: f64,
}

impl Movement {
    /// From `before` to `after`, of one length.
    pub fn between(before: &[f32], after: &[f32]) -> Self {
        let mut movement = Self::default();
        movement.add(before, after);
        movement
    }

    /// Adds more numbers.
    pub fn add(&mut self, before: &[f32], after: &[f32]) {
        self.count += before.len();
        for (before, after) in before.iter().zip(after) {
            let (before, after) = (f64::from(*before), f64::from(*after));
            self.start += before * before;
            self.moved += (after - before) * (after - before);
        }
    }

    /// ‖after − before‖ / ‖before‖, Euclidean; none for numbers that start at zero.
    pub fn relative(&self) -> Option<f64> {
        let movement = (self.moved / self.start).sqrt();
        movement.is_finite().then_some(movement)
    }

    /// √mean (after − before)², in the unit of the weights; none without numbers.
    pub fn rms(&self) -> Option<f64> {
        let movement = (self.moved / self.count as f64).sqrt();
        movement.is_finite().then_some(movement)
    }
}

/// How far the trained tensors of every block but the head moved, running statistics left out.
pub fn movements(
    network: &Network,
    before: &Weights,
    after: &Weights,
) -> Result<Vec<Movement>, WeightsError> {
    let mut movements = vec![Movement::default(); network.blocks.len()];
    for parameter in network.parameters() {
        if parameter.kind.is_trained() {
            let before = &before.get(network, &parameter)?.values;
            let after = &after.get(network, &parameter)?.values;
            movements[parameter.block].add(before, after);
        }
    }
    movements.pop();
    Ok(movements)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn movement_follows_its_formulas() {
        let movement = Movement::between(&[3.0, 4.0, 0.0, 0.0], &[3.0, 4.0, 0.0, 10.0]);
        assert_eq!(movement.relative(), Some(2.0));
        assert_eq!(movement.rms(), Some(5.0));
        let still = Movement::between(&[1.0], &[1.0]);
        assert_eq!([still.relative(), still.rms()], [Some(0.0); 2]);
        let from_zero = Movement::between(&[0.0], &[1.0]);
        assert_eq!([from_zero.relative(), from_zero.rms()], [None, Some(1.0)]);
        assert_eq!(Movement::default().rms(), None);
        assert_eq!(Movement::between(&[1.0], &[f32::NAN]).rms(), None);
    }
}
