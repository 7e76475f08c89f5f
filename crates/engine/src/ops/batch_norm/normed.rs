//! Normalisation by the statistics of the batch, on slices.

use std::sync::Arc;

use burn::backend::Flex;
use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops};
use burn::backend::flex::FlexTensor;
use kernels::{BatchStats, PooledNorm};

use super::then::Then;
use crate::ops::pool::over;
use crate::ops::recipe::Remake;
use crate::ops::storage::{contiguous, extents, filled, fitting, floats, map, tensor};

/// What the backward pass needs of the forward pass.
#[derive(Debug)]
pub(super) struct Normed {
    x: FlexTensor,
    gamma: FlexTensor,
    beta: FlexTensor,
    statistics: BatchStats,
    followed: Followed,
}

/// What followed, with what its gradient needs.
#[derive(Debug)]
enum Followed {
    Nothing,
    Relu,
    /// `argmax` holds the index of each maximum within its window.
    ReluMaxPool {
        pool: PooledNorm,
        argmax: Vec<u8>,
    },
}

impl Normed {
    /// The output, and what its gradient needs.
    pub(super) fn forward(
        x: FlexTensor,
        gamma: FlexTensor,
        beta: FlexTensor,
        epsilon: f64,
        then: Then,
    ) -> (FlexTensor, Self) {
        let (x, gamma, beta) = (contiguous(x), contiguous(gamma), contiguous(beta));
        let (map, eps) = (map(&x), epsilon as f32);
        let operands = (floats(&x), floats(&gamma), floats(&beta));
        let plain = |relu| {
            let mut statistics = BatchStats::default();
            let y = filled(extents(map), |y| {
                let (x, gamma, beta) = operands;
                statistics = kernels::batch_norm_train(&map, x, gamma, beta, eps, relu, y)?;
                Ok(())
            });
            (y, statistics)
        };
        let (y, statistics, followed) = match then {
            Then::Nothing => {
                let (y, statistics) = plain(false);
                (y, statistics, Followed::Nothing)
            }
            Then::Relu => {
                let (y, statistics) = plain(true);
                (y, statistics, Followed::Relu)
            }
            Then::ReluMaxPool(geometry) => {
                let pool = PooledNorm {
                    pool: over(geometry, map),
                    eps,
                };
                let mut argmax = vec![0; pool.pool.output_len()];
                let mut y = vec![0.0; argmax.len()];
                let (x, gamma, beta) = operands;
                let statistics = fitting(pool.forward(x, gamma, beta, &mut y, &mut argmax));
                let y = tensor(y, extents(pool.pool.output_map()));
                (y, statistics, Followed::ReluMaxPool { pool, argmax })
            }
        };
        (
            y,
            Self {
                x,
                gamma,
                beta,
                statistics,
                followed,
            },
        )
    }

    /// Mean and unbiased variance of the batch, `[channels]` each.
    pub(super) fn statistics(&self) -> [FlexTensor; 2] {
        [&self.statistics.mean, &self.statistics.var_unbiased]
            .map(|values| tensor(values.clone(), [values.len()]))
    }

    /// The gradients of `x`, `gamma` and `beta`.
    fn gradients(&self, dy: &FlexTensor) -> [FlexTensor; 3] {
        let Self {
            x,
            gamma,
            beta,
            statistics,
            followed,
        } = self;
        let map = map(x);
        let [mut dgamma, mut dbeta] = [(); 2].map(|()| vec![0.0; map.channels]);
        let (x, gamma, beta, dy) = (floats(x), floats(gamma), floats(beta), floats(dy));
        let (dg, db) = (&mut dgamma, &mut dbeta);
        let dx = filled(extents(map), |dx| {
            let relu = match followed {
                Followed::Nothing => false,
                Followed::Relu => true,
                Followed::ReluMaxPool { pool, argmax } => {
                    return pool.backward(x, gamma, beta, statistics, argmax, dy, dx, dg, db);
                }
            };
            kernels::batch_norm_backward(&map, x, gamma, beta, statistics, relu, dy, dx, dg, db)
        });
        [
            dx,
            tensor(dgamma, [map.channels]),
            tensor(dbeta, [map.channels]),
        ]
    }
}

impl Remake for Normed {
    fn shape(&self) -> [usize; 4] {
        extents(map(&self.x))
    }

    fn again(&self) -> FlexTensor {
        let relu = matches!(self.followed, Followed::Relu);
        let map = map(&self.x);
        let (x, gamma, beta) = (floats(&self.x), floats(&self.gamma), floats(&self.beta));
        filled(self.shape(), |y| {
            kernels::batch_norm_apply(&map, x, gamma, beta, &self.statistics, relu, y)
        })
    }
}

/// Gradients of `x`, `gamma` and `beta`, in this order.
#[derive(Debug)]
pub(super) struct NormedBackward;

impl Backward<Flex, 3> for NormedBackward {
    type State = Arc<Normed>;

    fn backward(
        self,
        ops: Ops<Arc<Normed>, 3>,
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
