//! What every kernel of a convolution is told.

use engine::BufferId;
use kernels::ConvShape;

use super::builder::Builder;
use super::launch::{Argument, int};
use super::packed::Order;

/// The parameters `GEOMETRY` of kernels: of the convolution or, in the backward order, of the
/// gradient of what it reads. `tiles` are those along the pixels and along the channels.
pub(super) fn geometry(
    shape: &ConvShape,
    order: Order,
    tiles: [usize; 2],
    parts: usize,
) -> Vec<Argument> {
    let input = ([shape.height, shape.width], shape.channels_in);
    let output = (shape.output(), shape.channels_out);
    let (from, to) = match order {
        Order::Forward => (input, output),
        Order::Backward => (output, input),
    };
    let counts = [
        [shape.batch, from.0[0]],
        [from.0[1], to.0[0]],
        [to.0[1], shape.groups],
        [from.1, to.1].map(|channels| channels / shape.groups),
        shape.kernel,
        shape.stride,
        shape.padding,
        shape.dilation,
        [usize::from(order == Order::Backward), tiles[0]],
        [tiles[1], parts],
    ];
    counts.into_iter().flatten().map(int).collect()
}

/// Adds up `parts` of the gradient of a weight.
pub(super) fn add_weight_parts(
    b: &mut Builder<'_>,
    shape: &ConvShape,
    partial: Argument,
    parts: usize,
    dw: BufferId,
) {
    let arguments = vec![
        partial,
        b.of(dw),
        int(parts),
        int(shape.channels_out),
        int(shape.kernel[0] * shape.kernel[1]),
        int(shape.channels_in / shape.groups),
    ];
    let grid = [shape.weight_len().div_ceil(32) as u32, 1];
    b.launch("add_weight_parts", grid, arguments);
}
