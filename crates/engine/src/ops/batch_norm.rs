//! Batch normalisation, with what usually follows it.

mod line;
mod normed;
mod summed;
mod then;

use std::sync::Arc;

use burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy;
use burn::backend::autodiff::ops::{Backward, OpsKind};
use burn::backend::flex::FlexTensor;
use burn::backend::tensor::FloatTensor;
use burn::backend::{
    Autodiff, AutodiffBackend, Backend, Dispatch, Flex, TensorMetadata, backend_extension,
};
use burn::tensor::{Shape, Tensor};
use networks::PoolGeometry;

use self::line::{Line, LineBackward};
use self::normed::{Normed, NormedBackward};
use self::summed::{Summed, SummedBackward};
use self::then::Then;
use super::pool::composed_max;
use super::recipe::Recipe;

/// A normalised batch and the statistics it was normalised with.
#[derive(Clone, Debug)]
pub struct BatchNormed {
    /// The output, `[batch, channels, height, width]`.
    pub y: Tensor<4>,
    /// Mean of the input per channel, `[channels]`, without gradient.
    pub mean: Tensor<1>,
    /// Unbiased variance of the input per channel, `[channels]`, without gradient: what the running
    /// variance is updated with. The output itself uses the biased one.
    pub variance: Tensor<1>,
    /// How the backward pass of what follows gets the output again, so that nobody has to keep it.
    pub recipe: Recipe,
}

/// `gamma (x - mean) / sqrt(variance + epsilon) + beta` with the statistics of the batch itself,
/// for `x` `[batch, channels, height, width]`, `gamma` and `beta` `[channels]`; then `max(·, 0)` if
/// `relu`.
pub fn batch_norm_train(
    x: Tensor<4>,
    gamma: Tensor<1>,
    beta: Tensor<1>,
    epsilon: f64,
    relu: bool,
) -> BatchNormed {
    let then = if relu { Then::Relu } else { Then::Nothing };
    normalized(x, gamma, beta, epsilon, then)
}

/// [`batch_norm_train`] with `relu`, then [`max_pool`](super::max_pool), in one operation.
pub fn batch_norm_relu_max_pool_train(
    x: Tensor<4>,
    gamma: Tensor<1>,
    beta: Tensor<1>,
    epsilon: f64,
    pool: PoolGeometry,
) -> BatchNormed {
    normalized(x, gamma, beta, epsilon, Then::ReluMaxPool(pool))
}

/// [`batch_norm_train`] without ReLU, then [`add_relu`](super::add_relu) with `residual`, like `x`,
/// in one operation. With `residual_recipe`, that of `residual`, nothing keeps the residual for
/// the sake of the output's own recipe.
pub fn batch_norm_add_relu_train(
    x: Tensor<4>,
    gamma: Tensor<1>,
    beta: Tensor<1>,
    residual: Tensor<4>,
    residual_recipe: Option<Recipe>,
    epsilon: f64,
) -> BatchNormed {
    let recipe = Recipe::default();
    let (y, mean, variance) = <Dispatch as BatchNorm>::normalize_and_add(
        x.into_dispatch(),
        gamma.into_dispatch(),
        beta.into_dispatch(),
        residual.into_dispatch(),
        epsilon,
        [residual_recipe.unwrap_or_default(), recipe.clone()],
    );
    BatchNormed {
        y: Tensor::from_dispatch(y),
        mean: Tensor::from_dispatch(mean),
        variance: Tensor::from_dispatch(variance),
        recipe,
    }
}

fn normalized(
    x: Tensor<4>,
    gamma: Tensor<1>,
    beta: Tensor<1>,
    epsilon: f64,
    then: Then,
) -> BatchNormed {
    let recipe = Recipe::default();
    let (y, mean, variance) = <Dispatch as BatchNorm>::normalize_by_batch(
        x.into_dispatch(),
        gamma.into_dispatch(),
        beta.into_dispatch(),
        epsilon,
        then,
        recipe.clone(),
    );
    BatchNormed {
        y: Tensor::from_dispatch(y),
        mean: Tensor::from_dispatch(mean),
        variance: Tensor::from_dispatch(variance),
        recipe,
    }
}

/// `gamma (x - mean) / sqrt(variance + epsilon) + beta` with given statistics `[channels]`, for `x`
/// `[batch, channels, height, width]`; then `max(·, 0)` if `relu`.
///
/// Gradients reach `x`, `gamma` and `beta`; the statistics are constants.
pub fn batch_norm_inference(
    x: Tensor<4>,
    gamma: Tensor<1>,
    beta: Tensor<1>,
    mean: Tensor<1>,
    variance: Tensor<1>,
    epsilon: f64,
    relu: bool,
) -> Tensor<4> {
    let inv_std = (variance.detach() + epsilon).sqrt().recip();
    let scale = gamma * inv_std;
    let shift = beta - mean.detach() * scale.clone();
    Tensor::from_dispatch(<Dispatch as BatchNorm>::scale_and_shift(
        x.into_dispatch(),
        scale.into_dispatch(),
        shift.into_dispatch(),
        relu,
    ))
}

#[backend_extension(Flex, Autodiff)]
pub(super) trait BatchNorm: Backend {
    /// The output, then mean and unbiased variance of the batch. `recipe` is filled where the
    /// output can be computed again.
    fn normalize_by_batch(
        x: FloatTensor<Self>,
        gamma: FloatTensor<Self>,
        beta: FloatTensor<Self>,
        epsilon: f64,
        then: Then,
        _recipe: Recipe,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>) {
        composed::<Self>(x, gamma, beta, epsilon, then)
    }

    /// `max(normalised x + residual, 0)`, then mean and unbiased variance of the batch. The
    /// recipes are the residual's and the output's, which is filled where that is possible.
    fn normalize_and_add(
        x: FloatTensor<Self>,
        gamma: FloatTensor<Self>,
        beta: FloatTensor<Self>,
        residual: FloatTensor<Self>,
        epsilon: f64,
        _recipes: [Recipe; 2],
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>) {
        let (y, mean, variance) = composed::<Self>(x, gamma, beta, epsilon, Then::Nothing);
        (Self::relu(Self::float_add(y, residual)), mean, variance)
    }

    /// `scale x + shift` per channel, then `max(·, 0)` if `relu`.
    fn scale_and_shift(
        x: FloatTensor<Self>,
        scale: FloatTensor<Self>,
        shift: FloatTensor<Self>,
        relu: bool,
    ) -> FloatTensor<Self> {
        composed_scale_and_shift::<Self>(x, scale, shift, relu)
    }
}

/// [`BatchNorm::normalize_by_batch`] out of Burn's own operations.
fn composed<B: Backend>(
    x: FloatTensor<B>,
    gamma: FloatTensor<B>,
    beta: FloatTensor<B>,
    epsilon: f64,
    then: Then,
) -> (FloatTensor<B>, FloatTensor<B>, FloatTensor<B>) {
    let shape = x.shape();
    let samples = shape.num_elements() / shape[1];
    let normed = B::batch_norm_train(x, gamma, beta, epsilon);
    let y = match then {
        Then::Nothing => normed.output,
        Then::Relu => B::relu(normed.output),
        Then::ReluMaxPool(pool) => composed_max::<B>(B::relu(normed.output), pool),
    };
    let variance = B::float_mul_scalar(normed.variance, unbiasing(samples).into());
    (y, B::float_detach(normed.mean), B::float_detach(variance))
}

/// What turns the biased variance of so many numbers into the unbiased one; 1 for a single number,
/// whose variance is 0 either way.
fn unbiasing(samples: usize) -> f64 {
    samples as f64 / samples.saturating_sub(1).max(1) as f64
}

/// [`BatchNorm::scale_and_shift`] out of Burn's own operations.
fn composed_scale_and_shift<B: Backend>(
    x: FloatTensor<B>,
    scale: FloatTensor<B>,
    shift: FloatTensor<B>,
    relu: bool,
) -> FloatTensor<B> {
    let per_channel = Shape::new([1, x.shape()[1], 1, 1]);
    let y = B::float_mul(x, B::float_reshape(scale, per_channel.clone()));
    let y = B::float_add(y, B::float_reshape(shift, per_channel));
    if relu { B::relu(y) } else { y }
}

impl BatchNorm for Flex {
    fn normalize_by_batch(
        x: FlexTensor,
        gamma: FlexTensor,
        beta: FlexTensor,
        epsilon: f64,
        then: Then,
        _recipe: Recipe,
    ) -> (FlexTensor, FlexTensor, FlexTensor) {
        let (y, normed) = Normed::forward(x, gamma, beta, epsilon, then);
        let [mean, variance] = normed.statistics();
        (y, mean, variance)
    }

    fn normalize_and_add(
        x: FlexTensor,
        gamma: FlexTensor,
        beta: FlexTensor,
        residual: FlexTensor,
        epsilon: f64,
        _recipes: [Recipe; 2],
    ) -> (FlexTensor, FlexTensor, FlexTensor) {
        let residual = (residual, None);
        let (y, summed) = Summed::forward(x, gamma, beta, residual, epsilon);
        let [mean, variance] = summed.statistics();
        (y, mean, variance)
    }

    fn scale_and_shift(
        x: FlexTensor,
        scale: FlexTensor,
        shift: FlexTensor,
        relu: bool,
    ) -> FlexTensor {
        Line::forward(x, scale, shift, relu, false).0
    }
}

impl<C: CheckpointStrategy> BatchNorm for Autodiff<Flex, C> {
    fn normalize_by_batch(
        x: FloatTensor<Self>,
        gamma: FloatTensor<Self>,
        beta: FloatTensor<Self>,
        epsilon: f64,
        then: Then,
        recipe: Recipe,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>) {
        let ((x, x_node), (gamma, gamma_node)) = (x.into_parts(), gamma.into_parts());
        let (beta, beta_node) = beta.into_parts();
        let (y, normed) = Normed::forward(x, gamma, beta, epsilon, then);
        let [mean, variance] = normed.statistics().map(Self::from_inner);
        let nodes = [x_node, gamma_node, beta_node];
        let y = match NormedBackward
            .prepare::<C>(nodes)
            .compute_bound()
            .stateful()
        {
            OpsKind::Tracked(prepared) => {
                let normed = Arc::new(normed);
                // Pooled maps are small enough to be kept.
                if !matches!(then, Then::ReluMaxPool(_)) {
                    recipe.fill(normed.clone());
                }
                prepared.finish(normed, y)
            }
            OpsKind::UnTracked(prepared) => prepared.finish(y),
        };
        (y, mean, variance)
    }

    fn normalize_and_add(
        x: FloatTensor<Self>,
        gamma: FloatTensor<Self>,
        beta: FloatTensor<Self>,
        residual: FloatTensor<Self>,
        epsilon: f64,
        [residual_recipe, recipe]: [Recipe; 2],
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>) {
        let ((x, x_node), (gamma, gamma_node)) = (x.into_parts(), gamma.into_parts());
        let ((beta, beta_node), (residual, residual_node)) =
            (beta.into_parts(), residual.into_parts());
        let residual = (residual, Some(&residual_recipe));
        let (y, summed) = Summed::forward(x, gamma, beta, residual, epsilon);
        let [mean, variance] = summed.statistics().map(Self::from_inner);
        let nodes = [x_node, gamma_node, beta_node, residual_node];
        let y = match SummedBackward
            .prepare::<C>(nodes)
            .compute_bound()
            .stateful()
        {
            OpsKind::Tracked(prepared) => {
                let summed = Arc::new(summed);
                recipe.fill(summed.clone());
                prepared.finish(summed, y)
            }
            OpsKind::UnTracked(prepared) => prepared.finish(y),
        };
        (y, mean, variance)
    }

    fn scale_and_shift(
        x: FloatTensor<Self>,
        scale: FloatTensor<Self>,
        shift: FloatTensor<Self>,
        relu: bool,
    ) -> FloatTensor<Self> {
        let keeps_x = scale.is_tracked();
        let ((x, x_node), (scale, scale_node)) = (x.into_parts(), scale.into_parts());
        let (shift, shift_node) = shift.into_parts();
        let (y, line) = Line::forward(x, scale, shift, relu, keeps_x);
        let nodes = [x_node, scale_node, shift_node];
        match LineBackward.prepare::<C>(nodes).compute_bound().stateful() {
            OpsKind::Tracked(prepared) => prepared.finish(line, y),
            OpsKind::UnTracked(prepared) => prepared.finish(y),
        }
    }
}

#[cfg(test)]
mod tests;
