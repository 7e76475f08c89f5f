//! `max(x, 0)`, by itself and after a sum.

use burn::backend::autodiff::checkpoint::{base::Checkpointer, strategy::CheckpointStrategy};
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::flex::FlexTensor;
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, Backend, Dispatch, Flex, TensorMetadata, backend_extension};
use burn::tensor::Tensor;
use rayon::prelude::*;

use super::storage::{contiguous, filled, floats, tensor};

/// `max(x, 0)`, of any shape `[batch, channels, height, width]`; the gradient at 0 is 0.
pub fn relu(x: Tensor<4>) -> Tensor<4> {
    Tensor::from_dispatch(<Dispatch as Rectify>::rectify(x.into_dispatch()))
}

/// `max(a + b, 0)` of two tensors of the same shape `[batch, channels, height, width]`: the end of
/// a residual block.
pub fn add_relu(a: Tensor<4>, b: Tensor<4>) -> Tensor<4> {
    Tensor::from_dispatch(<Dispatch as Rectify>::rectify_sum(
        a.into_dispatch(),
        b.into_dispatch(),
    ))
}

#[backend_extension(Flex, Autodiff)]
pub(super) trait Rectify: Backend {
    fn rectify(x: FloatTensor<Self>) -> FloatTensor<Self> {
        Self::relu(x)
    }

    fn rectify_sum(a: FloatTensor<Self>, b: FloatTensor<Self>) -> FloatTensor<Self> {
        Self::relu(Self::float_add(a, b))
    }
}

impl Rectify for Flex {
    fn rectify(x: FlexTensor) -> FlexTensor {
        maximum(&contiguous(x))
    }

    fn rectify_sum(a: FlexTensor, b: FlexTensor) -> FlexTensor {
        sum_maximum(&contiguous(a), &contiguous(b))
    }
}

impl<C: CheckpointStrategy> Rectify for Autodiff<Flex, C> {
    fn rectify(x: FloatTensor<Self>) -> FloatTensor<Self> {
        let (x, node) = x.into_parts();
        let y = maximum(&contiguous(x));
        match RectifyBackward
            .prepare::<C>([node])
            .compute_bound()
            .stateful()
        {
            OpsKind::Tracked(prepared) => prepared.finish(y.clone(), y),
            OpsKind::UnTracked(prepared) => prepared.finish(y),
        }
    }

    fn rectify_sum(a: FloatTensor<Self>, b: FloatTensor<Self>) -> FloatTensor<Self> {
        let ((a, a_node), (b, b_node)) = (a.into_parts(), b.into_parts());
        let y = sum_maximum(&contiguous(a), &contiguous(b));
        match RectifyBackward
            .prepare::<C>([a_node, b_node])
            .compute_bound()
            .stateful()
        {
            OpsKind::Tracked(prepared) => prepared.finish(y.clone(), y),
            OpsKind::UnTracked(prepared) => prepared.finish(y),
        }
    }
}

/// The gradient passes where the output, which is the state, is above 0; it is the same for every
/// summand.
#[derive(Debug)]
struct RectifyBackward;

impl<const SUMMANDS: usize> Backward<Flex, SUMMANDS> for RectifyBackward {
    type State = FlexTensor;

    fn backward(
        self,
        ops: Ops<FlexTensor, SUMMANDS>,
        gradients: &mut Gradients,
        _checkpointer: &mut Checkpointer,
    ) {
        let dy = contiguous(gradients.consume::<Flex>(&ops.node));
        let y = ops.state;
        let d = filled(y.shape().dims::<4>(), |d| {
            kernels::add_relu_backward(floats(&y), floats(&dy), d)
        });
        for node in ops.parents.into_iter().flatten() {
            gradients.register::<Flex>(node.id, d.clone());
        }
    }
}

fn maximum(x: &FlexTensor) -> FlexTensor {
    // A NaN must stay visible, so this is not `f32::max`.
    let y = floats(x)
        .par_iter()
        .map(|&v| if v <= 0.0 { 0.0 } else { v })
        .collect();
    tensor(y, x.shape().dims::<4>())
}

fn sum_maximum(a: &FlexTensor, b: &FlexTensor) -> FlexTensor {
    assert_eq!(a.shape(), b.shape(), "summands of one shape");
    filled(a.shape().dims::<4>(), |y| {
        kernels::add_relu(floats(a), floats(b), y)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::check;

    #[test]
    fn equals_burn() {
        let shape = [3, 5, 7, 9];
        let n = shape.iter().product();
        let inputs = [check::random(1, n), check::random(2, n)];
        let four = |v: &Tensor<1>| v.clone().reshape(shape);
        check::agree(
            &inputs,
            |v| {
                add_relu(
                    relu(four(&v[0])),
                    four(&v[1]).swap_dims(2, 3).swap_dims(2, 3),
                )
                .flatten(0, 3)
            },
            |v| (v[0].clone().clamp_min(0.0) + v[1].clone()).clamp_min(0.0),
        );
        check::agree(
            &inputs,
            |v| {
                let turned = |v: &Tensor<1>| v.clone().reshape([3, 5, 9, 7]).swap_dims(2, 3);
                add_relu(turned(&v[0]), four(&v[1])).flatten(0, 3)
            },
            |v| {
                let turned = v[0].clone().reshape([3, 5, 9, 7]).swap_dims(2, 3);
                (turned.flatten::<1>(0, 3) + v[1].clone()).clamp_min(0.0)
            },
        );
    }

    #[test]
    fn gradients_of_a_tensor_added_to_itself_add_up() {
        let x = vec![-1.0, 0.0, 2.0, -0.5];
        let results = check::value_and_gradients(&[x], |v| {
            let x = v[0].clone().reshape([1, 1, 2, 2]);
            add_relu(x.clone(), x).flatten(0, 3)
        });
        assert_eq!(results[0], [0.0, 0.0, 4.0, 0.0]);
        assert_eq!(results[1], [0.0, 0.0, 2.0 * check::loss_weights(4)[2], 0.0]);
    }

    #[test]
    fn bits_do_not_depend_on_threads() {
        let n = 4 * 3 * 50 * 50;
        check::same_bits_on_any_number_of_threads(
            &[check::random(1, n), check::random(2, n)],
            |v| {
                let [a, b] = [0, 1].map(|i| v[i].clone().reshape([4, 3, 50, 50]));
                add_relu(relu(a), b).flatten(0, 3)
            },
        );
    }
}
