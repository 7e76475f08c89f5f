//! Multi-head self-attention.

use burn::backend::autodiff::checkpoint::{base::Checkpointer, strategy::CheckpointStrategy};
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::flex::FlexTensor;
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, Backend, Dispatch, Flex, TensorMetadata, backend_extension};
use burn::tensor::{Shape, Slice, Tensor};
use kernels::AttentionShape;

use super::storage::{contiguous, filled, floats};

/// Self-attention of the tokens of each sequence, head by head: `softmax(qᵀ k / sqrt(dim))` over
/// the keys, times `v`.
///
/// `qkv` is `[batch, 3 · features, tokens, 1]` with channel `which · features + head · dim + i`,
/// where `which` is 0 for queries, 1 for keys and 2 for values, and `dim = features / heads`. The
/// output is `[batch, features, tokens, 1]` with channel `head · dim + i`.
///
/// Nothing but `qkv` is kept: the backward pass computes the probabilities again. On Flex products
/// are in single precision.
pub fn attention(qkv: Tensor<4>, heads: usize) -> Tensor<4> {
    let [_, channels, _, columns] = qkv.dims();
    assert_eq!(columns, 1, "tokens are the rows of a map of one column");
    assert!(
        heads > 0 && channels.is_multiple_of(3 * heads),
        "{channels} channels are no queries, keys and values of {heads} heads"
    );
    Tensor::from_dispatch(<Dispatch as Attention>::attend(qkv.into_dispatch(), heads))
}

#[backend_extension(Flex, Autodiff)]
pub(super) trait Attention: Backend {
    fn attend(qkv: FloatTensor<Self>, heads: usize) -> FloatTensor<Self> {
        composed::<Self>(qkv, heads)
    }
}

/// [`Attention::attend`] out of Burn's own operations.
fn composed<B: Backend>(qkv: FloatTensor<B>, heads: usize) -> FloatTensor<B> {
    let [batch, channels, tokens, _] = qkv.shape().dims();
    let features = channels / 3;
    let dim = features / heads;
    let part = |which: usize| {
        let (start, end) = (which * features, (which + 1) * features);
        let slices = [(0, batch), (start, end), (0, tokens), (0, 1)]
            .map(|(start, end)| Slice::new(start as isize, Some(end as isize), 1));
        let part = B::float_slice(qkv.clone(), &slices);
        B::float_reshape(part, Shape::new([batch, heads, dim, tokens]))
    };
    let [q, k, v] = [0, 1, 2].map(part);
    let scores = B::float_matmul(B::float_swap_dims(q, 2, 3), k);
    let scores = B::float_mul_scalar(scores, (1.0 / (dim as f64).sqrt()).into());
    let y = B::float_matmul(v, B::float_swap_dims(B::softmax(scores, 3), 2, 3));
    B::float_reshape(y, Shape::new([batch, features, tokens, 1]))
}

impl Attention for Flex {
    fn attend(qkv: FlexTensor, heads: usize) -> FlexTensor {
        forward(&contiguous(qkv), heads)
    }
}

impl<C: CheckpointStrategy> Attention for Autodiff<Flex, C> {
    fn attend(qkv: FloatTensor<Self>, heads: usize) -> FloatTensor<Self> {
        let (qkv, node) = qkv.into_parts();
        let qkv = contiguous(qkv);
        let y = forward(&qkv, heads);
        match AttentionBackward
            .prepare::<C>([node])
            .compute_bound()
            .stateful()
        {
            OpsKind::Tracked(prepared) => prepared.finish((qkv, heads), y),
            OpsKind::UnTracked(prepared) => prepared.finish(y),
        }
    }
}

#[derive(Debug)]
struct AttentionBackward;

impl Backward<Flex, 1> for AttentionBackward {
    type State = (FlexTensor, usize);

    fn backward(
        self,
        ops: Ops<Self::State, 1>,
        gradients: &mut Gradients,
        _checkpointer: &mut Checkpointer,
    ) {
        let dy = contiguous(gradients.consume::<Flex>(&ops.node));
        let [Some(node)] = ops.parents else { return };
        let (qkv, heads) = ops.state;
        let dqkv = filled(qkv.shape().dims::<4>(), |dqkv| {
            kernels::attention_backward(&over(&qkv, heads), floats(&qkv), floats(&dy), dqkv)
        });
        gradients.register::<Flex>(node.id, dqkv);
    }
}

fn forward(qkv: &FlexTensor, heads: usize) -> FlexTensor {
    let [batch, channels, tokens, _] = qkv.shape().dims();
    filled([batch, channels / 3, tokens, 1], |y| {
        kernels::attention(&over(qkv, heads), floats(qkv), y)
    })
}

fn over(qkv: &FlexTensor, heads: usize) -> AttentionShape {
    let [batch, channels, tokens, _] = qkv.shape().dims();
    AttentionShape {
        batch,
        heads,
        features: channels / 3 / heads,
        tokens,
    }
}

#[cfg(test)]
mod tests;
