//! The pixels of a map as a sequence of tokens.

use burn::backend::autodiff::checkpoint::{base::Checkpointer, strategy::CheckpointStrategy};
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::flex::FlexTensor;
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, Backend, Dispatch, Flex, TensorMetadata, backend_extension};
use burn::tensor::{Shape, Tensor};
use kernels::MapShape;

use super::storage::{contiguous, extents, filled, floats, map};

/// The pixels of `x` `[batch, features, rows, columns]`, row by row, as tokens after a class token
/// `[features]`, each with its position added: `[batch, features, tokens, 1]` with `tokens = rows ·
/// columns + 1`. `positions` are flat in PyTorch's layout `[1, tokens, features]`. The backward
/// pass keeps nothing.
pub fn embed(x: Tensor<4>, class_token: Tensor<1>, positions: Tensor<1>) -> Tensor<4> {
    let [_, features, rows, columns] = x.dims();
    let tokens = rows * columns + 1;
    assert_eq!(
        class_token.dims(),
        [features],
        "a class token of all features"
    );
    assert_eq!(
        positions.dims(),
        [tokens * features],
        "a position for each feature of each token"
    );
    Tensor::from_dispatch(<Dispatch as Embed>::sequence(
        x.into_dispatch(),
        class_token.into_dispatch(),
        positions.into_dispatch(),
    ))
}

#[backend_extension(Flex, Autodiff)]
pub(super) trait Embed: Backend {
    fn sequence(
        x: FloatTensor<Self>,
        class_token: FloatTensor<Self>,
        positions: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        composed::<Self>(x, class_token, positions)
    }
}

/// [`Embed::sequence`] out of Burn's own operations.
fn composed<B: Backend>(
    x: FloatTensor<B>,
    class_token: FloatTensor<B>,
    positions: FloatTensor<B>,
) -> FloatTensor<B> {
    let [batch, features, rows, columns] = x.shape().dims();
    let pixels = rows * columns;
    let x = B::float_reshape(x, Shape::new([batch, features, pixels, 1]));
    let first = B::float_reshape(class_token, Shape::new([1, features, 1, 1]));
    let first = B::float_expand(first, Shape::new([batch, features, 1, 1]));
    let positions = B::float_reshape(positions, Shape::new([1, pixels + 1, features, 1]));
    B::float_add(
        B::float_cat(vec![first, x], 2),
        B::float_swap_dims(positions, 1, 2),
    )
}

impl Embed for Flex {
    fn sequence(x: FlexTensor, class_token: FlexTensor, positions: FlexTensor) -> FlexTensor {
        forward(x, class_token, positions)
    }
}

impl<C: CheckpointStrategy> Embed for Autodiff<Flex, C> {
    fn sequence(
        x: FloatTensor<Self>,
        class_token: FloatTensor<Self>,
        positions: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        let ((x, x_node), (token, token_node)) = (x.into_parts(), class_token.into_parts());
        let (positions, positions_node) = positions.into_parts();
        let map = map(&x);
        let y = forward(x, token, positions);
        match EmbedBackward
            .prepare::<C>([x_node, token_node, positions_node])
            .compute_bound()
            .stateful()
        {
            OpsKind::Tracked(prepared) => prepared.finish(map, y),
            OpsKind::UnTracked(prepared) => prepared.finish(y),
        }
    }
}

/// Gradients of the map, the class token and the positions; the state is the shape of the map.
#[derive(Debug)]
struct EmbedBackward;

impl Backward<Flex, 3> for EmbedBackward {
    type State = MapShape;

    fn backward(
        self,
        ops: Ops<MapShape, 3>,
        gradients: &mut Gradients,
        _checkpointer: &mut Checkpointer,
    ) {
        let dy = contiguous(gradients.consume::<Flex>(&ops.node));
        let map = ops.state;
        let (mut dtoken, mut dpositions) = (None, None);
        let dx = filled(extents(map), |dx| {
            dtoken = Some(filled([map.channels], |dtoken| {
                let len = (map.plane() + 1) * map.channels;
                dpositions = Some(filled([len], |dpositions| {
                    kernels::embed_tokens_backward(&map, floats(&dy), dx, dtoken, dpositions)
                }));
                Ok(())
            }));
            Ok(())
        });
        for (node, gradient) in ops.parents.into_iter().zip([Some(dx), dtoken, dpositions]) {
            if let (Some(node), Some(gradient)) = (node, gradient) {
                gradients.register::<Flex>(node.id, gradient);
            }
        }
    }
}

fn forward(x: FlexTensor, class_token: FlexTensor, positions: FlexTensor) -> FlexTensor {
    let [x, class_token, positions] = [x, class_token, positions].map(contiguous);
    let map = map(&x);
    filled([map.batch, map.channels, map.plane() + 1, 1], |y| {
        let (class_token, positions) = (floats(&class_token), floats(&positions));
        kernels::embed_tokens(&map, floats(&x), class_token, positions, y)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::check::{self, Reference};

    fn inputs(shape: [usize; 4]) -> [Vec<f32>; 3] {
        let [_, features, rows, columns] = shape;
        [
            check::random(1, shape.iter().product()),
            check::random(2, features),
            check::random(3, (rows * columns + 1) * features),
        ]
    }

    #[test]
    fn equals_burn() {
        for shape in [[2, 3, 4, 5], [3, 4, 1, 1], [1, 5, 14, 14]] {
            check::agree(
                &inputs(shape),
                |v| {
                    let x = v[0].clone().reshape(shape);
                    embed(x, v[1].clone(), v[2].clone()).flatten(0, 3)
                },
                |v| {
                    let x = check::input(v[0].clone().reshape(shape));
                    let [token, positions] = [1, 2].map(|i| check::input(v[i].clone()));
                    let y = composed::<Reference>(x, token, positions);
                    check::output::<4>(y).flatten(0, 3)
                },
            );
        }
    }

    #[test]
    fn bits_do_not_depend_on_threads() {
        let shape = [5, 7, 6, 8];
        check::same_bits_on_any_number_of_threads(&inputs(shape), |v| {
            let x = v[0].clone().reshape(shape);
            embed(x, v[1].clone(), v[2].clone()).flatten(0, 3)
        });
    }
}
