//! Multi-head self-attention over token sequences.

mod block;
mod head;
mod product;
mod shape;
mod softmax;

pub(crate) use head::Head;
pub use shape::AttentionShape;

use rayon::prelude::*;

use crate::error::{ShapeError, check_len};
use crate::isa::Isa;
use crate::scratch::Demand;

/// `y[·, h, ·, i] = Σⱼ pᵢⱼ v[·, h, ·, j]` with `pᵢⱼ` the softmax over `j` of
/// `q[·, h, ·, i] · k[·, h, ·, j] / √features`.
///
/// `qkv` is `[batch, 3, heads, features, tokens]`, queries, keys and values in this order; `y` is
/// `[batch, heads, features, tokens]`, every value overwritten. Products are in single precision.
pub fn attention(shape: &AttentionShape, qkv: &[f32], y: &mut [f32]) -> Result<(), ShapeError> {
    check_len("y", y, shape.checked_len()?)?;
    check_len("qkv", qkv, 3 * y.len())?;
    let head = Head::new(Isa::current(), shape);
    let operands = shape.operands(qkv);
    y.par_chunks_mut(shape.head_len())
        .enumerate()
        .for_each(|(index, y)| {
            head.forward(operands[index], None, y, scored(&operands, index + 1))
        });
    Ok(())
}

/// What [`attention`] takes on `threads` threads.
pub fn attention_demand(shape: &AttentionShape, threads: usize) -> Demand {
    let head = Head::new(Isa::current(), shape);
    head.forward_demand().on(threads, shape.batch * shape.heads)
}

/// What [`attention_backward`] takes on `threads` threads.
pub fn attention_backward_demand(shape: &AttentionShape, threads: usize) -> Demand {
    let head = Head::new(Isa::current(), shape);
    head.backward_demand()
        .on(threads, shape.batch * shape.heads)
}

/// Gradient of [`attention`]: `dqkv` like `qkv`, every value overwritten, from `qkv` and `dy` like
/// `y`. The probabilities are computed again.
pub fn attention_backward(
    shape: &AttentionShape,
    qkv: &[f32],
    dy: &[f32],
    dqkv: &mut [f32],
) -> Result<(), ShapeError> {
    check_len("dy", dy, shape.checked_len()?)?;
    check_len("qkv", qkv, 3 * dy.len())?;
    check_len("dqkv", dqkv, 3 * dy.len())?;
    let head = Head::new(Isa::current(), shape);
    let (all, one) = (shape.heads * shape.head_len(), shape.head_len());
    let gradients: Vec<[&mut [f32]; 3]> = dqkv
        .chunks_mut(3 * all)
        .flat_map(|dqkv| {
            let (dq, rest) = dqkv.split_at_mut(all);
            let (dk, dv) = rest.split_at_mut(all);
            let keys = dk.chunks_mut(one).zip(dv.chunks_mut(one));
            dq.chunks_mut(one)
                .zip(keys)
                .map(|(dq, (dk, dv))| [dq, dk, dv])
        })
        .collect();
    let operands = shape.operands(qkv);
    gradients
        .into_par_iter()
        .zip(dy.par_chunks(one))
        .enumerate()
        .for_each(|(index, (gradients, dy))| {
            let next = scored(&operands, index + 1);
            head.backward(operands[index], None, dy, gradients, next);
        });
    Ok(())
}

/// The queries and keys of a head; none beyond the last.
fn scored<'a>(operands: &'a [[&'a [f32]; 3]], head: usize) -> &'a [&'a [f32]] {
    operands.get(head).map_or(&[], |operands| &operands[..2])
}
