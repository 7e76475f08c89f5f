//! How weights after training differ from those before.

use crate::{varies, without_mean};

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

/// Pearson correlation of two filters' weights, of one length, over all taps and channels, in
/// [−1, 1]; none where one does not vary.
///
/// It compares a filter with what stood in the same place: one that has changed places with
/// another counts as changed.
pub fn correlation(first: &[f32], second: &[f32]) -> Option<f64> {
    cosine_of(&centred(first)?, &centred(second)?)
}

/// Cosine of two filters' weights, of one length, in [−1, 1]; none where one is all zeros.
///
/// Unlike [`correlation`] it takes the mean of a filter, its answer to an even grey, as part of it.
pub fn cosine(first: &[f32], second: &[f32]) -> Option<f64> {
    cosine_of(&wide(first), &wide(second))
}

fn cosine_of(first: &[f64], second: &[f64]) -> Option<f64> {
    let product = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(x, y)| x * y).sum::<f64>();
    let lengths = (product(first, first) * product(second, second)).sqrt();
    let cosine = product(first, second) / lengths;
    cosine.is_finite().then(|| cosine.clamp(-1.0, 1.0))
}

fn wide(values: &[f32]) -> Vec<f64> {
    values.iter().map(|value| f64::from(*value)).collect()
}

/// Weights minus their mean; none where nothing but rounding, or no number, would be left.
fn centred(values: &[f32]) -> Option<Vec<f64>> {
    let values = wide(values);
    let whole = values.iter().map(|v| v * v).sum();
    let centred = without_mean(values);
    varies(&centred, whole).then_some(centred)
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

    #[test]
    fn filters_are_compared_in_their_places() {
        assert_eq!(correlation(&[1.0, -1.0], &[-1.0, 1.0]), Some(-1.0));
        assert_eq!(correlation(&[1.0, 1.0], &[1.0, 2.0]), None);
        assert_eq!(correlation(&[0.1; 75], &[0.7; 75]), None);
        assert_eq!(correlation(&[1.0, f32::NAN], &[1.0, 2.0]), None);
        assert_eq!(cosine(&[3.0, 4.0], &[3.0, 0.0]), Some(0.6));
        assert!(cosine(&[0.1; 75], &[0.7; 75]).is_some_and(|c| c > 1.0 - 1e-12));
        assert_eq!(cosine(&[0.0; 2], &[1.0, 1.0]), None);
    }
}
