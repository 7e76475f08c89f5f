//! One factor per channel: layer scale, and the gates of squeeze-and-excitation.

use burn::backend::autodiff::checkpoint::{base::Checkpointer, strategy::CheckpointStrategy};
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::flex::FlexTensor;
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, Backend, Dispatch, Flex, TensorMetadata, backend_extension};
use burn::tensor::Tensor;

use super::storage::{contiguous, extents, filled, floats, map};

/// `x` `[batch, channels, rows, columns]` times one number per channel, `scale` `[channels]`.
pub fn scale_channels(x: Tensor<4>, scale: Tensor<1>) -> Tensor<4> {
    let [channels] = scale.dims();
    gate_or_scale(x, scale.reshape([1, channels, 1, 1]))
}

/// `x` `[batch, channels, rows, columns]` times one number per channel of each image, `g`
/// `[batch, channels, 1, 1]`.
pub fn gate(x: Tensor<4>, g: Tensor<4>) -> Tensor<4> {
    let [batch, channels, ..] = x.dims();
    assert_eq!(g.dims(), [batch, channels, 1, 1], "a gate per channel");
    gate_or_scale(x, g)
}

fn gate_or_scale(x: Tensor<4>, factors: Tensor<4>) -> Tensor<4> {
    Tensor::from_dispatch(<Dispatch as Scale>::scale(
        x.into_dispatch(),
        factors.into_dispatch(),
    ))
}

#[backend_extension(Flex, Autodiff)]
pub(super) trait Scale: Backend {
    /// `factors` are `[1 or batch, channels, 1, 1]`.
    fn scale(x: FloatTensor<Self>, factors: FloatTensor<Self>) -> FloatTensor<Self> {
        Self::float_mul(x, factors)
    }
}

impl Scale for Flex {
    fn scale(x: FlexTensor, factors: FlexTensor) -> FlexTensor {
        times(&contiguous(x), &contiguous(factors))
    }
}

impl<C: CheckpointStrategy> Scale for Autodiff<Flex, C> {
    fn scale(x: FloatTensor<Self>, factors: FloatTensor<Self>) -> FloatTensor<Self> {
        let ((x, x_node), (factors, factors_node)) = (x.into_parts(), factors.into_parts());
        let (x, factors) = (contiguous(x), contiguous(factors));
        let y = times(&x, &factors);
        match ScaleBackward
            .prepare::<C>([x_node, factors_node])
            .compute_bound()
            .stateful()
        {
            OpsKind::Tracked(prepared) => prepared.finish((x, factors), y),
            OpsKind::UnTracked(prepared) => prepared.finish(y),
        }
    }
}

/// Gradients of the map and of the factors; the state is both.
#[derive(Debug)]
struct ScaleBackward;

impl Backward<Flex, 2> for ScaleBackward {
    type State = (FlexTensor, FlexTensor);

    fn backward(
        self,
        ops: Ops<Self::State, 2>,
        gradients: &mut Gradients,
        _checkpointer: &mut Checkpointer,
    ) {
        let dy = contiguous(gradients.consume::<Flex>(&ops.node));
        let (x, factors) = ops.state;
        let [x_node, factors_node] = ops.parents;
        if let Some(node) = factors_node {
            let d = filled(factors.shape().dims::<4>(), |d| {
                kernels::scale_planes_grad(&map(&x), floats(&x), floats(&dy), d)
            });
            gradients.register::<Flex>(node.id, d);
        }
        if let Some(node) = x_node {
            gradients.register::<Flex>(node.id, times(&dy, &factors));
        }
    }
}

fn times(x: &FlexTensor, factors: &FlexTensor) -> FlexTensor {
    let map = map(x);
    filled(extents(map), |y| {
        kernels::scale_planes(&map, floats(x), floats(factors), y)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::check;

    #[test]
    fn equals_burn() {
        for shape in [[3, 5, 7, 9], [2, 4, 1, 1], [1, 3, 13, 1], [2, 3, 50, 60]] {
            let [batch, channels, ..] = shape;
            let n = shape.iter().product();
            for factors in [channels, batch * channels] {
                let inputs = [check::random(1, n), check::random(2, factors)];
                check::agree(
                    &inputs,
                    |v| {
                        let x = v[0].clone().reshape(shape);
                        let y = if factors == channels {
                            scale_channels(x, v[1].clone())
                        } else {
                            gate(x, v[1].clone().reshape([batch, channels, 1, 1]))
                        };
                        y.flatten(0, 3)
                    },
                    |v| {
                        let factors = v[1].clone().reshape([factors / channels, channels, 1, 1]);
                        (v[0].clone().reshape(shape) * factors).flatten(0, 3)
                    },
                );
            }
        }
    }

    #[test]
    fn bits_do_not_depend_on_threads() {
        let shape = [5, 6, 33, 47];
        let inputs = [
            check::random(1, shape.iter().product()),
            check::random(2, 6),
            check::random(3, 30),
        ];
        check::same_bits_on_any_number_of_threads(&inputs, |v| {
            let x = scale_channels(v[0].clone().reshape(shape), v[1].clone());
            gate(x, v[2].clone().reshape([5, 6, 1, 1])).flatten(0, 3)
        });
    }
}
