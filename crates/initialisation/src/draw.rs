//! Random draws of tensors.

use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution as _, Normal, Uniform};

use networks::{Draw, Draws, Kind, Parameter};

/// A distribution with mean 0.
enum Law {
    /// Of this standard deviation.
    Normal(f64),
    /// Within ± this bound.
    Uniform(f64),
    /// Of this standard deviation, drawn again outside ± the second number.
    Cut(f64, f64),
}

/// Standard deviation of N(0, 1) within ±2: √(1 − 4 φ(2) / (2 Φ(2) − 1)).
const CUT_STD: f64 = 0.879_625_664_119_989_5;

/// `n` independent draws from N(mean, std²); a standard deviation that is no number counts as 0.
pub fn normal(n: usize, mean: f64, std: f64, stream: &mut ChaCha8Rng) -> Vec<f32> {
    match Normal::new(mean, std) {
        Ok(normal) => (0..n).map(|_| normal.sample(stream) as f32).collect(),
        Err(_) => vec![mean as f32; n],
    }
}

/// Random initialisation of one tensor.
pub(crate) fn random(parameter: &Parameter, draws: Draws, stream: &mut ChaCha8Rng) -> Vec<f32> {
    let n = parameter.len();
    match parameter.kind {
        Kind::ConvWeight => sample(draws.conv, parameter, stream),
        Kind::LinearWeight => sample(draws.linear, parameter, stream),
        Kind::NormScale | Kind::RunningVariance | Kind::Factor => vec![1.0; n],
        Kind::Bias | Kind::NormShift | Kind::RunningMean | Kind::ResponseScale => vec![0.0; n],
        Kind::LayerScale => vec![1e-6; n],
        Kind::ClassToken => normal(n, 0.0, 1e-6, stream),
        Kind::Positions | Kind::RelativePositions => {
            sample(Draw::Truncated(0.02), parameter, stream)
        }
    }
}

/// Every entry of a tensor.
pub(crate) fn sample(draw: Draw, parameter: &Parameter, stream: &mut ChaCha8Rng) -> Vec<f32> {
    let n = parameter.len();
    match law(draw, parameter) {
        Law::Normal(std) => normal(n, 0.0, std, stream),
        Law::Uniform(bound) => uniform(n, bound, stream),
        Law::Cut(std, bound) => match Normal::new(0.0, std) {
            Ok(normal) => normal
                .sample_iter(stream)
                .filter(|value: &f64| value.abs() <= bound)
                .take(n)
                .map(|value| value as f32)
                .collect(),
            Err(_) => vec![0.0; n],
        },
    }
}

/// Standard deviation of the entries of a tensor.
pub(crate) fn std(draw: Draw, parameter: &Parameter) -> f64 {
    match law(draw, parameter) {
        Law::Normal(std) => std,
        Law::Uniform(bound) => bound / 3f64.sqrt(),
        Law::Cut(std, bound) if bound == 2.0 * std => std * CUT_STD,
        // A hundred standard deviations away: nothing is cut.
        Law::Cut(std, _) => std,
    }
}

fn law(draw: Draw, parameter: &Parameter) -> Law {
    let (fan_in, fan_out) = (parameter.fan_in() as f64, parameter.fan_out() as f64);
    match draw {
        Draw::HeFanOut => Law::Normal((2.0 / fan_out).sqrt()),
        Draw::HeFanIn => Law::Normal((2.0 / fan_in).sqrt()),
        Draw::HeUniformFanOut => Law::Uniform((6.0 / fan_out).sqrt()),
        Draw::HeUniformFanIn => Law::Uniform((6.0 / fan_in).sqrt()),
        Draw::UniformFanIn => Law::Uniform(1.0 / fan_in.sqrt()),
        Draw::UniformFanOut => Law::Uniform(1.0 / fan_out.sqrt()),
        Draw::GlorotNormal => Law::Normal((2.0 / (fan_in + fan_out)).sqrt()),
        Draw::GlorotUniform => Law::Uniform((6.0 / (fan_in + fan_out)).sqrt()),
        Draw::Normal(std) => Law::Normal(std),
        Draw::Truncated(std) => Law::Cut(std, 2.0),
        Draw::CutNormal(std) => Law::Cut(std, 2.0 * std),
    }
}

/// `n` independent draws from the uniform distribution within ±`bound`.
pub fn uniform(n: usize, bound: f64, stream: &mut ChaCha8Rng) -> Vec<f32> {
    match Uniform::new_inclusive(-bound, bound) {
        Ok(uniform) => (0..n).map(|_| uniform.sample(stream) as f32).collect(),
        Err(_) => vec![0.0; n],
    }
}
