//! The pixels of a map as the tokens of a sequence.
//!
//! A sequence is a map `[batch, features, tokens, 1]`.

use rayon::prelude::*;

use crate::error::{ShapeError, check_len};
use crate::map::MapShape;

/// Puts tokens of their own before the pixels of `x`, row by row, and adds positions to the last
/// tokens: with `p` tokens in front (a class token, then registers), `t` tokens in all and `q`
/// positions, `y[n, f, i] = (first[i, f] or x[n, f, i − p]) + positions[i − (t − q), f]`.
///
/// `x` is of shape `shape`, `class_token` `[features]`, `registers` `[p − 1, features]` and may be
/// empty, `positions` `[q, features]` with `q` from the pixels to `t`, or empty too, `y`
/// `[batch, features, t]`; every value is overwritten.
pub fn embed_tokens(
    shape: &MapShape,
    x: &[f32],
    [class_token, registers]: [&[f32]; 2],
    positions: &[f32],
    y: &mut [f32],
) -> Result<(), ShapeError> {
    let sequence = Sequence::of(shape, x, [class_token, registers], positions, y)?;
    let Sequence {
        features, tokens, ..
    } = sequence;
    let bare = sequence.bare();
    y.par_chunks_mut(features * tokens)
        .zip(x.par_chunks(features * shape.plane()))
        .for_each(|(y, x)| {
            let rows = y.chunks_mut(tokens).zip(x.chunks(shape.plane()));
            for (feature, (y, x)) in rows.enumerate() {
                let registers = registers.iter().skip(feature).step_by(features);
                let first = std::iter::once(&class_token[feature]).chain(registers);
                for (y, value) in y.iter_mut().zip(first.chain(x)) {
                    *y = *value;
                }
                let positions = positions.iter().skip(feature).step_by(features);
                for (y, position) in y[bare..].iter_mut().zip(positions) {
                    *y += position;
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
    [dclass_token, dregisters]: [&mut [f32]; 2],
    dpositions: &mut [f32],
) -> Result<(), ShapeError> {
    let sequence = Sequence::of(shape, dx, [dclass_token, dregisters], dpositions, dy)?;
    let Sequence {
        features,
        tokens,
        first,
        ..
    } = sequence;
    dx.par_chunks_mut(shape.plane())
        .zip(dy.par_chunks(tokens))
        .for_each(|(dx, dy)| dx.copy_from_slice(&dy[first..]));
    let sum = |token: usize, gradients: &mut [f32]| {
        for (feature, gradient) in gradients.iter_mut().enumerate() {
            let total: f64 = (0..shape.batch)
                .map(|n| f64::from(dy[(n * features + feature) * tokens + token]))
                .sum();
            *gradient = total as f32;
        }
    };
    let bare = sequence.bare();
    dpositions
        .par_chunks_mut(features)
        .enumerate()
        .for_each(|(place, gradients)| sum(bare + place, gradients));
    sum(0, dclass_token);
    for (register, gradients) in dregisters.chunks_mut(features).enumerate() {
        sum(1 + register, gradients);
    }
    Ok(())
}

/// Extents that were checked.
struct Sequence {
    features: usize,
    tokens: usize,
    /// Tokens before the pixels.
    first: usize,
    positions: usize,
}

impl Sequence {
    fn of(
        shape: &MapShape,
        x: &[f32],
        [class_token, registers]: [&[f32]; 2],
        positions: &[f32],
        y: &[f32],
    ) -> Result<Self, ShapeError> {
        let features = shape.channels;
        check_len("x", x, shape.checked_len()?)?;
        check_len("class token", class_token, features)?;
        let rows = |all: &[f32]| all.len() / features.max(1);
        check_len("registers", registers, rows(registers) * features)?;
        let first = 1 + rows(registers);
        let tokens = shape.plane() + first;
        let places = match positions {
            [] => 0,
            _ => rows(positions).clamp(shape.plane(), tokens),
        };
        check_len("positions", positions, places * features)?;
        check_len("y", y, shape.batch * features * tokens)?;
        Ok(Self {
            features,
            tokens,
            first,
            positions: places,
        })
    }

    /// Tokens in front that no position is added to.
    fn bare(&self) -> usize {
        self.tokens - self.positions
    }
}
