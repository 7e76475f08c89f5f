//! Normalisation by the batch, then the residual sum and its ReLU: the end of a residual block.

use std::sync::{Arc, OnceLock};

use burn::backend::Flex;
use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops};
use burn::backend::flex::FlexTensor;
use kernels::{
    BatchStats, batch_norm_add_relu_apply, batch_norm_add_relu_backward, batch_norm_add_relu_train,
};

use crate::ops::recipe::{Operand, Recipe, Remake};
use crate::ops::storage::{contiguous, extents, filled, floats, map, tensor};

/// What the backward pass needs of the forward pass. The output itself is not kept: a chain of
/// blocks is computed again, each block once, when the backward pass reaches its end.
#[derive(Debug)]
pub(super) struct Summed {
    x: FlexTensor,
    gamma: FlexTensor,
    beta: FlexTensor,
    residual: Operand,
    statistics: BatchStats,
    /// The output, once it has been computed again.
    y: OnceLock<FlexTensor>,
}

impl Summed {
    /// The output, and what its gradient needs.
    pub(super) fn forward(
        x: FlexTensor,
        gamma: FlexTensor,
        beta: FlexTensor,
        (residual, recipe): (FlexTensor, Option<&Recipe>),
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
            gamma,
            beta,
            residual: Operand::new(residual, recipe),
            statistics,
            y: OnceLock::new(),
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
        let y = self.again();
        let [mut dgamma, mut dbeta] = [(); 2].map(|()| vec![0.0; map.channels]);
        let mut dx = None;
        let dresidual = filled(extents(map), |dresidual| {
            dx = Some(filled(extents(map), |dx| {
                batch_norm_add_relu_backward(
                    &map,
                    floats(&self.x),
                    floats(&y),
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

impl Remake for Summed {
    fn shape(&self) -> [usize; 4] {
        extents(map(&self.x))
    }

    fn again(&self) -> FlexTensor {
        let compute = || {
            let residual = self.residual.map();
            let map = map(&self.x);
            let (x, residual) = (floats(&self.x), floats(&residual));
            let (gamma, beta) = (floats(&self.gamma), floats(&self.beta));
            filled(self.shape(), |y| {
                batch_norm_add_relu_apply(&map, x, gamma, beta, &self.statistics, residual, y)
            })
        };
        self.y.get_or_init(compute).clone()
    }
}

/// Gradients of `x`, `gamma`, `beta` and the residual, in this order.
#[derive(Debug)]
pub(super) struct SummedBackward;

impl Backward<Flex, 4> for SummedBackward {
    type State = Arc<Summed>;

    fn backward(
        self,
        ops: Ops<Arc<Summed>, 4>,
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
