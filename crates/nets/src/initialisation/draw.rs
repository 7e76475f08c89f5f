//! Random draws of tensors.

use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution as _, Normal, Uniform};

use crate::parameter::{Kind, Parameter};

/// Mean and population variance over all entries, in f64.
pub(super) fn moments(values: &[f32]) -> (f64, f64) {
    let n = values.len().max(1) as f64;
    let mean = values.iter().map(|v| f64::from(*v)).sum::<f64>() / n;
    let variance = values
        .iter()
        .map(|v| (f64::from(*v) - mean).powi(2))
        .sum::<f64>()
        / n;
    (mean, variance)
}

/// `n` independent draws from N(mean, std²); a standard deviation that is no number counts as 0.
pub(super) fn normal(n: usize, mean: f64, std: f64, stream: &mut ChaCha8Rng) -> Vec<f32> {
    match Normal::new(mean, std) {
        Ok(normal) => (0..n).map(|_| normal.sample(stream) as f32).collect(),
        Err(_) => vec![mean as f32; n],
    }
}

/// Random initialisation as torchvision's ResNets have it: convolutions N(0, 2 / fan-out) (He
/// normal for ReLU), linear layers uniform within ±1/√fan-in with bias 0, batch norm scale 1,
/// shift 0, running mean 0, running variance 1.
pub(super) fn random(parameter: &Parameter, stream: &mut ChaCha8Rng) -> Vec<f32> {
    let n = parameter.len();
    match parameter.kind {
        Kind::ConvWeight => normal(n, 0.0, (2.0 / parameter.fan_out() as f64).sqrt(), stream),
        Kind::LinearWeight => {
            let bound = 1.0 / (parameter.fan_in() as f64).sqrt();
            match Uniform::new_inclusive(-bound, bound) {
                Ok(uniform) => (0..n).map(|_| uniform.sample(stream) as f32).collect(),
                Err(_) => vec![0.0; n],
            }
        }
        Kind::NormScale | Kind::RunningVariance => vec![1.0; n],
        Kind::Bias | Kind::NormShift | Kind::RunningMean => vec![0.0; n],
    }
}
