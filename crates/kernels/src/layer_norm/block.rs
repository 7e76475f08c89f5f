//! Many pixels: lanes are pixels, and channels come one after the other.

use super::part::{BLOCK, Part};
use crate::disjoint::Disjoint;
use crate::reduce::{dot_body, sum_body};
use crate::simd::{Simd, dispatch};

/// A value per pixel of a part.
type Pixels = [f32; BLOCK];

dispatch! {
    pub(super) fn forward(
        part: &Part,
        x: &[f32],
        affine: [&[f32]; 2],
        epsilon: f32,
        y: &Disjoint<'_, f32>,
        stats: [&mut [f32]; 2],
    ) => forward_body
}

#[inline(always)]
fn forward_body<S: Simd>(
    part: &Part,
    x: &[f32],
    [gamma, beta]: [&[f32]; 2],
    epsilon: f32,
    y: &Disjoint<'_, f32>,
    [mean, inv_std]: [&mut [f32]; 2],
) {
    let (width, channels) = (part.width, part.channels());
    let count = channels as f32;
    let mut centre: Pixels = [0.0; BLOCK];
    for channel in 0..channels {
        for (sum, x) in centre.iter_mut().zip(&x[part.at(channel)..][..width]) {
            *sum += x;
        }
    }
    for sum in &mut centre {
        *sum /= count;
    }
    // What rounding left of the mean, and the squares.
    let (mut rest, mut squares): (Pixels, Pixels) = ([0.0; BLOCK], [0.0; BLOCK]);
    for channel in 0..channels {
        let pixels = rest.iter_mut().zip(&mut squares).zip(&centre);
        for (((rest, square), centre), x) in pixels.zip(&x[part.at(channel)..][..width]) {
            let deviation = x - centre;
            *rest += deviation;
            *square += deviation * deviation;
        }
    }
    for pixel in 0..width {
        let rest = rest[pixel] / count;
        let variance = squares[pixel] / count - rest * rest;
        mean[pixel] = centre[pixel] + rest;
        inv_std[pixel] = 1.0 / (variance + epsilon).sqrt();
    }
    for channel in 0..channels {
        let at = part.at(channel);
        // SAFETY: no other part has these pixels.
        let y = unsafe { y.part(at, width) };
        let (gamma, beta) = (gamma[channel], beta[channel]);
        let pixels = y.iter_mut().zip(&x[at..][..width]);
        for ((y, x), (mean, inv_std)) in pixels.zip(mean.iter().zip(inv_std.iter())) {
            *y = (x - mean) * inv_std * gamma + beta;
        }
    }
}

dispatch! {
    pub(super) fn backward(
        part: &Part,
        x: &[f32],
        gamma: &[f32],
        stats: [&[f32]; 2],
        dy: &[f32],
        dx: &Disjoint<'_, f32>,
        dgamma: &mut [f32],
        dbeta: &mut [f32],
    ) => backward_body
}

#[inline(always)]
fn backward_body<S: Simd>(
    part: &Part,
    x: &[f32],
    gamma: &[f32],
    [mean, inv_std]: [&[f32]; 2],
    dy: &[f32],
    dx: &Disjoint<'_, f32>,
    dgamma: &mut [f32],
    dbeta: &mut [f32],
) {
    let (width, channels) = (part.width, part.channels());
    let count = channels as f32;
    // Per pixel: the sums of `gamma dy`, and of `gamma dy` times the normalised value.
    let (mut sums, mut products): (Pixels, Pixels) = ([0.0; BLOCK], [0.0; BLOCK]);
    let mut normal: Pixels = [0.0; BLOCK];
    for channel in 0..channels {
        let at = part.at(channel);
        let dy = &dy[at..][..width];
        let pixels = normal.iter_mut().zip(&x[at..][..width]);
        for ((normal, x), (mean, inv_std)) in pixels.zip(mean.iter().zip(inv_std)) {
            *normal = (x - mean) * inv_std;
        }
        let gamma = gamma[channel];
        let pixels = sums.iter_mut().zip(&mut products).zip(&normal);
        for (((sum, product), normal), dy) in pixels.zip(dy) {
            let gradient = gamma * dy;
            *sum += gradient;
            *product += gradient * normal;
        }
        dgamma[channel] = dot_body::<S>(&normal[..width], dy);
        dbeta[channel] = sum_body::<S>(dy);
    }
    for (sum, product) in sums.iter_mut().zip(&mut products) {
        *sum /= count;
        *product /= count;
    }
    for channel in 0..channels {
        let at = part.at(channel);
        // SAFETY: no other part has these pixels.
        let dx = unsafe { dx.part(at, width) };
        let gamma = gamma[channel];
        let values = dx.iter_mut().zip(&x[at..][..width]).zip(&dy[at..][..width]);
        let means = sums.iter().zip(&products);
        for (((dx, x), dy), ((mean, inv_std), (sum, product))) in
            values.zip(mean.iter().zip(inv_std).zip(means))
        {
            let normal = (x - mean) * inv_std;
            *dx = inv_std * (gamma * dy - sum - normal * product);
        }
    }
}
