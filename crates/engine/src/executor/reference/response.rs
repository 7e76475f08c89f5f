//! Global response normalisation, as far as it is not a scale and a shift.

use kernels::MapShape;

/// Norms of the maps `x`, and `1 + gamma · norm / (mean norm of the image + epsilon)`.
pub(super) fn factors(map: &MapShape, epsilon: f32, x: &[f64], gamma: &[f64]) -> [Vec<f64>; 2] {
    let norm = |plane: &[f64]| plane.iter().map(|x| x * x).sum::<f64>().sqrt();
    let norms: Vec<f64> = x.chunks(map.plane()).map(norm).collect();
    let of_image = |norms: &[f64]| -> Vec<f64> {
        let middle = middle(norms, epsilon);
        let each = norms.iter().zip(gamma);
        each.map(|(norm, gamma)| 1.0 + gamma * norm / middle)
            .collect()
    };
    let factors = norms.chunks(gamma.len()).flat_map(of_image).collect();
    [norms, factors]
}

/// By how much of itself a map has to move, and the gradient of gamma.
pub(super) fn gradient(
    epsilon: f32,
    gamma: &[f64],
    norms: &[f64],
    dfactors: &[f64],
) -> [Vec<f64>; 2] {
    let channels = gamma.len();
    let mut dgamma = vec![0.0; channels];
    let mut slopes = Vec::new();
    for (norms, dfactors) in norms.chunks(channels).zip(dfactors.chunks(channels)) {
        let middle = middle(norms, epsilon);
        let dshare = |c: usize| gamma[c] * dfactors[c];
        // Every share of an image depends on every norm through their mean.
        let dmiddle: f64 = (0..channels)
            .map(|c| -dshare(c) * norms[c] / middle.powi(2))
            .sum();
        for c in 0..channels {
            dgamma[c] += dfactors[c] * norms[c] / middle;
            let dnorm = dshare(c) / middle + dmiddle / channels as f64;
            slopes.push(if norms[c] > 0.0 {
                dnorm / norms[c]
            } else {
                0.0
            });
        }
    }
    [slopes, dgamma]
}

fn middle(norms: &[f64], epsilon: f32) -> f64 {
    norms.iter().sum::<f64>() / norms.len() as f64 + f64::from(epsilon)
}
