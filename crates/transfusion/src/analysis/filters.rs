//! What became of the filters of the first convolution.

use std::borrow::Borrow;

use nets::{Network, Weights};
use rayon::prelude::*;

use super::gabor_fit::GaborSearch;
use super::movement::Movement;
use crate::comparison::analysis::OneFilter;
use crate::record::FilterAnalysis;

/// Variance below this share of the mean square is rounding of `f32`.
const CONSTANT: f64 = 1e-12;

/// The first convolution of `network`; none for a network without, or where a tensor is missing or
/// the two have different shapes.
pub fn filters(network: &Network, before: &Weights, after: &Weights) -> Option<FilterAnalysis> {
    let path = network.first_conv()?;
    let (before, after) = (before.tensors.get(&path)?, after.tensors.get(&path)?);
    let shape = <[usize; 4]>::try_from(&before.shape[..]).ok()?;
    if before.shape != after.shape {
        return None;
    }
    let [_, channels, rows, columns] = shape;
    let search = GaborSearch::new([channels, rows, columns]);
    let gabor = |filter: &[f32]| search.as_ref()?.best(filter).map(|fit| fit.r_squared);
    let one = |(before, after): (&[f32], &[f32])| OneFilter {
        correlation: correlation(before, after),
        cosine: cosine(before, after),
        movement: Movement::between(before, after).relative(),
        gabor_before: gabor(before),
        gabor_after: gabor(after),
    };
    let size = (channels * rows * columns).max(1);
    let pairs = before
        .values
        .par_chunks(size)
        .zip(after.values.par_chunks(size));
    Some(FilterAnalysis {
        path,
        shape,
        movement: Movement::between(&before.values, &after.values).relative(),
        gabor_noise: search.as_ref().and_then(GaborSearch::noise_floor),
        filters: pairs.map(one).collect(),
    })
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

/// Whether more than rounding is left of weights whose squares summed to `whole` before means were
/// taken off.
pub(super) fn varies(centred: impl IntoIterator<Item = impl Borrow<f64>>, whole: f64) -> bool {
    let left: f64 = centred.into_iter().map(|v| v.borrow().powi(2)).sum();
    left > CONSTANT * whole
}

pub(super) fn without_mean(mut values: Vec<f64>) -> Vec<f64> {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    values.iter_mut().for_each(|value| *value -= mean);
    values
}

#[cfg(test)]
mod tests {
    use super::*;

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
