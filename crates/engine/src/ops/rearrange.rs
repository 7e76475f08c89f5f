//! Moving numbers: borders of zeros, channels in reverse order, the first token.

use burn::backend::autodiff::checkpoint::{base::Checkpointer, strategy::CheckpointStrategy};
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::flex::FlexTensor;
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, Backend, Dispatch, Flex, TensorMetadata, backend_extension};
use burn::tensor::{Slice, Tensor};
use kernels::{Border, MapShape};

use super::storage::{contiguous, extents, filled, fitting, floats, map};

/// `x` `[batch, channels, rows, columns]` with zeros around it: `border` is `[top, bottom, left,
/// right]`, in pixels. The backward pass keeps nothing.
pub fn pad(x: Tensor<4>, border: [usize; 4]) -> Tensor<4> {
    let [top, bottom, left, right] = border;
    let border = Border {
        top,
        bottom,
        left,
        right,
    };
    rearranged(x, Rearrangement::Pad(border))
}

/// The channels of `x` `[batch, channels, rows, columns]` in reverse order: RGB becomes BGR and the
/// other way round. The backward pass keeps nothing.
pub fn reverse_channels(x: Tensor<4>) -> Tensor<4> {
    rearranged(x, Rearrangement::ReverseChannels)
}

/// The first token of each sequence: of `x` `[batch, features, tokens, 1]`, `[batch, features, 1,
/// 1]`. The backward pass keeps nothing.
pub fn first_token(x: Tensor<4>) -> Tensor<4> {
    let [_, _, _, columns] = x.dims();
    assert_eq!(columns, 1, "tokens are the rows of a map of one column");
    rearranged(x, Rearrangement::FirstToken)
}

fn rearranged(x: Tensor<4>, how: Rearrangement) -> Tensor<4> {
    Tensor::from_dispatch(<Dispatch as Rearrange>::rearrange(x.into_dispatch(), how))
}

/// Where numbers go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rearrangement {
    Pad(Border),
    ReverseChannels,
    FirstToken,
}

#[backend_extension(Flex, Autodiff)]
pub(super) trait Rearrange: Backend {
    fn rearrange(x: FloatTensor<Self>, how: Rearrangement) -> FloatTensor<Self> {
        composed::<Self>(x, how)
    }
}

/// [`Rearrange::rearrange`] out of Burn's own operations.
fn composed<B: Backend>(x: FloatTensor<B>, how: Rearrangement) -> FloatTensor<B> {
    let [batch, channels, height, width] = x.shape().dims();
    let part = |rows: usize, above: usize, columns: usize, before: usize| {
        [
            (0, batch),
            (0, channels),
            (above, above + rows),
            (before, before + columns),
        ]
        .map(|(start, end)| Slice::new(start as isize, Some(end as isize), 1))
    };
    match how {
        Rearrangement::Pad(border) => {
            let inner = MapShape {
                batch,
                channels,
                height,
                width,
            };
            let outer = extents(border.around(&inner));
            let zeros = B::float_zeros(outer.into(), &x.device(), x.dtype().into());
            let inside = part(height, border.top, width, border.left);
            B::float_slice_assign(zeros, &inside, x)
        }
        Rearrangement::ReverseChannels => B::float_flip(x, &[1]),
        Rearrangement::FirstToken => B::float_slice(x, &part(1, 0, 1, 0)),
    }
}

impl Rearrange for Flex {
    fn rearrange(x: FlexTensor, how: Rearrangement) -> FlexTensor {
        how.forward(x)
    }
}

impl<C: CheckpointStrategy> Rearrange for Autodiff<Flex, C> {
    fn rearrange(x: FloatTensor<Self>, how: Rearrangement) -> FloatTensor<Self> {
        let (x, node) = x.into_parts();
        let before = map(&x);
        let y = how.forward(x);
        match RearrangeBackward
            .prepare::<C>([node])
            .compute_bound()
            .stateful()
        {
            OpsKind::Tracked(prepared) => prepared.finish((how, before), y),
            OpsKind::UnTracked(prepared) => prepared.finish(y),
        }
    }
}

/// The state is what was done to a map of which shape.
#[derive(Debug)]
struct RearrangeBackward;

impl Backward<Flex, 1> for RearrangeBackward {
    type State = (Rearrangement, MapShape);

    fn backward(
        self,
        ops: Ops<Self::State, 1>,
        gradients: &mut Gradients,
        _checkpointer: &mut Checkpointer,
    ) {
        let dy = contiguous(gradients.consume::<Flex>(&ops.node));
        let [Some(node)] = ops.parents else { return };
        let (how, before) = ops.state;
        gradients.register::<Flex>(node.id, how.backward(&before, &dy));
    }
}

impl Rearrangement {
    fn forward(self, x: FlexTensor) -> FlexTensor {
        let x = contiguous(x);
        let map = map(&x);
        match self {
            Self::Pad(border) => {
                let outer = border.around(&map);
                fitting(outer.checked_len());
                filled(extents(outer), |y| border.pad(&map, floats(&x), y))
            }
            Self::ReverseChannels => filled(extents(map), |y| {
                kernels::reverse_channels(&map, floats(&x), y)
            }),
            Self::FirstToken => filled([map.batch, map.channels, 1, 1], |y| {
                for (y, tokens) in y.iter_mut().zip(floats(&x).chunks(map.height)) {
                    *y = tokens[0];
                }
                Ok(())
            }),
        }
    }

    /// The gradient of a map of shape `before`.
    fn backward(self, before: &MapShape, dy: &FlexTensor) -> FlexTensor {
        filled(extents(*before), |dx| match self {
            Self::Pad(border) => border.crop(before, floats(dy), dx),
            Self::ReverseChannels => kernels::reverse_channels(before, floats(dy), dx),
            Self::FirstToken => {
                dx.fill(0.0);
                for (tokens, dy) in dx.chunks_mut(before.height).zip(floats(dy)) {
                    tokens[0] = *dy;
                }
                Ok(())
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::check::{self, Reference};

    fn equals_burn(shape: [usize; 4], how: Rearrangement) {
        let inputs = [check::random(1, shape.iter().product())];
        let x = |v: &[Tensor<1>]| v[0].clone().reshape(shape);
        let ours = check::value_and_gradients(&inputs, |v| rearranged(x(v), how).flatten(0, 3));
        let burn = check::value_and_gradients(&inputs, |v| {
            let y = composed::<Reference>(check::input(x(v)), how);
            check::output::<4>(y).flatten(0, 3)
        });
        assert_eq!(ours, burn, "{shape:?} {how:?}");
        // What moves numbers is adjoint to its gradient: `<Ax, y> = <x, Aᵀy>`.
        let product = |a: &[f32], b: &[f32]| -> f64 {
            a.iter()
                .zip(b)
                .map(|(a, b)| f64::from(*a) * f64::from(*b))
                .sum()
        };
        let left = product(&ours[0], &check::loss_weights(ours[0].len()));
        let right = product(&inputs[0], &ours[1]);
        assert!(
            (left - right).abs() < 1e-9 * left.abs().max(1.0),
            "{left} {right}"
        );
    }

    #[test]
    fn equals_burn_in_every_way() {
        for border in [[0, 1, 0, 1], [1, 0, 2, 3], [0; 4], [3, 3, 3, 3]] {
            let [top, bottom, left, right] = border;
            let border = Border {
                top,
                bottom,
                left,
                right,
            };
            for shape in [[2, 3, 5, 7], [1, 1, 1, 1], [2, 2, 13, 1]] {
                equals_burn(shape, Rearrangement::Pad(border));
            }
        }
        for shape in [[2, 3, 5, 7], [3, 1, 2, 2], [1, 4, 1, 1]] {
            equals_burn(shape, Rearrangement::ReverseChannels);
        }
        for shape in [[2, 3, 13, 1], [2, 5, 1, 1]] {
            equals_burn(shape, Rearrangement::FirstToken);
        }
    }
}
