//! Maps side by side along their channels.

use burn::backend::autodiff::checkpoint::{base::Checkpointer, strategy::CheckpointStrategy};
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::flex::FlexTensor;
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, Backend, Dispatch, Flex, TensorMetadata, backend_extension};
use burn::tensor::Tensor;

use super::storage::{contiguous, filled, fitting, floats, floats_mut, map, tensor};

/// The channels of all `parts`, in this order: maps `[batch, channels of each, rows, columns]` with
/// one batch, height and width for all. The backward pass keeps nothing.
///
/// # Panics
/// Panics without any part, and where shapes do not fit.
pub fn concatenate(parts: Vec<Tensor<4>>) -> Tensor<4> {
    let sizes = parts.iter().map(|part| part.dims());
    let mut sizes = sizes.map(|[batch, _, rows, columns]| [batch, rows, columns]);
    let first = sizes.next();
    assert!(
        sizes.all(|size| Some(size) == first),
        "maps of one batch and size"
    );
    // Four at a time, then four of what comes out, until one is left.
    let mut parts = parts;
    while parts.len() > 1 {
        let mut rest = parts.into_iter();
        parts = std::iter::from_fn(|| joined(std::array::from_fn(|_| rest.next()))).collect();
    }
    match parts.pop() {
        Some(whole) => whole,
        None => panic!("nothing to concatenate: give at least one map"),
    }
}

fn joined(parts: [Option<Tensor<4>>; 4]) -> Option<Tensor<4>> {
    let primitive = Tensor::<4>::into_dispatch;
    let whole = match parts {
        [Some(a), Some(b), Some(c), Some(d)] => {
            let [a, b, c, d] = [a, b, c, d].map(primitive);
            <Dispatch as Concatenate>::join_four(a, b, c, d)
        }
        [Some(a), Some(b), Some(c), None] => {
            let [a, b, c] = [a, b, c].map(primitive);
            <Dispatch as Concatenate>::join_three(a, b, c)
        }
        [Some(a), Some(b), ..] => {
            let [a, b] = [a, b].map(primitive);
            <Dispatch as Concatenate>::join_two(a, b)
        }
        [single, ..] => return single,
    };
    Some(Tensor::from_dispatch(whole))
}

/// Dispatch takes no lists of tensors.
#[backend_extension(Flex, Autodiff)]
pub(super) trait Concatenate: Backend {
    fn join_two(a: FloatTensor<Self>, b: FloatTensor<Self>) -> FloatTensor<Self> {
        Self::float_cat(vec![a, b], 1)
    }

    fn join_three(
        a: FloatTensor<Self>,
        b: FloatTensor<Self>,
        c: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        Self::float_cat(vec![a, b, c], 1)
    }

    fn join_four(
        a: FloatTensor<Self>,
        b: FloatTensor<Self>,
        c: FloatTensor<Self>,
        d: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        Self::float_cat(vec![a, b, c, d], 1)
    }
}

impl Concatenate for Flex {
    fn join_two(a: FlexTensor, b: FlexTensor) -> FlexTensor {
        forward(&[a, b].map(contiguous))
    }

    fn join_three(a: FlexTensor, b: FlexTensor, c: FlexTensor) -> FlexTensor {
        forward(&[a, b, c].map(contiguous))
    }

    fn join_four(a: FlexTensor, b: FlexTensor, c: FlexTensor, d: FlexTensor) -> FlexTensor {
        forward(&[a, b, c, d].map(contiguous))
    }
}

impl<C: CheckpointStrategy> Concatenate for Autodiff<Flex, C> {
    fn join_two(a: FloatTensor<Self>, b: FloatTensor<Self>) -> FloatTensor<Self> {
        tracked::<C, 2>([a, b])
    }

    fn join_three(
        a: FloatTensor<Self>,
        b: FloatTensor<Self>,
        c: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        tracked::<C, 3>([a, b, c])
    }

    fn join_four(
        a: FloatTensor<Self>,
        b: FloatTensor<Self>,
        c: FloatTensor<Self>,
        d: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        tracked::<C, 4>([a, b, c, d])
    }
}

fn tracked<C: CheckpointStrategy, const N: usize>(
    parts: [FloatTensor<Autodiff<Flex, C>>; N],
) -> FloatTensor<Autodiff<Flex, C>> {
    let mut tensors = Vec::with_capacity(N);
    let nodes = parts.map(|part| {
        let (tensor, node) = part.into_parts();
        tensors.push(contiguous(tensor));
        node
    });
    let channels = tensors.iter().map(|part| map(part).channels).collect();
    let y = forward(&tensors);
    match ConcatenateBackward
        .prepare::<C>(nodes)
        .compute_bound()
        .stateful()
    {
        OpsKind::Tracked(prepared) => prepared.finish(channels, y),
        OpsKind::UnTracked(prepared) => prepared.finish(y),
    }
}

/// The state is the number of channels of each part.
#[derive(Debug)]
struct ConcatenateBackward;

impl<const N: usize> Backward<Flex, N> for ConcatenateBackward {
    type State = Vec<usize>;

    fn backward(
        self,
        ops: Ops<Vec<usize>, N>,
        gradients: &mut Gradients,
        _checkpointer: &mut Checkpointer,
    ) {
        let dy = contiguous(gradients.consume::<Flex>(&ops.node));
        let [batch, _, rows, columns] = dy.shape().dims();
        let mut parts: Vec<FlexTensor> = ops
            .state
            .iter()
            .map(|&channels| {
                let shape = [batch, channels, rows, columns];
                tensor(vec![0.0; shape.iter().product()], shape)
            })
            .collect();
        let mut slices: Vec<&mut [f32]> = parts.iter_mut().map(floats_mut).collect();
        fitting(kernels::split_channels(batch, floats(&dy), &mut slices));
        for (node, part) in ops.parents.into_iter().zip(parts) {
            if let Some(node) = node {
                gradients.register::<Flex>(node.id, part);
            }
        }
    }
}

fn forward(parts: &[FlexTensor]) -> FlexTensor {
    let [batch, _, rows, columns] = parts[0].shape().dims();
    let channels = parts.iter().map(|part| map(part).channels).sum();
    let slices: Vec<&[f32]> = parts.iter().map(floats).collect();
    filled([batch, channels, rows, columns], |y| {
        kernels::join_channels(batch, &slices, y)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::check;

    #[test]
    fn equals_burn() {
        for count in [1, 2, 3, 4, 5, 7, 18] {
            let shape = |i: usize| [3, 1 + i % 4, 5, 7];
            let inputs: Vec<Vec<f32>> = (0..count)
                .map(|i| check::random(i as u64, shape(i).iter().product()))
                .collect();
            let parts = |v: &[Tensor<1>]| -> Vec<Tensor<4>> {
                (0..count).map(|i| v[i].clone().reshape(shape(i))).collect()
            };
            let [ours, burn] = [
                check::value_and_gradients(&inputs, |v| concatenate(parts(v)).flatten(0, 3)),
                check::value_and_gradients(&inputs, |v| Tensor::cat(parts(v), 1).flatten(0, 3)),
            ];
            assert_eq!(ours, burn, "{count} parts");
        }
    }

    #[test]
    fn untracked_parts_get_no_gradient() {
        let x = Tensor::<4>::ones([1, 2, 3, 3], &check::device());
        let tracked = x.clone().require_grad();
        let y = concatenate(vec![x.clone(), tracked.clone(), x.clone()]);
        let gradients = y.sum().backward();
        assert!(tracked.grad(&gradients).is_some() && x.grad(&gradients).is_none());
    }
}
