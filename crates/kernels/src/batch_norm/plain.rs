//! Batch norm with or without a ReLU after it, over whole maps.

use rayon::prelude::*;

use super::backward::{Gate, Slope, gradients};
use super::forward::{normalise, statistics};
use super::line::Line;
use super::stats::{BatchStats, ChannelStats, check_training};
use super::strip::Strip;
use crate::disjoint::Disjoint;
use crate::error::{ShapeError, check_len};
use crate::isa::Isa;
use crate::map::MapShape;

/// Values of one parallel part, at least one strip of an image.
const PART: usize = 1 << 14;

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
    normalise_batch(shape, x, gamma, beta, eps, relu, None, y)
}

/// Statistics of the batch, then the line, the `residual` and ReLU.
pub(super) fn normalise_batch(
    shape: &MapShape,
    x: &[f32],
    gamma: &[f32],
    beta: &[f32],
    eps: f32,
    relu: bool,
    residual: Option<&[f32]>,
    y: &mut [f32],
) -> Result<BatchStats, ShapeError> {
    check_training(shape, gamma, beta)?;
    check_len("x", x, shape.checked_len()?)?;
    check_len("y", y, x.len())?;
    let isa = Isa::current();
    let out = Disjoint::new(y);
    let mut channels = vec![ChannelStats::default(); shape.channels];
    channels
        .par_chunks_mut(Strip::width(shape))
        .enumerate()
        .for_each(|(index, stats)| {
            let strip = Strip::new(shape, index);
            statistics(isa, &strip, x, eps, stats);
            let lines: Vec<Line> = stats
                .iter()
                .zip(strip.first..)
                .map(|(stats, channel)| stats.line(gamma[channel], beta[channel]))
                .collect();
            let lines = Line::spread(&strip, &lines);
            normalise(isa, &strip, strip.images(), x, &lines, relu, residual, &out);
        });
    Ok(BatchStats::from_channels(&channels))
}

/// The output of [`batch_norm_train`] once more, bit by bit, from the `stats` that
/// it returned: cheaper than keeping it. `x` and `y` are of shape `shape`, `gamma`
/// and `beta` `[channels]`.
pub fn batch_norm_apply(
    shape: &MapShape,
    x: &[f32],
    gamma: &[f32],
    beta: &[f32],
    stats: &BatchStats,
    relu: bool,
    y: &mut [f32],
) -> Result<(), ShapeError> {
    check_training(shape, gamma, beta)?;
    stats.check(shape.channels)?;
    apply_lines(shape, x, |c| stats.line(c, gamma, beta), relu, None, y)
}

/// Gradients of [`batch_norm_train`] from its input and statistics; where its ReLU
/// let values through is worked out again. `dy` and `dx` are of shape `shape`,
/// `dgamma` and `dbeta` `[channels]`. Every value of the outputs is overwritten.
pub fn batch_norm_backward(
    shape: &MapShape,
    x: &[f32],
    gamma: &[f32],
    beta: &[f32],
    stats: &BatchStats,
    relu: bool,
    dy: &[f32],
    dx: &mut [f32],
    dgamma: &mut [f32],
    dbeta: &mut [f32],
) -> Result<(), ShapeError> {
    check_len("beta", beta, shape.channels)?;
    let gate = if relu { Gate::Relu(beta) } else { Gate::Open };
    input_gradient(shape, x, gamma, stats, gate, dy, dx, dgamma, dbeta)
}

/// Gradients of a normalisation with `gate` after it.
pub(super) fn input_gradient(
    shape: &MapShape,
    x: &[f32],
    gamma: &[f32],
    stats: &BatchStats,
    gate: Gate<'_>,
    dy: &[f32],
    dx: &mut [f32],
    dgamma: &mut [f32],
    dbeta: &mut [f32],
) -> Result<(), ShapeError> {
    check_training(shape, gamma, dbeta)?;
    check_len("x", x, shape.checked_len()?)?;
    check_len("dy", dy, x.len())?;
    check_len("dx", dx, x.len())?;
    check_len("dgamma", dgamma, shape.channels)?;
    stats.check(shape.channels)?;
    let isa = Isa::current();
    let out = Disjoint::new(dx);
    let width = Strip::width(shape);
    dgamma
        .par_chunks_mut(width)
        .zip(dbeta.par_chunks_mut(width))
        .enumerate()
        .for_each(|(index, (dgamma, dbeta))| {
            let strip = Strip::new(shape, index);
            let mut slopes = vec![Slope::default(); dgamma.len()];
            gradients(isa, &strip, x, dy, gate, gamma, stats, &out, &mut slopes);
            for ((dgamma, dbeta), slope) in dgamma.iter_mut().zip(dbeta).zip(slopes) {
                (*dgamma, *dbeta) = (slope.dgamma, slope.dbeta);
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
    shape.checked_len()?;
    check_len("scale", scale, shape.channels)?;
    check_len("shift", shift, shape.channels)?;
    let line = |channel: usize| Line {
        centre: 0.0,
        scale: scale[channel],
        shift: shift[channel],
    };
    apply_lines(shape, x, line, relu, None, y)
}

/// `y = line(channel)(x)`, plus the `residual`, then ReLU if `relu`.
pub(super) fn apply_lines(
    shape: &MapShape,
    x: &[f32],
    line: impl Fn(usize) -> Line + Sync,
    relu: bool,
    residual: Option<&[f32]>,
    y: &mut [f32],
) -> Result<(), ShapeError> {
    check_len("x", x, shape.checked_len()?)?;
    check_len("y", y, x.len())?;
    let isa = Isa::current();
    let out = Disjoint::new(y);
    let strips: Vec<_> = (0..Strip::count(shape))
        .map(|index| {
            let strip = Strip::new(shape, index);
            let lines: Vec<Line> = strip.range().map(&line).collect();
            let lines = Line::spread(&strip, &lines);
            (strip, lines)
        })
        .collect();
    // Through memory from its start to its end.
    (0..shape.batch * strips.len())
        .into_par_iter()
        .with_min_len((PART / (Strip::width(shape) * shape.plane())).max(1))
        .for_each(|part| {
            let (strip, lines) = &strips[part % strips.len()];
            let image = part / strips.len();
            normalise(isa, strip, image..image + 1, x, lines, relu, residual, &out);
        });
    Ok(())
}
