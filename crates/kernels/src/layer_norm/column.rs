//! Maps of one pixel: lanes are channels.

use crate::reduce::sum_body;
use crate::simd::{Simd, dispatch};

/// Sums side by side, so that they become vectors.
const LANES: usize = 16;

/// Adds up lanes in a fixed order.
#[inline(always)]
fn total(lanes: [f32; LANES]) -> f32 {
    let mut lanes = lanes;
    let mut width = LANES;
    while width > 1 {
        width /= 2;
        for lane in 0..width {
            lanes[lane] += lanes[lane + width];
        }
    }
    lanes[0]
}

dispatch! {
    /// Normalises one image and returns its mean and the inverse of its standard deviation.
    pub(super) fn forward(x: &[f32], affine: [&[f32]; 2], epsilon: f32, y: &mut [f32]) -> [f32; 2]
        => forward_body
}

#[inline(always)]
fn forward_body<S: Simd>(
    x: &[f32],
    [gamma, beta]: [&[f32]; 2],
    epsilon: f32,
    y: &mut [f32],
) -> [f32; 2] {
    let count = x.len() as f32;
    let centre = sum_body::<S>(x) / count;
    // What rounding left of the mean, and the squares.
    let (mut rest, mut squares) = ([0.0; LANES], [0.0; LANES]);
    for x in x.chunks(LANES) {
        for ((rest, square), x) in rest.iter_mut().zip(&mut squares).zip(x) {
            let deviation = x - centre;
            *rest += deviation;
            *square += deviation * deviation;
        }
    }
    let rest = total(rest) / count;
    let variance = total(squares) / count - rest * rest;
    let (mean, inv_std) = (centre + rest, 1.0 / (variance + epsilon).sqrt());
    for ((y, x), (gamma, beta)) in y.iter_mut().zip(x).zip(gamma.iter().zip(beta)) {
        *y = (x - mean) * inv_std * gamma + beta;
    }
    [mean, inv_std]
}

dispatch! {
    pub(super) fn backward(
        x: &[f32],
        gamma: &[f32],
        stats: [f32; 2],
        dy: &[f32],
        dx: &mut [f32],
        dgamma: &mut [f32],
        dbeta: &mut [f32],
    ) => backward_body
}

#[inline(always)]
fn backward_body<S: Simd>(
    x: &[f32],
    gamma: &[f32],
    [mean, inv_std]: [f32; 2],
    dy: &[f32],
    dx: &mut [f32],
    dgamma: &mut [f32],
    dbeta: &mut [f32],
) {
    let count = x.len() as f32;
    let (mut sums, mut products) = ([0.0; LANES], [0.0; LANES]);
    let chunks = x
        .chunks(LANES)
        .zip(gamma.chunks(LANES))
        .zip(dy.chunks(LANES));
    for ((x, gamma), dy) in chunks {
        let lanes = sums.iter_mut().zip(&mut products);
        for (((sum, product), x), (gamma, dy)) in lanes.zip(x).zip(gamma.iter().zip(dy)) {
            let gradient = gamma * dy;
            *sum += gradient;
            *product += gradient * ((x - mean) * inv_std);
        }
    }
    let (sum, product) = (total(sums) / count, total(products) / count);
    let gradients = dx.iter_mut().zip(dgamma).zip(dbeta);
    let values = x.iter().zip(gamma).zip(dy);
    for (((dx, dgamma), dbeta), ((x, gamma), dy)) in gradients.zip(values) {
        let normal = (x - mean) * inv_std;
        *dx = inv_std * (gamma * dy - sum - normal * product);
        *dgamma = dy * normal;
        *dbeta = *dy;
    }
}
