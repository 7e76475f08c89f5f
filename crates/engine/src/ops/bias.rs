//! One summand per channel.

use burn::backend::autodiff::checkpoint::{base::Checkpointer, strategy::CheckpointStrategy};
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::flex::FlexTensor;
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, Backend, Dispatch, Flex, TensorMetadata, backend_extension};
use burn::tensor::{Shape, Tensor};

use super::storage::{contiguous, filled, fitting, floats, floats_mut, map};

/// `x + b` with `b` `[channels]` spread over batch, rows and columns of `x` `[batch, channels,
/// rows, columns]`.
///
/// The sum takes the place of `x` where nobody else holds it. The backward pass keeps nothing.
pub fn add_channel_bias(x: Tensor<4>, b: Tensor<1>) -> Tensor<4> {
    Tensor::from_dispatch(<Dispatch as ChannelBias>::add_bias(
        x.into_dispatch(),
        b.into_dispatch(),
    ))
}

#[backend_extension(Flex, Autodiff)]
pub(super) trait ChannelBias: Backend {
    fn add_bias(x: FloatTensor<Self>, b: FloatTensor<Self>) -> FloatTensor<Self> {
        composed::<Self>(x, b)
    }
}

/// [`ChannelBias::add_bias`] out of Burn's own operations.
fn composed<B: Backend>(x: FloatTensor<B>, b: FloatTensor<B>) -> FloatTensor<B> {
    let [channels] = b.shape().dims();
    let b = B::float_reshape(b, Shape::new([1, channels, 1, 1]));
    B::float_add(x, b)
}

impl ChannelBias for Flex {
    fn add_bias(x: FlexTensor, b: FlexTensor) -> FlexTensor {
        forward(x, b)
    }
}

impl<C: CheckpointStrategy> ChannelBias for Autodiff<Flex, C> {
    fn add_bias(x: FloatTensor<Self>, b: FloatTensor<Self>) -> FloatTensor<Self> {
        let ((x, x_node), (b, b_node)) = (x.into_parts(), b.into_parts());
        let y = forward(x, b);
        match BiasBackward
            .prepare::<C>([x_node, b_node])
            .compute_bound()
            .stateful()
        {
            OpsKind::Tracked(prepared) => prepared.finish((), y),
            OpsKind::UnTracked(prepared) => prepared.finish(y),
        }
    }
}

#[derive(Debug)]
struct BiasBackward;

impl Backward<Flex, 2> for BiasBackward {
    type State = ();

    fn backward(
        self,
        ops: Ops<(), 2>,
        gradients: &mut Gradients,
        _checkpointer: &mut Checkpointer,
    ) {
        let dy = contiguous(gradients.consume::<Flex>(&ops.node));
        let [x_node, b_node] = ops.parents;
        if let Some(node) = b_node {
            let map = map(&dy);
            let db = filled([map.channels], |db| {
                kernels::bias_grad(&map, floats(&dy), db)
            });
            gradients.register::<Flex>(node.id, db);
        }
        if let Some(node) = x_node {
            gradients.register::<Flex>(node.id, dy);
        }
    }
}

fn forward(x: FlexTensor, b: FlexTensor) -> FlexTensor {
    let (mut x, b) = (contiguous(x), contiguous(b));
    let map = map(&x);
    fitting(kernels::add_bias(&map, floats(&b), floats_mut(&mut x)));
    x
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::check::{self, Reference};

    #[test]
    fn equals_burn() {
        for shape in [[2, 3, 2, 2], [3, 7, 1, 1], [2, 5, 13, 1]] {
            let inputs = [
                check::random(1, shape.iter().product()),
                check::random(2, shape[1]),
            ];
            check::agree(
                &inputs,
                |v| add_channel_bias(v[0].clone().reshape(shape), v[1].clone()).flatten(0, 3),
                |v| {
                    let x = check::input(v[0].clone().reshape(shape));
                    let y = composed::<Reference>(x, check::input(v[1].clone()));
                    check::output::<4>(y).flatten(0, 3)
                },
            );
        }
    }

    #[test]
    fn a_shared_input_stays_as_it_is() {
        let x = vec![1.0, 2.0, 3.0, 4.0];
        let results = check::value_and_gradients(&[x, vec![10.0]], |v| {
            let x = v[0].clone().reshape([1, 1, 2, 2]);
            (add_channel_bias(x.clone(), v[1].clone()) - x).flatten(0, 3)
        });
        assert_eq!(results[0], [10.0; 4]);
    }
}
