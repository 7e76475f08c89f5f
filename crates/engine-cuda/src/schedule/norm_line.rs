//! Batch norm by given statistics: a line for every channel.

use engine::BufferId;

use super::builder::Builder;
use super::launch::{Argument, flag, int};
use super::tile::{Tile, both};

/// Scale and shift of every channel.
pub fn norm_line(
    b: &mut Builder,
    epsilon: f32,
    gamma: BufferId,
    beta: BufferId,
    mean: BufferId,
    variance: BufferId,
    line: BufferId,
) {
    let channels = b.program.buffer(gamma).len();
    let operands = [gamma, beta, mean, variance, line].map(|id| b.of(id));
    let numbers = [Argument::Float(epsilon), int(channels)];
    let arguments = [&operands[..], &numbers].concat();
    b.launch("norm_line", Builder::blocks(channels), arguments);
}

/// The line of a map, then ReLU if `relu`.
pub fn scale_shift(b: &mut Builder, relu: bool, x: BufferId, line: BufferId, y: BufferId) {
    let map = b.map(x);
    let tile = Tile::new(b, map.values_per_channel(), map.channels);
    let [x, line, y] = [x, line, y].map(|id| b.of(id));
    tile.launch_each(b, both!("scale_shift"), &[x, line, y, flag(relu)]);
}

/// The scale is the first row of the line.
pub fn scale_shift_input_gradient(b: &mut Builder, line: BufferId, dy: BufferId, dx: BufferId) {
    let map = b.map(dy);
    let tile = Tile::new(b, map.values_per_channel(), map.channels);
    let [line, dy, dx] = [line, dy, dx].map(|id| b.of(id));
    tile.launch_each(b, both!("scale_channels"), &[dy, line, dx]);
}

/// Gradients of gamma and beta.
pub fn norm_line_gradient(
    b: &mut Builder,
    epsilon: f32,
    x: BufferId,
    mean: BufferId,
    variance: BufferId,
    dy: BufferId,
    dgamma: BufferId,
    dbeta: BufferId,
) {
    let map = b.map(x);
    let tile = Tile::new(b, map.values_per_channel(), map.channels);
    let operands = [x, mean, variance, dy].map(|id| b.of(id));
    let gradients = [dgamma, dbeta].map(|id| b.of(id));
    tile.sums(b, gradients, |b, parts, sums| {
        let epsilon = [Argument::Float(epsilon)];
        let arguments = [&operands[..], &sums, &epsilon, &tile.extents()].concat();
        tile.launch(b, both!("norm_line_gradient_sums"), parts, arguments);
    });
}
