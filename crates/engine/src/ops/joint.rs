//! Where a backward pass can pause and go on.

use std::sync::{Arc, Mutex, PoisonError};

use burn::backend::autodiff::checkpoint::{base::Checkpointer, strategy::CheckpointStrategy};
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::flex::FlexTensor;
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, Backend, Dispatch, Flex, backend_extension};
use burn::tensor::Tensor;

use super::storage::tensor;

/// The gradient that waits between two parts of a backward pass.
#[derive(Clone, Debug, Default)]
pub(crate) struct Waiting(Arc<Mutex<Option<FlexTensor>>>);

impl Waiting {
    fn put(&self, gradient: FlexTensor) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(gradient);
    }

    fn take(&self) -> Option<FlexTensor> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// Cuts a backward pass at the tracked map `x` `[batch, channels, height, width]`: the same map
/// for what follows, whose backward pass ends here, and a scalar `[1]` whose backward pass goes
/// on from here with the gradient that arrived. The scalar's value means nothing, and neither
/// keeps the numbers of `x`.
pub(crate) fn cut(x: Tensor<4>) -> (Tensor<4>, Tensor<1>) {
    let waiting = Waiting::default();
    let rest = <Dispatch as Joint>::resume(x.clone().into_dispatch(), waiting.clone());
    // Something tracked that the map can depend on.
    let anchor = Tensor::<1>::zeros([1], &x.device()).require_grad();
    let map = <Dispatch as Joint>::pause(x.into_dispatch(), anchor.into_dispatch(), waiting);
    (Tensor::from_dispatch(map), Tensor::from_dispatch(rest))
}

#[backend_extension(Flex, Autodiff)]
pub(super) trait Joint: Backend {
    /// `x`, depending on `anchor` alone.
    fn pause(
        x: FloatTensor<Self>,
        _anchor: FloatTensor<Self>,
        _waiting: Waiting,
    ) -> FloatTensor<Self> {
        x
    }

    /// A scalar that depends on `x`.
    fn resume(x: FloatTensor<Self>, _waiting: Waiting) -> FloatTensor<Self> {
        Self::float_sum(x)
    }
}

impl Joint for Flex {}

impl<C: CheckpointStrategy> Joint for Autodiff<Flex, C> {
    fn pause(
        x: FloatTensor<Self>,
        anchor: FloatTensor<Self>,
        waiting: Waiting,
    ) -> FloatTensor<Self> {
        let ((x, _), (_, anchor)) = (x.into_parts(), anchor.into_parts());
        match Pause.prepare::<C>([anchor]).compute_bound().stateful() {
            OpsKind::Tracked(prepared) => prepared.finish(waiting, x),
            OpsKind::UnTracked(prepared) => prepared.finish(x),
        }
    }

    fn resume(x: FloatTensor<Self>, waiting: Waiting) -> FloatTensor<Self> {
        let (_, node) = x.into_parts();
        let scalar = tensor(vec![0.0], [1]);
        match Resume.prepare::<C>([node]).compute_bound().stateful() {
            OpsKind::Tracked(prepared) => prepared.finish(waiting, scalar),
            OpsKind::UnTracked(prepared) => prepared.finish(scalar),
        }
    }
}

#[derive(Debug)]
struct Pause;

impl Backward<Flex, 1> for Pause {
    type State = Waiting;

    fn backward(
        self,
        ops: Ops<Waiting, 1>,
        gradients: &mut Gradients,
        _checkpointer: &mut Checkpointer,
    ) {
        ops.state.put(gradients.consume::<Flex>(&ops.node));
    }
}

#[derive(Debug)]
struct Resume;

impl Backward<Flex, 1> for Resume {
    type State = Waiting;

    fn backward(
        self,
        ops: Ops<Waiting, 1>,
        gradients: &mut Gradients,
        _checkpointer: &mut Checkpointer,
    ) {
        gradients.consume::<Flex>(&ops.node);
        let [node] = ops.parents;
        // Without a gradient nothing that follows depends on the map.
        if let (Some(node), Some(gradient)) = (node, ops.state.take()) {
            gradients.register::<Flex>(node.id, gradient);
        }
    }
}
