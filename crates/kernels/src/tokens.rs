//! The pixels of a map as the tokens of a sequence.
//!
//! A sequence is a map `[batch, features, tokens, 1]`.

use rayon::prelude::*;

use crate::error::{ShapeError, check_len};
use crate::map::MapShape;

/// Puts a class token before the pixels of `x`, row by row, and adds positions:
/// `y[n, f, 0] = class_token[f] + positions[0, f]` and
/// `y[n, f, 1 + p] = x[n, f, p] + positions[1 + p, f]`.
///
/// `x` is of shape `shape`, `class_token` `[features]`, `positions` `[tokens, features]`, `y`
/// `[batch, features, tokens]` with one token more than pixels; every value is overwritten.
pub fn embed_tokens(
    shape: &MapShape,
    x: &[f32],
    class_token: &[f32],
    positions: &[f32],
    y: &mut [f32],
) -> Result<(), ShapeError> {
    let tokens = check(shape, x, class_token, positions, y)?;
    let features = shape.channels;
    y.par_chunks_mut(features * tokens)
        .zip(x.par_chunks(features * shape.plane()))
        .for_each(|(y, x)| {
            let rows = y.chunks_mut(tokens).zip(x.chunks(shape.plane()));
            for (feature, (y, x)) in rows.enumerate() {
                let positions = positions[feature..].iter().step_by(features);
                let first = std::iter::once(&class_token[feature]);
                for ((y, x), position) in y.iter_mut().zip(first.chain(x)).zip(positions) {
                    *y = x + position;
                }
            }
        });
    Ok(())
}

/// Gradients of [`embed_tokens`], each like its operand, from `dy` like `y`; every value is
/// overwritten.
pub fn embed_tokens_backward(
    shape: &MapShape,
    dy: &[f32],
    dx: &mut [f32],
    dclass_token: &mut [f32],
    dpositions: &mut [f32],
) -> Result<(), ShapeError> {
    let tokens = check(shape, dx, dclass_token, dpositions, dy)?;
    let features = shape.channels;
    dx.par_chunks_mut(shape.plane())
        .zip(dy.par_chunks(tokens))
        .for_each(|(dx, dy)| dx.copy_from_slice(&dy[1..]));
    dpositions
        .par_chunks_mut(features)
        .enumerate()
        .for_each(|(token, gradients)| {
            for (feature, gradient) in gradients.iter_mut().enumerate() {
                let total: f64 = (0..shape.batch)
                    .map(|n| f64::from(dy[(n * features + feature) * tokens + token]))
                    .sum();
                *gradient = total as f32;
            }
        });
    dclass_token.copy_from_slice(&dpositions[..features]);
    Ok(())
}

/// How many tokens there are.
fn check(
    shape: &MapShape,
    x: &[f32],
    class_token: &[f32],
    positions: &[f32],
    y: &[f32],
) -> Result<usize, ShapeError> {
    check_len("x", x, shape.checked_len()?)?;
    let tokens = shape.plane() + 1;
    check_len("class token", class_token, shape.channels)?;
    check_len("positions", positions, tokens * shape.channels)?;
    check_len("y", y, shape.batch * shape.channels * tokens)?;
    Ok(tokens)
}
