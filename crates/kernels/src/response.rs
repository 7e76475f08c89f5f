//! Global response normalisation (Woo et al. 2023, ConvNeXt V2), as far as it is not a scale and a
//! shift.

use rayon::prelude::*;

use crate::error::{ShapeError, check_len};
use crate::isa::Isa;
use crate::map::MapShape;
use crate::reduce::dot;

/// `factors[n, c] = 1 + gamma[c] · norms[n, c] / (mean of norms[n, ·] + epsilon)` with
/// `norms[n, c] = √Σ x[n, c, ·, ·]²`. `x` is of shape `shape`, `gamma` `[channels]`, `norms` and
/// `factors` `[batch, channels]`, every value overwritten.
pub fn response_factors(
    shape: &MapShape,
    epsilon: f32,
    x: &[f32],
    gamma: &[f32],
    norms: &mut [f32],
    factors: &mut [f32],
) -> Result<(), ShapeError> {
    let len = shape.batch * shape.channels;
    check_len("x", x, shape.checked_len()?)?;
    check_len("gamma", gamma, shape.channels)?;
    check_len("norms", norms, len)?;
    check_len("factors", factors, len)?;
    let isa = Isa::current();
    norms
        .par_iter_mut()
        .zip(x.par_chunks(shape.plane()))
        .for_each(|(norm, plane)| *norm = dot(isa, plane, plane).sqrt());
    let images = norms.chunks(shape.channels);
    for (norms, factors) in images.zip(factors.chunks_mut(shape.channels)) {
        let middle = middle(norms, epsilon);
        for ((factor, norm), gamma) in factors.iter_mut().zip(norms).zip(gamma) {
            *factor = (1.0 + f64::from(*gamma) * f64::from(*norm) / middle) as f32;
        }
    }
    Ok(())
}

/// Gradients of [`response_factors`] from `dfactors` `[batch, channels]`: `dgamma` `[channels]`, and
/// `slopes` `[batch, channels]` with `dx[n, c, ·, ·] = slopes[n, c] · x[n, c, ·, ·]`, 0 for a map of
/// zeros. Every value is overwritten.
pub fn response_factors_backward(
    epsilon: f32,
    gamma: &[f32],
    norms: &[f32],
    dfactors: &[f32],
    slopes: &mut [f32],
    dgamma: &mut [f32],
) -> Result<(), ShapeError> {
    let channels = gamma.len();
    if channels == 0 {
        return Err(ShapeError::Zero { size: "channels" });
    }
    let batch = norms.len() / channels;
    check_len("norms", norms, batch * channels)?;
    check_len("dfactors", dfactors, norms.len())?;
    check_len("slopes", slopes, norms.len())?;
    check_len("dgamma", dgamma, channels)?;
    let mut sums = vec![0.0; channels];
    for image in 0..batch {
        let own = image * channels..(image + 1) * channels;
        let (norms, dfactors) = (&norms[own.clone()], &dfactors[own.clone()]);
        let middle = middle(norms, epsilon);
        let of = |c: usize| f64::from(gamma[c]) * f64::from(dfactors[c]);
        let pull: f64 = (0..channels).map(|c| of(c) * f64::from(norms[c])).sum();
        let pull = pull / middle / channels as f64;
        for (c, slope) in slopes[own].iter_mut().enumerate() {
            let norm = f64::from(norms[c]);
            sums[c] += f64::from(dfactors[c]) * norm / middle;
            *slope = match norm > 0.0 {
                true => ((of(c) - pull) / middle / norm) as f32,
                false => 0.0,
            };
        }
    }
    for (dgamma, sum) in dgamma.iter_mut().zip(sums) {
        *dgamma = sum as f32;
    }
    Ok(())
}

/// The mean of the norms of an image, and epsilon.
fn middle(norms: &[f32], epsilon: f32) -> f64 {
    let total: f64 = norms.iter().map(|norm| f64::from(*norm)).sum();
    total / norms.len() as f64 + f64::from(epsilon)
}
