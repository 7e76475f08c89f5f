//! Numbers without their mean.

use std::borrow::Borrow;

/// Variance below this share of the mean square is rounding of `f32`.
const CONSTANT: f64 = 1e-12;

/// Whether numbers vary: more than rounding of `f32` is left of those whose squares summed to
/// `whole` before means were taken off.
pub fn varies(centred: impl IntoIterator<Item = impl Borrow<f64>>, whole: f64) -> bool {
    let left: f64 = centred.into_iter().map(|v| v.borrow().powi(2)).sum();
    left > CONSTANT * whole
}

/// `values` less their mean.
pub fn without_mean(mut values: Vec<f64>) -> Vec<f64> {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    values.iter_mut().for_each(|value| *value -= mean);
    values
}
