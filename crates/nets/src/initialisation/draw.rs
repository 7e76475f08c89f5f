//! Random draws of tensors.

use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution as _, Normal, Uniform};

use crate::parameter::{Kind, Parameter};

/// What the entries of a weight are drawn from, independently.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Draw {
    /// N(0, 2 / fan-out): He for ReLU, keeping the variance of gradients.
    HeFanOut,
    /// N(0, 2 / fan-in): He for ReLU, keeping the variance of maps.
    HeFanIn,
    /// Uniform within ±1/√fan-in.
    UniformFanIn,
    /// Uniform within ±1/√fan-out.
    UniformFanOut,
    /// N(0, std²).
    Normal(f64),
    /// N(0, std²), drawn again outside ±2.
    Truncated(f64),
}

/// What a network's weights are drawn from. Biases and shifts are 0, scales 1, running means 0,
/// running variances 1, factors of LayerScale 1e-6, class tokens N(0, 1e-12), positions N(0, 0.02²).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Draws {
    /// Convolutions.
    pub conv: Draw,
    /// Linear layers.
    pub linear: Draw,
}

impl Draws {
    /// torchvision's ResNets, and what serves here where nothing else is known.
    pub const RESNET: Self = Self {
        conv: Draw::HeFanOut,
        linear: Draw::UniformFanIn,
    };
    /// Transformers, and networks that follow them: N(0, 0.02²) truncated.
    pub const TRANSFORMER: Self = Self {
        conv: Draw::Truncated(0.02),
        linear: Draw::Truncated(0.02),
    };
}

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

/// Random initialisation of one tensor.
pub(super) fn random(parameter: &Parameter, draws: Draws, stream: &mut ChaCha8Rng) -> Vec<f32> {
    let n = parameter.len();
    match parameter.kind {
        Kind::ConvWeight => draws.conv.sample(parameter, stream),
        Kind::LinearWeight => draws.linear.sample(parameter, stream),
        Kind::NormScale | Kind::RunningVariance => vec![1.0; n],
        Kind::Bias | Kind::NormShift | Kind::RunningMean => vec![0.0; n],
        Kind::LayerScale => vec![1e-6; n],
        Kind::ClassToken => normal(n, 0.0, 1e-6, stream),
        Kind::Positions => Draw::Truncated(0.02).sample(parameter, stream),
    }
}

impl Draw {
    fn sample(self, parameter: &Parameter, stream: &mut ChaCha8Rng) -> Vec<f32> {
        let n = parameter.len();
        let (fan_in, fan_out) = (parameter.fan_in() as f64, parameter.fan_out() as f64);
        match self {
            Self::HeFanOut => normal(n, 0.0, (2.0 / fan_out).sqrt(), stream),
            Self::HeFanIn => normal(n, 0.0, (2.0 / fan_in).sqrt(), stream),
            Self::UniformFanIn => uniform(n, 1.0 / fan_in.sqrt(), stream),
            Self::UniformFanOut => uniform(n, 1.0 / fan_out.sqrt(), stream),
            Self::Normal(std) => normal(n, 0.0, std, stream),
            Self::Truncated(std) => match Normal::new(0.0, std) {
                Ok(normal) => normal
                    .sample_iter(stream)
                    .filter(|value: &f64| value.abs() <= 2.0)
                    .take(n)
                    .map(|value| value as f32)
                    .collect(),
                Err(_) => vec![0.0; n],
            },
        }
    }
}

/// `n` independent draws from the uniform distribution within ±`bound`.
fn uniform(n: usize, bound: f64, stream: &mut ChaCha8Rng) -> Vec<f32> {
    match Uniform::new_inclusive(-bound, bound) {
        Ok(uniform) => (0..n).map(|_| uniform.sample(stream) as f32).collect(),
        Err(_) => vec![0.0; n],
    }
}
