//! Sequences of tokens: maps of one column.

use kernels::{MapShape, Rotation};
use networks::{Embed, RotaryPositions};

use super::backward::Backward;
use super::builder::Builder;
use crate::program::{BufferId, Instruction};

/// Pixels as tokens after a class token and registers, with positions added.
pub(super) fn embed(
    builder: &mut Builder,
    embed: &Embed,
    x: BufferId,
    output: MapShape,
) -> BufferId {
    let features = embed.features;
    let class_token = builder.tensor(&embed.class_token, &[1, 1, features]);
    let registers = embed.registers.as_ref();
    let registers = registers.map(|found| builder.tensor(&found.path, &[1, found.count, features]));
    let positions = embed.positions.as_ref();
    let positions = positions.map(|path| builder.tensor(path, &[1, embed.places(), features]));
    let y = builder.map(output);
    builder.push(Instruction::Embed {
        x,
        class_token,
        registers,
        positions,
        y,
    });
    y
}

/// Queries and keys turned by the places of their patches.
pub(super) fn rotate(builder: &mut Builder, positions: &RotaryPositions, x: BufferId) -> BufferId {
    let rotation = Rotation {
        heads: positions.heads,
        first: positions.first,
        height: positions.height,
        width: positions.width,
        is_back: false,
    };
    let y = builder.map_like(x);
    builder.push(Instruction::Rotate { rotation, x, y });
    y
}

pub(super) fn attention(
    builder: &mut Builder,
    heads: usize,
    qkv: BufferId,
    output: MapShape,
) -> BufferId {
    let y = builder.map(output);
    builder.push(Instruction::Attention { heads, qkv, y });
    y
}

pub(super) fn first_token(builder: &mut Builder, x: BufferId, output: MapShape) -> BufferId {
    let y = builder.map(output);
    builder.push(Instruction::FirstToken { x, y });
    y
}

pub(super) fn embed_gradient(
    of: &mut Backward,
    [x, class_token, y]: [BufferId; 3],
    [registers, positions]: [Option<BufferId>; 2],
) {
    let Some(dy) = of.gradient(y) else { return };
    let [dx, dclass_token] = [x, class_token].map(|source| of.new_gradient(source));
    let [dregisters, dpositions] =
        [registers, positions].map(|source| Some(of.new_gradient(source?)));
    of.push(Instruction::EmbedGradient {
        dy,
        dx,
        dclass_token,
        dregisters,
        dpositions,
    });
    of.found(class_token, dclass_token);
    for (source, found) in [(registers, dregisters), (positions, dpositions)] {
        if let (Some(source), Some(found)) = (source, found) {
            of.found(source, found);
        }
    }
    of.found(x, dx);
}

/// The probabilities are computed again from queries and keys.
pub(super) fn attention_gradient(of: &mut Backward, heads: usize, [qkv, y]: [BufferId; 2]) {
    let Some(dy) = of.gradient(y) else { return };
    let again = of.map(qkv);
    let dqkv = of.new_gradient(qkv);
    of.push(Instruction::AttentionGradient {
        heads,
        qkv: again,
        dy,
        dqkv,
    });
    of.found(qkv, dqkv);
}

pub(super) fn rotate_gradient(of: &mut Backward, rotation: Rotation, [x, y]: [BufferId; 2]) {
    if let Some(dy) = of.gradient(y) {
        let dx = of.new_gradient(x);
        of.push(Instruction::Rotate {
            rotation: rotation.reversed(),
            x: dy,
            y: dx,
        });
        of.found(x, dx);
    }
}

pub(super) fn first_token_gradient(of: &mut Backward, [x, y]: [BufferId; 2]) {
    if let Some(dy) = of.gradient(y) {
        let dx = of.new_gradient(x);
        of.push(Instruction::FirstTokenGradient { dy, dx });
        of.found(x, dx);
    }
}
