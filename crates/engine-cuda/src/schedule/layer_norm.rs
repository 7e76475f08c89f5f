//! Normalisation over the channels of every pixel.

use engine::BufferId;

use super::builder::{Builder, THREADS};
use super::launch::{Argument, int};
use super::tile::{Tile, both};

/// Threads of a warp.
const WARP: usize = 32;

/// Launches what works on every pixel of `x` for itself; extents follow the other arguments.
fn launch_pixels(b: &mut Builder, kernel: [&'static str; 2], x: BufferId, arguments: &[Argument]) {
    let map = b.map(x);
    let pixels = map.values_per_channel();
    let is_wide = b.is_wide(map.channels);
    let vectors = if is_wide {
        map.channels / b.maps.wide()
    } else {
        map.channels
    };
    // Of a pixel, so that they can add up among themselves.
    let lanes = vectors.next_power_of_two().min(WARP);
    let blocks = pixels.div_ceil(THREADS / lanes);
    let extents = [int(pixels), int(map.channels), int(lanes)];
    let arguments = [arguments, &extents].concat();
    b.launch(kernel[usize::from(is_wide)], [blocks as u32, 1], arguments);
}

/// A few threads a pixel.
pub fn layer_norm(
    b: &mut Builder,
    epsilon: f32,
    x: BufferId,
    gamma: BufferId,
    beta: BufferId,
    statistics: BufferId,
    y: BufferId,
) {
    let operands = [x, gamma, beta, statistics, y].map(|id| b.of(id));
    let arguments = [&operands[..], &[Argument::Float(epsilon)]].concat();
    launch_pixels(b, both!("layer_norm"), x, &arguments);
}

/// Sums over pixels for gamma and beta; then the map, a few threads a pixel.
pub fn layer_norm_gradient(
    b: &mut Builder,
    x: BufferId,
    gamma: BufferId,
    statistics: BufferId,
    dy: BufferId,
    dx: BufferId,
    dgamma: BufferId,
    dbeta: BufferId,
) {
    let map = b.map(x);
    let tile = Tile::new(b, map.values_per_channel(), map.channels);
    let operands = [x, statistics, dy].map(|id| b.of(id));
    let gradients = [dgamma, dbeta].map(|id| b.of(id));
    tile.sums(b, gradients, |b, parts, sums| {
        let arguments = [&operands[..], &sums, &tile.extents()].concat();
        tile.launch(b, both!("layer_norm_gradient_sums"), parts, arguments);
    });
    let operands = [x, gamma, statistics, dy, dx].map(|id| b.of(id));
    launch_pixels(b, both!("layer_norm_gradient"), x, &operands);
}
