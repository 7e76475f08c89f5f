//! The sum of two maps.

use burn::backend::autodiff::checkpoint::{base::Checkpointer, strategy::CheckpointStrategy};
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::flex::FlexTensor;
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, Backend, Dispatch, Flex, backend_extension};
use burn::tensor::Tensor;

use super::storage::{contiguous, fitting, floats, floats_mut};

/// `x + y` of one shape `[batch, channels, rows, columns]`.
///
/// The sum takes the place of a summand that nobody else holds. The backward pass keeps nothing.
pub fn add(x: Tensor<4>, y: Tensor<4>) -> Tensor<4> {
    assert_eq!(x.dims(), y.dims(), "summands of one shape");
    Tensor::from_dispatch(<Dispatch as Sum>::sum_of(
        x.into_dispatch(),
        y.into_dispatch(),
    ))
}

#[backend_extension(Flex, Autodiff)]
pub(super) trait Sum: Backend {
    fn sum_of(x: FloatTensor<Self>, y: FloatTensor<Self>) -> FloatTensor<Self> {
        Self::float_add(x, y)
    }
}

impl Sum for Flex {
    fn sum_of(x: FlexTensor, y: FlexTensor) -> FlexTensor {
        forward(x, y)
    }
}

impl<C: CheckpointStrategy> Sum for Autodiff<Flex, C> {
    fn sum_of(x: FloatTensor<Self>, y: FloatTensor<Self>) -> FloatTensor<Self> {
        let ((x, x_node), (y, y_node)) = (x.into_parts(), y.into_parts());
        let sum = forward(x, y);
        match SumBackward
            .prepare::<C>([x_node, y_node])
            .compute_bound()
            .stateful()
        {
            OpsKind::Tracked(prepared) => prepared.finish((), sum),
            OpsKind::UnTracked(prepared) => prepared.finish(sum),
        }
    }
}

/// The gradient is the same for both summands.
#[derive(Debug)]
struct SumBackward;

impl Backward<Flex, 2> for SumBackward {
    type State = ();

    fn backward(
        self,
        ops: Ops<(), 2>,
        gradients: &mut Gradients,
        _checkpointer: &mut Checkpointer,
    ) {
        let dy = gradients.consume::<Flex>(&ops.node);
        for node in ops.parents.into_iter().flatten() {
            gradients.register::<Flex>(node.id, dy.clone());
        }
    }
}

fn forward(x: FlexTensor, y: FlexTensor) -> FlexTensor {
    let (x, y) = (contiguous(x), contiguous(y));
    let (mut sum, other) = if x.is_unique() { (x, y) } else { (y, x) };
    fitting(kernels::add(floats(&other), floats_mut(&mut sum)));
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::check;

    #[test]
    fn equals_burn() {
        let shape = [2, 3, 5, 7];
        let inputs = [check::random(1, 210), check::random(2, 210)];
        check::agree(
            &inputs,
            |v| {
                let [x, y] = [0, 1].map(|i| v[i].clone().reshape(shape));
                let fresh = x.clone().mul_scalar(2.0);
                // Neither, the first, the second and both summands are free.
                let sum = add(add(x.clone(), y.clone()), y);
                add(x.clone(), add(sum, fresh)).flatten(0, 3)
            },
            |v| v[0].clone() * 4.0 + v[1].clone() * 2.0,
        );
        check::agree(
            &inputs,
            |v| {
                let x = v[0].clone().reshape(shape);
                (add(x.clone(), x) + v[1].clone().reshape(shape)).flatten(0, 3)
            },
            |v| v[0].clone() * 2.0 + v[1].clone(),
        );
    }
}
