//! Moving numbers: borders of zeros, channels in reverse order.

use kernels::{Border, MapShape};
use networks::{Shape, same_border};

use super::backward::Backward;
use super::builder::Builder;
use crate::program::{BufferId, Instruction};

pub(super) fn reverse_channels(builder: &mut Builder, x: BufferId) -> BufferId {
    let y = builder.map_like(x);
    builder.push(Instruction::ReverseChannels { x, y });
    y
}

/// TensorFlow's `SAME` for a window that follows; nothing where it needs no zeros.
pub(super) fn pad_same(
    builder: &mut Builder,
    x: BufferId,
    kernel: [usize; 2],
    stride: [usize; 2],
    output: MapShape,
) -> BufferId {
    let map = builder.map_of(x);
    let shape = Shape {
        channels: map.channels,
        height: map.height,
        width: map.width,
    };
    let [top, bottom, left, right] = same_border(shape, kernel, stride);
    if [top, bottom, left, right] == [0; 4] {
        return x;
    }
    let border = Border {
        top,
        bottom,
        left,
        right,
    };
    let y = builder.map(output);
    builder.push(Instruction::Pad { border, x, y });
    y
}

pub(super) fn reverse_channels_gradient(of: &mut Backward, [x, y]: [BufferId; 2]) {
    if let Some(dy) = of.gradient(y) {
        let dx = of.new_gradient(x);
        of.push(Instruction::ReverseChannels { x: dy, y: dx });
        of.found(x, dx);
    }
}

/// The tokens of a sequence without the first `count`.
pub(super) fn without_first(
    builder: &mut Builder,
    x: BufferId,
    count: usize,
    output: MapShape,
) -> BufferId {
    let y = builder.map(output);
    let border = Border {
        top: count,
        bottom: 0,
        left: 0,
        right: 0,
    };
    builder.push(Instruction::Crop {
        border,
        dy: x,
        dx: y,
    });
    y
}

pub(super) fn crop_gradient(of: &mut Backward, border: Border, [x, y]: [BufferId; 2]) {
    if let Some(dy) = of.gradient(y) {
        let dx = of.new_gradient(x);
        of.push(Instruction::Pad {
            border,
            x: dy,
            y: dx,
        });
        of.found(x, dx);
    }
}

pub(super) fn pad_gradient(of: &mut Backward, border: Border, [x, y]: [BufferId; 2]) {
    if let Some(dy) = of.gradient(y) {
        let dx = of.new_gradient(x);
        of.push(Instruction::Crop { border, dy, dx });
        of.found(x, dx);
    }
}
