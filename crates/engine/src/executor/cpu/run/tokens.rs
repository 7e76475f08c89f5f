//! Pixels as tokens, and the first of them alone.

use kernels::{MapShape, ShapeError};

use super::super::memory::Memory;
use crate::program::BufferId;

/// The first of every `tokens` numbers.
pub(super) fn first(
    memory: &mut Memory,
    tokens: usize,
    [x, y]: [BufferId; 2],
) -> Result<(), ShapeError> {
    let [from, to] = memory.floats([x, y]);
    for (y, tokens) in to.iter_mut().zip(from.chunks(tokens)) {
        *y = tokens[0];
    }
    Ok(())
}

pub(super) fn first_gradient(
    memory: &mut Memory,
    tokens: usize,
    [dy, dx]: [BufferId; 2],
) -> Result<(), ShapeError> {
    let [from, to] = memory.floats([dy, dx]);
    to.fill(0.0);
    for (tokens, dy) in to.chunks_mut(tokens).zip(from) {
        tokens[0] = *dy;
    }
    Ok(())
}

/// From pixels and class token, with or without registers and positions.
pub(super) fn embed(
    memory: &mut Memory,
    shape: &MapShape,
    operands: [BufferId; 3],
    more: [Option<BufferId>; 2],
) -> Result<(), ShapeError> {
    let [from, token, to, registers, places] = with(memory, operands, more);
    kernels::embed_tokens(shape, from, [token, registers], places, to)
}

pub(super) fn embed_gradient(
    memory: &mut Memory,
    shape: &MapShape,
    operands: [BufferId; 3],
    more: [Option<BufferId>; 2],
) -> Result<(), ShapeError> {
    let [from, to, token, registers, places] = with(memory, operands, more);
    kernels::embed_tokens_backward(shape, from, to, [token, registers], places)
}

/// The operands, then those of `more`, which are empty where they are none.
fn with(
    memory: &mut Memory,
    operands: [BufferId; 3],
    more: [Option<BufferId>; 2],
) -> [&mut [f32]; 5] {
    let all = operands.map(Some).into_iter().chain(more);
    let wanted: Vec<BufferId> = all.clone().flatten().collect();
    let mut slices = memory.many(&wanted).into_iter();
    let mut found = all.map(|id| id.and_then(|_| slices.next()).unwrap_or_default());
    [(); 5].map(|()| found.next().unwrap_or_default())
}
