//! Sums and factors of maps.

use kernels::MapShape;

use super::arrange::{at, each_of};

pub(super) fn add(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a + b).collect()
}

pub(super) fn multiply(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a * b).collect()
}

/// `x` times `factors` `[batch, channels]`, or `[channels]` where all images have the same.
pub(super) fn scale(map: &MapShape, x: &[f64], factors: &[f64]) -> Vec<f64> {
    each_of(map, |n, c, row, column| {
        x[at(map, n, c, row, column)] * factors[(n * map.channels + c) % factors.len()]
    })
}

/// `Σ x dy` over what each of `count` factors has multiplied.
pub(super) fn factors_gradient(map: &MapShape, count: usize, x: &[f64], dy: &[f64]) -> Vec<f64> {
    let mut factors = vec![0.0; count];
    for (place, (x, dy)) in x.iter().zip(dy).enumerate() {
        factors[place / map.plane() % count] += x * dy;
    }
    factors
}
