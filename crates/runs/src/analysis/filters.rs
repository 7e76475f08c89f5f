//! What became of the filters of the first convolution.

use gabor::GaborSearch;
use networks::{Network, Weights};
use rayon::prelude::*;

use record::FilterAnalysis;
use record::results::OneFilter;
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

#[cfg(test)]
mod tests {
    use initialisation::bank;

    use super::*;

    /// Every filter of our own banks, grey and colour-opponent, is found to be a Gabor filter.
    #[test]
    fn gabor_filters_are_found() {
        for (filters, side) in [(64, 7), (32, 5), (96, 4), (24, 16)] {
            let functions = bank(filters, [side, side]);
            for factors in [vec![1.0], vec![0.5, -0.5, 0.0]] {
                let search = GaborSearch::new([factors.len(), side, side]).expect("large enough");
                for (number, function) in functions.chunks_exact(side * side).enumerate() {
                    let channel = |factor| function.iter().map(move |v| (v * factor) as f32);
                    let filter: Vec<f32> = factors.iter().flat_map(|f| channel(*f)).collect();
                    let found = search.best(&filter).expect("a fit").r_squared;
                    assert!(found > 0.999, "{number} of {filters}, side {side}: {found}");
                }
            }
        }
    }
}
