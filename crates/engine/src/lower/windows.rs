//! Windows of a map, attention within them, and pixels put together.

use kernels::{MapShape, Tiling, WindowAttention, Windows};

use super::backward::Backward;
use super::builder::Builder;
use crate::program::{BufferId, Instruction};

pub(super) fn of_layer(windows: &networks::Windows) -> Windows {
    let networks::Windows {
        height,
        width,
        edge,
        shift,
    } = *windows;
    Windows {
        height,
        width,
        edge,
        shift,
    }
}

pub(super) fn tile(
    builder: &mut Builder,
    tiling: Tiling,
    x: BufferId,
    output: MapShape,
) -> BufferId {
    let y = builder.map(output);
    builder.push(Instruction::Tile { tiling, x, y });
    y
}

pub(super) fn untile(
    builder: &mut Builder,
    tiling: Tiling,
    y: BufferId,
    output: MapShape,
) -> BufferId {
    let x = builder.map(output);
    builder.push(Instruction::Untile { tiling, y, x });
    x
}

pub(super) fn attention(
    builder: &mut Builder,
    layer: &networks::WindowAttention,
    qkv: BufferId,
    output: MapShape,
) -> BufferId {
    let networks::Attention { heads, features } = layer.attention;
    let table = builder.tensor(&layer.path, &[layer.places(), heads]);
    let y = builder.map(output);
    let attention = WindowAttention {
        batch: output.batch,
        heads,
        features: features / heads,
        windows: of_layer(&layer.windows),
    };
    builder.push(Instruction::WindowAttention {
        attention,
        qkv,
        table,
        y,
    });
    y
}

pub(super) fn tile_gradient(of: &mut Backward, tiling: Tiling, [x, y]: [BufferId; 2]) {
    if let Some(dy) = of.gradient(y) {
        let dx = of.new_gradient(x);
        of.push(Instruction::Untile {
            tiling,
            y: dy,
            x: dx,
        });
        of.found(x, dx);
    }
}

pub(super) fn untile_gradient(of: &mut Backward, tiling: Tiling, [y, x]: [BufferId; 2]) {
    if let Some(dx) = of.gradient(x) {
        let dy = of.new_gradient(y);
        of.push(Instruction::Tile {
            tiling,
            x: dx,
            y: dy,
        });
        of.found(y, dy);
    }
}

/// The probabilities are computed again from queries and keys.
pub(super) fn attention_gradient(
    of: &mut Backward,
    attention: WindowAttention,
    [qkv, table, y]: [BufferId; 3],
) {
    let Some(dy) = of.gradient(y) else { return };
    let again = of.map(qkv);
    let [dqkv, dtable] = [qkv, table].map(|source| of.new_gradient(source));
    of.push(Instruction::WindowAttentionGradient {
        attention,
        qkv: again,
        table,
        dy,
        dqkv,
        dtable,
    });
    of.found(table, dtable);
    of.found(qkv, dqkv);
}
