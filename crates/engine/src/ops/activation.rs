//! Functions of single numbers.

use burn::backend::autodiff::checkpoint::{base::Checkpointer, strategy::CheckpointStrategy};
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::flex::FlexTensor;
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, Backend, Dispatch, Flex, TensorMetadata, backend_extension};
use burn::tensor::Tensor;
use networks::Activation;

use super::elementwise::relu;
use super::storage::{contiguous, filled, floats};

/// `activation` of every number of `x`, of any shape `[batch, channels, rows, columns]`.
///
/// ReLU, ReLU6 and the logistic function keep their output for the backward pass, the others
/// their input.
pub fn activate(x: Tensor<4>, activation: Activation) -> Tensor<4> {
    match activation {
        Activation::Relu => relu(x),
        Activation::Relu6 | Activation::Silu | Activation::Gelu | Activation::Sigmoid => {
            Tensor::from_dispatch(<Dispatch as Activate>::apply(x.into_dispatch(), activation))
        }
    }
}

#[backend_extension(Flex, Autodiff)]
pub(super) trait Activate: Backend {
    fn apply(x: FloatTensor<Self>, activation: Activation) -> FloatTensor<Self> {
        composed::<Self>(x, activation)
    }
}

/// [`Activate::apply`] as Burn has it.
fn composed<B: Backend>(x: FloatTensor<B>, activation: Activation) -> FloatTensor<B> {
    match activation {
        Activation::Relu => B::relu(x),
        Activation::Relu6 => B::float_clamp(x, 0.0.into(), 6.0.into()),
        Activation::Silu => B::float_mul(x.clone(), B::sigmoid(x)),
        Activation::Gelu => B::gelu(x),
        Activation::Sigmoid => B::sigmoid(x),
    }
}

impl Activate for Flex {
    fn apply(x: FlexTensor, activation: Activation) -> FlexTensor {
        forward(&contiguous(x), activation)
    }
}

impl<C: CheckpointStrategy> Activate for Autodiff<Flex, C> {
    fn apply(x: FloatTensor<Self>, activation: Activation) -> FloatTensor<Self> {
        let (x, node) = x.into_parts();
        let x = contiguous(x);
        let y = forward(&x, activation);
        match ActivateBackward
            .prepare::<C>([node])
            .compute_bound()
            .stateful()
        {
            OpsKind::Tracked(prepared) => {
                let kept = if kernel(activation).keeps_output() {
                    y.clone()
                } else {
                    x
                };
                prepared.finish((kept, activation), y)
            }
            OpsKind::UnTracked(prepared) => prepared.finish(y),
        }
    }
}

#[derive(Debug)]
struct ActivateBackward;

impl Backward<Flex, 1> for ActivateBackward {
    type State = (FlexTensor, Activation);

    fn backward(
        self,
        ops: Ops<Self::State, 1>,
        gradients: &mut Gradients,
        _checkpointer: &mut Checkpointer,
    ) {
        let dy = contiguous(gradients.consume::<Flex>(&ops.node));
        let [Some(node)] = ops.parents else { return };
        let (kept, activation) = ops.state;
        let dx = filled(kept.shape().dims::<4>(), |dx| {
            kernels::activate_backward(kernel(activation), floats(&kept), floats(&dy), dx)
        });
        gradients.register::<Flex>(node.id, dx);
    }
}

/// The function as the kernels name it.
fn kernel(activation: Activation) -> kernels::Activation {
    match activation {
        Activation::Relu => kernels::Activation::Relu,
        Activation::Relu6 => kernels::Activation::Relu6,
        Activation::Silu => kernels::Activation::Silu,
        Activation::Gelu => kernels::Activation::Gelu,
        Activation::Sigmoid => kernels::Activation::Sigmoid,
    }
}

fn forward(x: &FlexTensor, activation: Activation) -> FlexTensor {
    filled(x.shape().dims::<4>(), |y| {
        kernels::activate(kernel(activation), floats(x), y)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::check::{self, Reference};

    const ALL: [Activation; 5] = [
        Activation::Relu,
        Activation::Relu6,
        Activation::Silu,
        Activation::Gelu,
        Activation::Sigmoid,
    ];

    #[test]
    fn equals_burn() {
        let shape = [3, 5, 7, 9];
        let inputs = [check::random(1, shape.iter().product())];
        for activation in ALL {
            // From -8 to 8, so that both bends of ReLU6 are there.
            let x = |v: &[Tensor<1>]| v[0].clone().reshape(shape).mul_scalar(8.0);
            check::agree(
                &inputs,
                |v| activate(x(v), activation).flatten(0, 3),
                |v| {
                    let y = composed::<Reference>(check::input(x(v)), activation);
                    check::output::<4>(y).flatten(0, 3)
                },
            );
        }
    }

    #[test]
    fn views_that_do_not_lie_in_order() {
        let inputs = [check::random(1, 2 * 3 * 4 * 5)];
        for activation in ALL {
            let whole = check::value_and_gradients(&inputs, |v| {
                let x = v[0].clone().reshape([2, 3, 4, 5]);
                activate(x, activation).flatten(0, 3)
            });
            let view = check::value_and_gradients(&inputs, |v| {
                let x = v[0].clone().reshape([2, 3, 4, 5]).swap_dims(1, 3);
                activate(x, activation).swap_dims(1, 3).flatten(0, 3)
            });
            assert_eq!(whole, view);
        }
    }
}
