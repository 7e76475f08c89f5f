//! Layer norm over the channels of every pixel.

mod block;
mod column;
mod part;

use part::Part;
use rayon::prelude::*;

use crate::disjoint::Disjoint;
use crate::error::{ShapeError, check_len};
use crate::isa::Isa;
use crate::map::MapShape;
use crate::scratch::{Demand, Scratch};

/// What the forward pass found at every pixel, each `[batch, height, width]`.
#[derive(Clone, Debug, PartialEq)]
pub struct PixelStats {
    /// Mean over the channels.
    pub mean: Vec<f32>,
    /// `1 / √(variance + epsilon)` with the biased variance over the channels.
    pub inv_std: Vec<f32>,
}

/// `y = gamma (x − mean) / √(variance + epsilon) + beta` with mean and biased variance over the
/// channels of each pixel of each image. `x` and `y` are of shape `shape`, `gamma` and `beta`
/// `[channels]`. Every value of `y` is overwritten.
pub fn layer_norm(
    shape: &MapShape,
    x: &[f32],
    gamma: &[f32],
    beta: &[f32],
    epsilon: f32,
    y: &mut [f32],
) -> Result<PixelStats, ShapeError> {
    check_len("x", x, shape.checked_len()?)?;
    check_len("y", y, x.len())?;
    check_len("gamma", gamma, shape.channels)?;
    check_len("beta", beta, shape.channels)?;
    let isa = Isa::current();
    let pixels = shape.batch * shape.plane();
    let (mut mean, mut inv_std) = (vec![0.0; pixels], vec![0.0; pixels]);
    {
        let y = Disjoint::new(y);
        let stats = [&mut mean, &mut inv_std].map(|values| Disjoint::new(values.as_mut_slice()));
        (0..Part::count(shape)).into_par_iter().for_each(|index| {
            let part = Part::new(shape, index);
            // SAFETY: no pixel is in two parts.
            let [mean, inv_std] = stats
                .each_ref()
                .map(|values| unsafe { values.part(part.pixel_at(), part.width) });
            let affine = [gamma, beta];
            if shape.plane() == 1 {
                // SAFETY: the channels of the one pixel follow each other.
                let y = unsafe { y.part(part.at(0), shape.channels) };
                let x = &x[part.at(0)..][..shape.channels];
                [mean[0], inv_std[0]] = column::forward(isa, x, affine, epsilon, y);
            } else {
                block::forward(isa, &part, x, affine, epsilon, &y, [mean, inv_std]);
            }
        });
    }
    Ok(PixelStats { mean, inv_std })
}

/// What [`layer_norm_backward`] takes.
pub fn layer_norm_backward_demand(shape: &MapShape) -> Demand {
    Demand::floats(shares(shape))
}

/// Floats of what each part adds to `dgamma`, and then to `dbeta`.
fn shares(shape: &MapShape) -> usize {
    Part::count(shape) * 2 * shape.channels
}

/// Gradients of [`layer_norm`] from its input and statistics. `dy` and `dx` are of shape `shape`,
/// `dgamma` and `dbeta` `[channels]`. Every value of the outputs is overwritten.
pub fn layer_norm_backward(
    shape: &MapShape,
    x: &[f32],
    gamma: &[f32],
    stats: &PixelStats,
    dy: &[f32],
    dx: &mut [f32],
    dgamma: &mut [f32],
    dbeta: &mut [f32],
) -> Result<(), ShapeError> {
    check_len("x", x, shape.checked_len()?)?;
    check_len("dy", dy, x.len())?;
    check_len("dx", dx, x.len())?;
    check_len("gamma", gamma, shape.channels)?;
    check_len("dgamma", dgamma, shape.channels)?;
    check_len("dbeta", dbeta, shape.channels)?;
    check_len("mean", &stats.mean, shape.batch * shape.plane())?;
    check_len("inv_std", &stats.inv_std, stats.mean.len())?;
    let isa = Isa::current();
    let channels = shape.channels;
    let mut shares = Scratch::new(shares(shape));
    let dx = Disjoint::new(dx);
    shares
        .par_chunks_mut(2 * channels)
        .enumerate()
        .for_each(|(index, shares)| {
            let part = Part::new(shape, index);
            let (dgamma, dbeta) = shares.split_at_mut(channels);
            let pixels = part.pixel_at()..part.pixel_at() + part.width;
            let (mean, inv_std) = (&stats.mean[pixels.clone()], &stats.inv_std[pixels]);
            if shape.plane() == 1 {
                let row = part.at(0)..part.at(0) + channels;
                // SAFETY: the channels of the one pixel follow each other.
                let dx = unsafe { dx.part(row.start, channels) };
                let (x, dy) = (&x[row.clone()], &dy[row]);
                let stats = [mean[0], inv_std[0]];
                column::backward(isa, x, gamma, stats, dy, dx, dgamma, dbeta);
            } else {
                let stats = [mean, inv_std];
                block::backward(isa, &part, x, gamma, stats, dy, &dx, dgamma, dbeta);
            }
        });
    for (gradient, first) in [(dgamma, 0), (dbeta, channels)] {
        gradient
            .par_iter_mut()
            .enumerate()
            .for_each(|(channel, gradient)| {
                let shares = shares[first + channel..].iter().step_by(2 * channels);
                *gradient = shares.map(|share| f64::from(*share)).sum::<f64>() as f32;
            });
    }
    Ok(())
}
