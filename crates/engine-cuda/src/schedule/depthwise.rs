//! Convolutions of single channels.

use engine::BufferId;
use kernels::ConvShape;

use super::builder::{BLOCKS, Builder};
use super::geometry::{add_weight_parts, geometry};
use super::launch::Argument;
use super::packed::Order;

/// Channels of one block.
const LANES: usize = 64;
/// Taps whose sums a thread of the weight's gradient keeps at once.
const TAPS: usize = 9;
/// Pixels that are summed by one block at least.
const LEAST: usize = 128;

/// Whether each channel of the input has a kernel of its own, or several.
pub(super) fn is_meant(shape: &ConvShape) -> bool {
    shape.groups > 1 && shape.groups == shape.channels_in
}

pub(super) fn conv(b: &mut Builder<'_>, shape: &ConvShape, x: BufferId, w: BufferId, y: BufferId) {
    let is_wide = is_wide(b, shape);
    let kernel = if is_wide {
        "depthwise_wide"
    } else {
        "depthwise"
    };
    let [height, width] = shape.output();
    let pixels = shape.batch * height * width;
    let grid = grid(b, pixels, shape.channels_out, is_wide);
    let arguments = arguments(shape, Order::Forward, [b.of(x), b.of(w), b.of(y)], 1);
    b.launch(kernel, grid, arguments);
}

pub(super) fn conv_input_gradient(
    b: &mut Builder<'_>,
    shape: &ConvShape,
    w: BufferId,
    dy: BufferId,
    dx: BufferId,
) {
    let is_wide = is_wide(b, shape);
    let kernel = match is_wide {
        true => "depthwise_input_gradient_wide",
        false => "depthwise_input_gradient",
    };
    let pixels = shape.batch * shape.height * shape.width;
    let grid = grid(b, pixels, shape.channels_in, is_wide);
    let arguments = arguments(shape, Order::Backward, [b.of(dy), b.of(w), b.of(dx)], 1);
    b.launch(kernel, grid, arguments);
}

pub(super) fn conv_weight_gradient(
    b: &mut Builder<'_>,
    shape: &ConvShape,
    x: BufferId,
    dy: BufferId,
    dw: BufferId,
) {
    let [height, width] = shape.output();
    let pixels = shape.batch * height * width;
    let taps = shape.kernel[0] * shape.kernel[1];
    let tiles = shape.channels_out.div_ceil(LANES) * taps.div_ceil(TAPS);
    let parts = (BLOCKS / tiles).min(pixels / LEAST).max(1);
    let partial = b.scratch(parts * shape.weight_len() * 4);
    let arguments = arguments(shape, Order::Forward, [b.of(x), b.of(dy), partial], parts);
    b.launch(
        "depthwise_weight_gradient",
        [parts as u32, tiles as u32],
        arguments,
    );
    add_weight_parts(b, shape, partial, parts, dw);
}

/// Whether a wide load is of channels with one output each.
fn is_wide(b: &Builder<'_>, shape: &ConvShape) -> bool {
    shape.channels_out == shape.groups && b.is_wide(shape.groups)
}

/// One pixel a thread, up to a limit, and tiles of channels.
fn grid(b: &Builder<'_>, pixels: usize, channels: usize, is_wide: bool) -> [u32; 2] {
    let at_once = if is_wide { 4 * b.maps.wide() } else { 4 };
    let tiles = channels.div_ceil(LANES);
    let most = (16 * BLOCKS).div_ceil(tiles);
    [pixels.div_ceil(at_once).min(most) as u32, tiles as u32]
}

fn arguments(
    shape: &ConvShape,
    order: Order,
    operands: [Argument; 3],
    parts: usize,
) -> Vec<Argument> {
    let mut arguments = operands.to_vec();
    arguments.extend(geometry(shape, order, [1, 1], parts));
    arguments
}
