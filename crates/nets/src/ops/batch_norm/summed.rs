//! Normalisation by the batch, then the residual sum and its ReLU: the end of a residual block.

use burn::backend::Flex;
use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops};
use burn::backend::flex::FlexTensor;
use kernels::{BatchStats, batch_norm_add_relu_backward, batch_norm_add_relu_train};

use crate::ops::storage::{contiguous, extents, filled, floats, map, tensor};

/// What the backward pass needs of the forward pass. The output is kept by whatever follows too.
#[derive(Clone, Debug)]
pub(super) struct Summed {
    x: FlexTensor,
    y: FlexTensor,
    gamma: FlexTensor,
    statistics: BatchStats,
}

impl Summed {
    /// The output, and what its gradient needs.
    pub(super) fn forward(
        x: FlexTensor,
        gamma: FlexTensor,
        beta: FlexTensor,
        residual: FlexTensor,
        epsilon: f64,
    ) -> (FlexTensor, Self) {
        let (x, residual) = (contiguous(x), contiguous(residual));
        let (gamma, beta) = (contiguous(gamma), contiguous(beta));
        let map = map(&x);
        let mut statistics = BatchStats::default();
        let y = filled(extents(map), |y| {
            let (x, residual) = (floats(&x), floats(&residual));
            let (gamma, beta) = (floats(&gamma), floats(&beta));
            statistics =
                batch_norm_add_relu_train(&map, x, gamma, beta, epsilon as f32, residual, y)?;
            Ok(())
        });
        let summed = Self {
            x,
            y: y.clone(),
            gamma,
            statistics,
        };
        (y, summed)
    }

    /// Mean and unbiased variance of the batch, `[channels]` each.
    pub(super) fn statistics(&self) -> [FlexTensor; 2] {
        [&self.statistics.mean, &self.statistics.var_unbiased]
            .map(|values| tensor(values.clone(), [values.len()]))
    }

    /// The gradients of `x`, `gamma`, `beta` and the residual.
    fn gradients(&self, dy: &FlexTensor) -> [FlexTensor; 4] {
        let map = map(&self.x);
        let [mut dgamma, mut dbeta] = [(); 2].map(|()| vec![0.0; map.channels]);
        let mut dx = None;
        let dresidual = filled(extents(map), |dresidual| {
            dx = Some(filled(extents(map), |dx| {
                batch_norm_add_relu_backward(
                    &map,
                    floats(&self.x),
                    floats(&self.y),
                    floats(&self.gamma),
                    &self.statistics,
                    floats(dy),
                    dx,
                    dresidual,
                    &mut dgamma,
                    &mut dbeta,
                )
            }));
            Ok(())
        });
        [
            dx.expect("computed beside the residual's gradient"),
            tensor(dgamma, [map.channels]),
            tensor(dbeta, [map.channels]),
            dresidual,
        ]
    }
}

/// Gradients of `x`, `gamma`, `beta` and the residual, in this order.
#[derive(Debug)]
pub(super) struct SummedBackward;

impl Backward<Flex, 4> for SummedBackward {
    type State = Summed;

    fn backward(
        self,
        ops: Ops<Summed, 4>,
        gradients: &mut Gradients,
        _checkpointer: &mut Checkpointer,
    ) {
        let dy = contiguous(gradients.consume::<Flex>(&ops.node));
        for (node, gradient) in ops.parents.into_iter().zip(ops.state.gradients(&dy)) {
            if let Some(node) = node {
                gradients.register::<Flex>(node.id, gradient);
            }
        }
    }
}
