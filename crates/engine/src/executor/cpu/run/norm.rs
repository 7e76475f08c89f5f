//! Norms: statistics lie in one buffer, which their kernels take apart.

use kernels::{BatchStats, MapShape, PixelStats, ShapeError};

/// Operands as they lie in memory.
type Operands<'a, const N: usize> = [&'a mut [f32]; N];

pub(super) fn batch_norm(
    shape: &MapShape,
    epsilon: f32,
    relu: bool,
    [x, gamma, beta, statistics, y]: Operands<'_, 5>,
) -> Result<(), ShapeError> {
    kernels::batch_norm_train(shape, x, gamma, beta, epsilon, relu, y)?.write(statistics)
}

pub(super) fn batch_norm_again(
    shape: &MapShape,
    relu: bool,
    [x, gamma, beta, statistics, y]: Operands<'_, 5>,
) -> Result<(), ShapeError> {
    let statistics = BatchStats::read(statistics);
    kernels::batch_norm_apply(shape, x, gamma, beta, &statistics, relu, y)
}

pub(super) fn batch_norm_gradient(
    shape: &MapShape,
    relu: bool,
    [x, gamma, beta, statistics, dy, dx, dgamma, dbeta]: Operands<'_, 8>,
) -> Result<(), ShapeError> {
    let stats = BatchStats::read(statistics);
    kernels::batch_norm_backward(shape, x, gamma, beta, &stats, relu, dy, dx, dgamma, dbeta)
}

pub(super) fn batch_norm_add(
    shape: &MapShape,
    epsilon: f32,
    [x, gamma, beta, residual, statistics, y]: Operands<'_, 6>,
) -> Result<(), ShapeError> {
    kernels::batch_norm_add_relu_train(shape, x, gamma, beta, epsilon, residual, y)?
        .write(statistics)
}

pub(super) fn batch_norm_add_again(
    shape: &MapShape,
    [x, gamma, beta, residual, statistics, y]: Operands<'_, 6>,
) -> Result<(), ShapeError> {
    let statistics = BatchStats::read(statistics);
    kernels::batch_norm_add_relu_apply(shape, x, gamma, beta, &statistics, residual, y)
}

pub(super) fn batch_norm_add_gradient(
    shape: &MapShape,
    [x, gamma, statistics, y, dy, dx, dresidual, dgamma, dbeta]: Operands<'_, 9>,
) -> Result<(), ShapeError> {
    let stats = BatchStats::read(statistics);
    kernels::batch_norm_add_relu_backward(
        shape, x, y, gamma, &stats, dy, dx, dresidual, dgamma, dbeta,
    )
}

pub(super) fn layer_norm(
    shape: &MapShape,
    epsilon: f32,
    [x, gamma, beta, statistics, y]: Operands<'_, 5>,
) -> Result<(), ShapeError> {
    let found = kernels::layer_norm(shape, x, gamma, beta, epsilon, y)?;
    let (mean, inv_std) = statistics.split_at_mut(statistics.len() / 2);
    mean.copy_from_slice(&found.mean);
    inv_std.copy_from_slice(&found.inv_std);
    Ok(())
}

pub(super) fn layer_norm_gradient(
    shape: &MapShape,
    [x, gamma, statistics, dy, dx, dgamma, dbeta]: Operands<'_, 7>,
) -> Result<(), ShapeError> {
    let (mean, inv_std) = statistics.split_at(statistics.len() / 2);
    let statistics = PixelStats {
        mean: mean.to_vec(),
        inv_std: inv_std.to_vec(),
    };
    kernels::layer_norm_backward(shape, x, gamma, &statistics, dy, dx, dgamma, dbeta)
}
