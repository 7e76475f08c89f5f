//! Batch norm, the sum at the end of a residual block, and its ReLU.

use super::backward::Gate;
use super::plain::{apply_lines, input_gradient, normalise_batch};
use super::stats::{BatchStats, check_training};
use crate::disjoint::Disjoint;
use crate::error::{ShapeError, check_len};
use crate::map::MapShape;

/// `y = max(batch norm(x) + residual, 0)` with the statistics of this batch, which
/// it returns: [`batch_norm_train`](super::batch_norm_train) without ReLU, then
/// [`add_relu`](crate::add_relu). `x`, `residual` and `y` are of shape `shape`,
/// `gamma` and `beta` `[channels]`.
pub fn batch_norm_add_relu_train(
    shape: &MapShape,
    x: &[f32],
    gamma: &[f32],
    beta: &[f32],
    eps: f32,
    residual: &[f32],
    y: &mut [f32],
) -> Result<BatchStats, ShapeError> {
    check_len("residual", residual, x.len())?;
    normalise_batch(shape, x, gamma, beta, eps, true, Some(residual), y)
}

/// The output of [`batch_norm_add_relu_train`] once more, bit by bit, from the
/// `stats` that it returned: cheaper than keeping it.
pub fn batch_norm_add_relu_apply(
    shape: &MapShape,
    x: &[f32],
    gamma: &[f32],
    beta: &[f32],
    stats: &BatchStats,
    residual: &[f32],
    y: &mut [f32],
) -> Result<(), ShapeError> {
    check_training(shape, gamma, beta)?;
    stats.check(shape.channels)?;
    check_len("residual", residual, x.len())?;
    let line = |c| stats.line(c, gamma, beta);
    apply_lines(shape, Some(x), line, true, Some(residual), y)
}

/// Gradients of [`batch_norm_add_relu_train`] from its `x`, `y` and statistics:
/// `dresidual` is `dy` where `y > 0`, else zero; `dx`, `dgamma` and `dbeta` are
/// those of the batch norm. `y`, `dy`, `dx` and `dresidual` are of shape `shape`,
/// `dgamma` and `dbeta` `[channels]`. Every value of the outputs is overwritten.
pub fn batch_norm_add_relu_backward(
    shape: &MapShape,
    x: &[f32],
    y: &[f32],
    gamma: &[f32],
    stats: &BatchStats,
    dy: &[f32],
    dx: &mut [f32],
    dresidual: &mut [f32],
    dgamma: &mut [f32],
    dbeta: &mut [f32],
) -> Result<(), ShapeError> {
    check_training(shape, gamma, dbeta)?;
    check_len("y", y, shape.checked_len()?)?;
    check_len("dresidual", dresidual, y.len())?;
    let passed = Disjoint::new(dresidual);
    let gate = Gate::Output(y, &passed);
    input_gradient(shape, x, gamma, stats, gate, Some(dy), dx, dgamma, dbeta)
}

/// [`batch_norm_add_relu_backward`] where `d` holds `dy` already and gets `dresidual`.
pub fn batch_norm_add_relu_backward_in_place(
    shape: &MapShape,
    x: &[f32],
    y: &[f32],
    gamma: &[f32],
    stats: &BatchStats,
    dx: &mut [f32],
    d: &mut [f32],
    dgamma: &mut [f32],
    dbeta: &mut [f32],
) -> Result<(), ShapeError> {
    check_training(shape, gamma, dbeta)?;
    check_len("y", y, shape.checked_len()?)?;
    check_len("d", d, y.len())?;
    let passed = Disjoint::new(d);
    let gate = Gate::Output(y, &passed);
    input_gradient(shape, x, gamma, stats, gate, None, dx, dgamma, dbeta)
}
