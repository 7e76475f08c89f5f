//! A scalar whose gradient is given: where a backward pass goes on.

use burn::backend::autodiff::checkpoint::{base::Checkpointer, strategy::CheckpointStrategy};
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::flex::FlexTensor;
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, AutodiffBackend, Backend, Dispatch, Flex, backend_extension};
use burn::tensor::Tensor;

use super::storage::tensor;

/// A scalar `[1]` whose backward pass gives `y` `[batch, channels, height, width]` the gradient
/// `dy`, of the same shape and without autodiff. Its value means nothing.
pub(crate) fn seed(y: Tensor<4>, dy: Tensor<4>) -> Tensor<1> {
    Tensor::from_dispatch(<Dispatch as Seed>::seed(
        y.into_dispatch(),
        dy.autodiff().into_dispatch(),
    ))
}

#[backend_extension(Flex, Cube: cfg(feature = "cube"), Autodiff)]
pub(super) trait Seed: Backend {
    /// `Σ y · dy`, or any number.
    fn seed(y: FloatTensor<Self>, dy: FloatTensor<Self>) -> FloatTensor<Self> {
        Self::float_sum(Self::float_mul(y, dy))
    }
}

#[cfg(feature = "cube")]
impl Seed for burn::backend::Cube {}
#[cfg(feature = "cube")]
impl<C: CheckpointStrategy> Seed for Autodiff<burn::backend::Cube, C> {}

impl Seed for Flex {
    fn seed(_y: FlexTensor, _dy: FlexTensor) -> FlexTensor {
        tensor(vec![0.0], [1])
    }
}

impl<C: CheckpointStrategy> Seed for Autodiff<Flex, C> {
    fn seed(y: FloatTensor<Self>, dy: FloatTensor<Self>) -> FloatTensor<Self> {
        let (_, node) = y.into_parts();
        let dy = Self::inner(dy);
        let scalar = tensor(vec![0.0], [1]);
        match SeedBackward.prepare::<C>([node]).compute_bound().stateful() {
            OpsKind::Tracked(prepared) => prepared.finish(dy, scalar),
            OpsKind::UnTracked(prepared) => prepared.finish(scalar),
        }
    }
}

#[derive(Debug)]
struct SeedBackward;

impl Backward<Flex, 1> for SeedBackward {
    type State = FlexTensor;

    fn backward(
        self,
        ops: Ops<FlexTensor, 1>,
        gradients: &mut Gradients,
        _checkpointer: &mut Checkpointer,
    ) {
        gradients.consume::<Flex>(&ops.node);
        for node in ops.parents.into_iter().flatten() {
            gradients.register::<Flex>(node.id, ops.state.clone());
        }
    }
}
