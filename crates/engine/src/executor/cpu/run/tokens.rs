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

/// From pixels, class token and positions, with or without registers.
pub(super) fn embed(
    memory: &mut Memory,
    shape: &MapShape,
    operands: [BufferId; 4],
    registers: Option<BufferId>,
) -> Result<(), ShapeError> {
    let [from, token, places, to, registers] = with(memory, operands, registers);
    kernels::embed_tokens(shape, from, [token, registers], places, to)
}

pub(super) fn embed_gradient(
    memory: &mut Memory,
    shape: &MapShape,
    operands: [BufferId; 4],
    registers: Option<BufferId>,
) -> Result<(), ShapeError> {
    let [from, to, token, places, registers] = with(memory, operands, registers);
    kernels::embed_tokens_backward(shape, from, to, [token, registers], places)
}

/// The operands, then the registers, which are empty where there are none.
fn with(
    memory: &mut Memory,
    operands: [BufferId; 4],
    registers: Option<BufferId>,
) -> [&mut [f32]; 5] {
    let wanted: Vec<BufferId> = operands.into_iter().chain(registers).collect();
    let mut slices = memory.many(&wanted).into_iter();
    [(); 5].map(|()| slices.next().unwrap_or_default())
}
