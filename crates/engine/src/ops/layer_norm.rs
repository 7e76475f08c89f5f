//! Layer norm over channels.

use std::sync::Arc;

use burn::backend::autodiff::checkpoint::{base::Checkpointer, strategy::CheckpointStrategy};
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::flex::FlexTensor;
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, Backend, Dispatch, Flex, backend_extension};
use burn::tensor::Tensor;
use kernels::PixelStats;

use super::storage::{contiguous, extents, filled, floats, map};

/// `gamma (x - mean) / sqrt(variance + epsilon) + beta` with mean and biased variance over the
/// channels of every pixel of every image: `x` is `[batch, channels, rows, columns]`, `gamma` and
/// `beta` are `[channels]`.
///
/// PyTorch's `LayerNorm(channels)` with the channels last; it is not a group norm of one group,
/// whose statistics run over the pixels too.
pub fn layer_norm(x: Tensor<4>, gamma: Tensor<1>, beta: Tensor<1>, epsilon: f64) -> Tensor<4> {
    Tensor::from_dispatch(<Dispatch as LayerNorm>::normalize_pixels(
        x.into_dispatch(),
        gamma.into_dispatch(),
        beta.into_dispatch(),
        epsilon,
    ))
}

#[backend_extension(Flex, Autodiff)]
pub(super) trait LayerNorm: Backend {
    fn normalize_pixels(
        x: FloatTensor<Self>,
        gamma: FloatTensor<Self>,
        beta: FloatTensor<Self>,
        epsilon: f64,
    ) -> FloatTensor<Self> {
        composed::<Self>(x, gamma, beta, epsilon)
    }
}

/// [`LayerNorm::normalize_pixels`] out of Burn's own operations.
fn composed<B: Backend>(
    x: FloatTensor<B>,
    gamma: FloatTensor<B>,
    beta: FloatTensor<B>,
    epsilon: f64,
) -> FloatTensor<B> {
    let x = B::float_permute(x, &[0, 2, 3, 1]);
    let y = B::layer_norm(x, gamma, Some(beta), epsilon);
    B::float_permute(y, &[0, 3, 1, 2])
}

impl LayerNorm for Flex {
    fn normalize_pixels(
        x: FlexTensor,
        gamma: FlexTensor,
        beta: FlexTensor,
        epsilon: f64,
    ) -> FlexTensor {
        Normed::forward(x, gamma, beta, epsilon).0
    }
}

impl<C: CheckpointStrategy> LayerNorm for Autodiff<Flex, C> {
    fn normalize_pixels(
        x: FloatTensor<Self>,
        gamma: FloatTensor<Self>,
        beta: FloatTensor<Self>,
        epsilon: f64,
    ) -> FloatTensor<Self> {
        let ((x, x_node), (gamma, gamma_node)) = (x.into_parts(), gamma.into_parts());
        let (beta, beta_node) = beta.into_parts();
        let (y, normed) = Normed::forward(x, gamma, beta, epsilon);
        match NormedBackward
            .prepare::<C>([x_node, gamma_node, beta_node])
            .compute_bound()
            .stateful()
        {
            OpsKind::Tracked(prepared) => prepared.finish(Arc::new(normed), y),
            OpsKind::UnTracked(prepared) => prepared.finish(y),
        }
    }
}

/// What the backward pass needs of the forward pass.
#[derive(Debug)]
struct Normed {
    x: FlexTensor,
    gamma: FlexTensor,
    stats: PixelStats,
}

impl Normed {
    fn forward(
        x: FlexTensor,
        gamma: FlexTensor,
        beta: FlexTensor,
        epsilon: f64,
    ) -> (FlexTensor, Self) {
        let (x, gamma, beta) = (contiguous(x), contiguous(gamma), contiguous(beta));
        let map = map(&x);
        let mut stats = PixelStats {
            mean: vec![],
            inv_std: vec![],
        };
        let y = filled(extents(map), |y| {
            let [gamma, beta] = [&gamma, &beta].map(floats);
            stats = kernels::layer_norm(&map, floats(&x), gamma, beta, epsilon as f32, y)?;
            Ok(())
        });
        (y, Self { x, gamma, stats })
    }
}

/// Gradients of `x`, `gamma` and `beta`, in this order.
#[derive(Debug)]
struct NormedBackward;

impl Backward<Flex, 3> for NormedBackward {
    type State = Arc<Normed>;

    fn backward(
        self,
        ops: Ops<Arc<Normed>, 3>,
        gradients: &mut Gradients,
        _checkpointer: &mut Checkpointer,
    ) {
        let dy = contiguous(gradients.consume::<Flex>(&ops.node));
        let Normed { x, gamma, stats } = &*ops.state;
        let map = map(x);
        let (mut dgamma, mut dbeta) = (None, None);
        let dx = filled(extents(map), |dx| {
            dgamma = Some(filled([map.channels], |dgamma| {
                dbeta = Some(filled([map.channels], |dbeta| {
                    let (x, gamma, dy) = (floats(x), floats(gamma), floats(&dy));
                    kernels::layer_norm_backward(&map, x, gamma, stats, dy, dx, dgamma, dbeta)
                }));
                Ok(())
            }));
            Ok(())
        });
        for (node, gradient) in ops.parents.into_iter().zip([Some(dx), dgamma, dbeta]) {
            if let (Some(node), Some(gradient)) = (node, gradient) {
                gradients.register::<Flex>(node.id, gradient);
            }
        }
    }
}

#[cfg(test)]
mod tests;
