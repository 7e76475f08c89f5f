//! Filters with the pretrained filters' mean and covariance, and nothing else of them.

use rand_chacha::ChaCha8Rng;

use super::draw::normal;
use super::matrix::{Matrix, product};
use networks::{Kind, Parameter};

/// Filters of a tensor, and numbers in one: an output channel of a weight, a token's position, an
/// entry of anything else.
fn extents(parameter: &Parameter) -> [usize; 2] {
    let filters = match parameter.kind {
        Kind::ConvWeight | Kind::LinearWeight | Kind::RelativePositions => parameter.shape[0],
        Kind::Positions => parameter.shape[1],
        Kind::Bias
        | Kind::NormScale
        | Kind::NormShift
        | Kind::RunningMean
        | Kind::RunningVariance
        | Kind::LayerScale
        | Kind::ResponseScale
        | Kind::ClassToken
        | Kind::Factor => parameter.len(),
    };
    [filters, parameter.len() / filters.max(1)]
}

/// As many filters as there are, each w̄ + n^(−½) Σᵢ gᵢ (wᵢ − w̄) with gᵢ ~ N(0, 1) and w̄ the mean
/// of the n pretrained filters wᵢ: Gaussian, with the covariance
/// C = Σᵢ (wᵢ − w̄)(wᵢ − w̄)ᵀ / n between the taps of a filter. Filters are independent of each
/// other, and what is not Gaussian in the pretrained ones is lost.
pub(super) fn knockoff(parameter: &Parameter, values: &[f32], stream: &mut ChaCha8Rng) -> Vec<f32> {
    let [filters, taps] = extents(parameter);
    if filters * taps == 0 {
        return Vec::new();
    }
    let mut mean = vec![0.0f64; taps];
    for filter in values.chunks_exact(taps) {
        for (mean, value) in mean.iter_mut().zip(filter) {
            *mean += f64::from(*value) / filters as f64;
        }
    }
    let deviations: Vec<f32> = values
        .chunks_exact(taps)
        .flat_map(|filter| filter.iter().zip(&mean))
        .map(|(value, mean)| (f64::from(*value) - mean) as f32)
        .collect();
    let mean: Vec<f32> = mean.into_iter().map(|v| v as f32).collect();
    let std = 1.0 / (filters as f64).sqrt();
    let mut drawn = Vec::with_capacity(values.len());
    let deviations = Matrix::new(&deviations, taps);
    // A part of the filters at a time: the factors of all would take filters² numbers.
    const PART: usize = 256;
    for first in (0..filters).step_by(PART) {
        let part = PART.min(filters - first);
        let factors = normal(part * filters, 0.0, std, stream);
        let found = product(Matrix::new(&factors, filters), deviations);
        let found = found.into_iter().zip(mean.iter().cycle());
        drawn.extend(found.map(|(away, mean)| away + mean));
    }
    drawn
}

#[cfg(test)]
mod tests {
    use rand_chacha::rand_core::SeedableRng as _;

    use super::*;

    fn weight(shape: [usize; 4]) -> Parameter {
        Parameter {
            path: "w".into(),
            shape: shape.into(),
            kind: Kind::ConvWeight,
            block: 0,
            is_classifier: false,
            is_new: false,
            is_added: false,
        }
    }

    /// Over 40,000 filters, mean and covariance between taps are the source's within 5 standard
    /// errors: √(Cₐₐ / N) of a mean, √((Cₐₐ Cᵦᵦ + Cₐᵦ²) / N) of a covariance. Five, because 44
    /// numbers are compared and the seed is fixed.
    #[test]
    fn taps_keep_mean_and_covariance() {
        let (filters, taps) = (16, 8);
        let parameter = weight([filters, 2, 2, 2]);
        let source: Vec<f32> = (0..filters * taps)
            .map(|i| (0.37 * i as f64).sin() as f32 + 0.1 * (i % taps) as f32)
            .collect();
        let mean = |tap: usize, values: &[f32]| {
            let values = values.iter().skip(tap).step_by(taps);
            let n = values.len() as f64;
            values.map(|v| f64::from(*v)).sum::<f64>() / n
        };
        let covariance = |a: usize, b: usize, values: &[f32], centre: [f64; 2]| {
            let products = values.chunks(taps);
            let n = products.len() as f64;
            let products =
                products.map(|w| (f64::from(w[a]) - centre[0]) * (f64::from(w[b]) - centre[1]));
            products.sum::<f64>() / n
        };
        let mut stream = ChaCha8Rng::seed_from_u64(5);
        let draws = 2500;
        let drawn: Vec<f32> = (0..draws)
            .flat_map(|_| knockoff(&parameter, &source, &mut stream))
            .collect();
        let n = (draws * filters) as f64;
        for a in 0..taps {
            let centre = mean(a, &source);
            let variance = covariance(a, a, &source, [centre; 2]);
            assert!((mean(a, &drawn) - centre).abs() < 5.0 * (variance / n).sqrt());
            for b in 0..=a {
                let centres = [centre, mean(b, &source)];
                let other = covariance(b, b, &source, [centres[1]; 2]);
                let expected = covariance(a, b, &source, centres);
                let error = ((variance * other + expected * expected) / n).sqrt();
                let found = covariance(a, b, &drawn, centres);
                assert!(
                    (found - expected).abs() < 5.0 * error,
                    "{a} {b}: {found}, not {expected}"
                );
            }
        }
    }

    /// With a single filter there is no covariance, and a tensor that is no weight is one tap wide.
    #[test]
    fn extents_follow_the_kind() {
        let mut stream = ChaCha8Rng::seed_from_u64(1);
        let one = weight([1, 1, 2, 2]);
        assert_eq!(
            knockoff(&one, &[1.0, 2.0, 3.0, 4.0], &mut stream),
            [1.0, 2.0, 3.0, 4.0]
        );
        let mut bias = weight([3, 1, 1, 1]);
        bias.kind = Kind::Bias;
        bias.shape = vec![3];
        assert_eq!(extents(&bias), [3, 1]);
        bias.kind = Kind::Positions;
        bias.shape = vec![1, 5, 8];
        assert_eq!(extents(&bias), [5, 8]);
    }
}
