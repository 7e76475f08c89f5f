//! Sequences of tokens: maps of one column.

use kernels::MapShape;

use super::backward::Backward;
use super::builder::Builder;
use crate::program::{BufferId, Instruction};

/// Pixels as tokens after a class token, with positions added; the paths are those of the class
/// token and the positions.
pub(super) fn embed(
    builder: &mut Builder,
    paths: [&str; 2],
    x: BufferId,
    output: MapShape,
) -> BufferId {
    let (features, tokens) = (output.channels, output.height);
    let class_token = builder.tensor(paths[0], &[1, 1, features]);
    let positions = builder.tensor(paths[1], &[1, tokens, features]);
    let y = builder.map(output);
    builder.push(Instruction::Embed {
        x,
        class_token,
        positions,
        y,
    });
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

pub(super) fn embed_gradient(of: &mut Backward, [x, class_token, positions, y]: [BufferId; 4]) {
    let Some(dy) = of.gradient(y) else { return };
    let [dx, dclass_token, dpositions] =
        [x, class_token, positions].map(|source| of.new_gradient(source));
    of.push(Instruction::EmbedGradient {
        dy,
        dx,
        dclass_token,
        dpositions,
    });
    of.found(class_token, dclass_token);
    of.found(positions, dpositions);
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

pub(super) fn first_token_gradient(of: &mut Backward, [x, y]: [BufferId; 2]) {
    if let Some(dy) = of.gradient(y) {
        let dx = of.new_gradient(x);
        of.push(Instruction::FirstTokenGradient { dy, dx });
        of.found(x, dx);
    }
}
