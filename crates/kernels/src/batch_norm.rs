//! Batch normalisation over `[batch, channels, height, width]`, with the ReLU
//! that follows it.

mod pooled;

pub use pooled::PooledNorm;

use rayon::prelude::*;

use crate::disjoint::Disjoint;
use crate::error::{ShapeError, check_len};
use crate::isa::Isa;
use crate::map::MapShape;
use crate::reduce::{gradient_sums, squared_deviations, sum};
use crate::simd::{Simd, dispatch};

/// Statistics of one training batch; every field is `[channels]`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BatchStats {
    /// Mean over batch, height and width.
    pub mean: Vec<f32>,
    /// `1 / √(var + eps)` with the biased variance: what the batch was scaled by.
    pub inv_std: Vec<f32>,
    /// Variance with divisor `n`: what PyTorch normalises by.
    pub var_biased: Vec<f32>,
    /// Variance with divisor `n − 1`: what PyTorch's running variance takes up.
    pub var_unbiased: Vec<f32>,
}

/// Mean and variances of one channel.
struct ChannelStats {
    mean: f32,
    inv_std: f32,
    var_biased: f32,
    var_unbiased: f32,
}

impl BatchStats {
    fn from_channels(channels: Vec<ChannelStats>) -> Self {
        let column = |value: fn(&ChannelStats) -> f32| channels.iter().map(value).collect();
        Self {
            mean: column(|c| c.mean),
            inv_std: column(|c| c.inv_std),
            var_biased: column(|c| c.var_biased),
            var_unbiased: column(|c| c.var_unbiased),
        }
    }

    fn check(&self, channels: usize) -> Result<(), ShapeError> {
        check_len("mean", &self.mean, channels)?;
        check_len("inv_std", &self.inv_std, channels)
    }
}

/// Two passes: lanes sum in `f32` within a plane, planes in `f64`.
fn channel_stats(isa: Isa, shape: &MapShape, x: &[f32], channel: usize, eps: f32) -> ChannelStats {
    let planes = || {
        (0..shape.batch).map(|image| {
            let at = shape.plane_at(image, channel);
            &x[at..at + shape.plane()]
        })
    };
    let count = shape.values_per_channel() as f64;
    let mean = planes().map(|p| f64::from(sum(isa, p))).sum::<f64>() / count;
    let mean_f32 = mean as f32;
    // The deviations are taken from the rounded mean; correct for that.
    let rounding = mean - f64::from(mean_f32);
    let squares = planes()
        .map(|p| f64::from(squared_deviations(isa, p, mean_f32)))
        .sum::<f64>();
    let squares = (squares - count * rounding * rounding).max(0.0);
    let var = squares / count;
    ChannelStats {
        mean: mean_f32,
        inv_std: (1.0 / (var + f64::from(eps)).sqrt()) as f32,
        var_biased: var as f32,
        var_unbiased: (squares / (count - 1.0)) as f32,
    }
}

fn check_training(shape: &MapShape, gamma: &[f32], beta: &[f32]) -> Result<(), ShapeError> {
    shape.checked_len()?;
    check_len("gamma", gamma, shape.channels)?;
    check_len("beta", beta, shape.channels)?;
    match shape.values_per_channel() {
        count @ ..=1 => Err(ShapeError::TooFewValues { count }),
        _ => Ok(()),
    }
}

/// `y = (x − mean) · inv_std · gamma + beta`, then ReLU if `relu`, with the
/// statistics of this batch, which it returns. `x` and `y` are of shape `shape`,
/// `gamma` and `beta` `[channels]`; `eps` is added to the biased variance.
pub fn batch_norm_train(
    shape: &MapShape,
    x: &[f32],
    gamma: &[f32],
    beta: &[f32],
    eps: f32,
    relu: bool,
    y: &mut [f32],
) -> Result<BatchStats, ShapeError> {
    check_training(shape, gamma, beta)?;
    check_len("x", x, shape.checked_len()?)?;
    check_len("y", y, x.len())?;
    let isa = Isa::current();
    let out = Disjoint::new(y);
    let channels = (0..shape.channels)
        .into_par_iter()
        .map(|channel| {
            let stats = channel_stats(isa, shape, x, channel, eps);
            let line = Line::normalising(&stats, gamma[channel], beta[channel], relu);
            for image in 0..shape.batch {
                let at = shape.plane_at(image, channel);
                // SAFETY: every task has its own channel.
                let to = unsafe { out.part(at, shape.plane()) };
                apply_line(isa, &x[at..at + shape.plane()], line, to);
            }
            stats
        })
        .collect();
    Ok(BatchStats::from_channels(channels))
}

/// Gradients of [`batch_norm_train`]. `y` is its output if it applied ReLU, else
/// `None`; `dy` and `dx` are of shape `shape`, `dgamma` and `dbeta` `[channels]`.
/// Every value of the outputs is overwritten.
pub fn batch_norm_backward(
    shape: &MapShape,
    x: &[f32],
    y: Option<&[f32]>,
    gamma: &[f32],
    stats: &BatchStats,
    dy: &[f32],
    dx: &mut [f32],
    dgamma: &mut [f32],
    dbeta: &mut [f32],
) -> Result<(), ShapeError> {
    check_training(shape, gamma, dbeta)?;
    check_len("x", x, shape.checked_len()?)?;
    check_len("y", y.unwrap_or(x), x.len())?;
    check_len("dy", dy, x.len())?;
    check_len("dx", dx, x.len())?;
    check_len("dgamma", dgamma, shape.channels)?;
    stats.check(shape.channels)?;
    let isa = Isa::current();
    let out = Disjoint::new(dx);
    let plane = shape.plane();
    dgamma
        .par_iter_mut()
        .zip(dbeta.par_iter_mut())
        .enumerate()
        .for_each(|(channel, (dgamma, dbeta))| {
            let mean = stats.mean[channel];
            let mut sums = [0.0_f64; 2];
            for image in 0..shape.batch {
                let at = shape.plane_at(image, channel);
                let part = at..at + plane;
                let y = y.map(|y| &y[part.clone()]);
                let found = gradient_sums(isa, &x[part.clone()], y, &dy[part], mean);
                sums = [sums[0] + f64::from(found[0]), sums[1] + f64::from(found[1])];
            }
            let slope = Slope::new(shape, stats, gamma, channel, sums);
            (*dgamma, *dbeta) = (slope.dgamma, slope.dbeta);
            for image in 0..shape.batch {
                let at = shape.plane_at(image, channel);
                let part = at..at + plane;
                let y = y.map(|y| &y[part.clone()]);
                // SAFETY: every task has its own channel.
                let to = unsafe { out.part(at, plane) };
                apply_slope(isa, &x[part.clone()], y, &dy[part], slope, to);
            }
        });
    Ok(())
}

/// `y = x · scale + shift` per channel, then ReLU if `relu`: batch norm at
/// inference, with `scale = gamma / √(running_var + eps)` and
/// `shift = beta − running_mean · scale`, both `[channels]`.
pub fn scale_shift(
    shape: &MapShape,
    x: &[f32],
    scale: &[f32],
    shift: &[f32],
    relu: bool,
    y: &mut [f32],
) -> Result<(), ShapeError> {
    check_len("x", x, shape.checked_len()?)?;
    check_len("y", y, x.len())?;
    check_len("scale", scale, shape.channels)?;
    check_len("shift", shift, shape.channels)?;
    let isa = Isa::current();
    let plane = shape.plane();
    y.par_chunks_mut(plane)
        .zip(x.par_chunks(plane))
        .enumerate()
        .for_each(|(index, (y, x))| {
            let channel = index % shape.channels;
            let line = Line {
                centre: 0.0,
                scale: scale[channel],
                shift: shift[channel],
                relu,
            };
            apply_line(isa, x, line, y);
        });
    Ok(())
}

/// `(x − centre) · scale + shift`, then ReLU if `relu`.
#[derive(Clone, Copy)]
struct Line {
    centre: f32,
    scale: f32,
    shift: f32,
    relu: bool,
}

impl Line {
    fn normalising(stats: &ChannelStats, gamma: f32, beta: f32, relu: bool) -> Self {
        Self {
            centre: stats.mean,
            scale: stats.inv_std * gamma,
            shift: beta,
            relu,
        }
    }
}

dispatch! {
    fn apply_line(x: &[f32], line: Line, y: &mut [f32]) => apply_line_body
}

#[inline(always)]
fn apply_line_body<S: Simd>(x: &[f32], line: Line, y: &mut [f32]) {
    let Line {
        centre,
        scale,
        shift,
        relu,
    } = line;
    if relu {
        for (y, x) in y.iter_mut().zip(x) {
            let value = (x - centre) * scale + shift;
            // Not `max`: a NaN must stay visible.
            *y = if value <= 0.0 { 0.0 } else { value };
        }
    } else {
        for (y, x) in y.iter_mut().zip(x) {
            *y = (x - centre) * scale + shift;
        }
    }
}

/// `dx = dy · factor + (x − centre) · slope + shift`
#[derive(Clone, Copy)]
struct Slope {
    centre: f32,
    factor: f32,
    slope: f32,
    shift: f32,
    dgamma: f32,
    dbeta: f32,
}

impl Slope {
    /// `sums` are `Σ dy` and `Σ dy · (x − mean)` over the channel, ReLU applied.
    fn new(
        shape: &MapShape,
        stats: &BatchStats,
        gamma: &[f32],
        channel: usize,
        sums: [f64; 2],
    ) -> Self {
        let count = shape.values_per_channel() as f64;
        let inv_std = f64::from(stats.inv_std[channel]);
        let factor = f64::from(gamma[channel]) * inv_std;
        let dgamma = sums[1] * inv_std;
        Self {
            centre: stats.mean[channel],
            factor: factor as f32,
            slope: (-factor * inv_std * dgamma / count) as f32,
            shift: (-factor * sums[0] / count) as f32,
            dgamma: dgamma as f32,
            dbeta: sums[0] as f32,
        }
    }
}

dispatch! {
    fn apply_slope(x: &[f32], y: Option<&[f32]>, dy: &[f32], slope: Slope, dx: &mut [f32])
        => apply_slope_body
}

#[inline(always)]
fn apply_slope_body<S: Simd>(
    x: &[f32],
    y: Option<&[f32]>,
    dy: &[f32],
    slope: Slope,
    dx: &mut [f32],
) {
    let Slope {
        centre,
        factor,
        slope,
        shift,
        ..
    } = slope;
    match y {
        Some(y) => {
            for (((dx, x), y), dy) in dx.iter_mut().zip(x).zip(y).zip(dy) {
                let gradient = if *y > 0.0 { *dy } else { 0.0 };
                *dx = gradient * factor + ((x - centre) * slope + shift);
            }
        }
        None => {
            for ((dx, x), dy) in dx.iter_mut().zip(x).zip(dy) {
                *dx = dy * factor + ((x - centre) * slope + shift);
            }
        }
    }
}
