//! What became of the filters of the first convolution.

use networks::{Network, Weights};
use rayon::prelude::*;

use super::gabor_fit::GaborSearch;
use record::results::OneFilter;
use record::FilterAnalysis;
use stats::weight_change::{Movement, correlation, cosine};

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
