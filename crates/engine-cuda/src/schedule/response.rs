//! Global response normalisation, as far as it is not a scale and a shift.

use engine::BufferId;

use super::builder::Builder;
use super::launch::{Argument, int};
use super::tile::{Tile, both};

/// Norms of maps, then factors from those of an image.
pub fn response_factors(b: &mut Builder, epsilon: f32, [x, gamma, norms, factors]: [BufferId; 4]) {
    let map = b.map(x);
    let tile = Tile::narrow(b, map.plane(), map.channels);
    let maps = [b.of(x), b.of(norms)];
    let arguments = [&maps[..], &tile.extents()].concat();
    tile.launch(b, both!("map_norms"), map.batch, arguments);
    let operands = [norms, gamma, factors].map(|id| b.of(id));
    let numbers = [Argument::Float(epsilon), int(map.channels)];
    let arguments = [&operands[..], &numbers].concat();
    b.launch("response_factors", [map.batch as u32, 1], arguments);
}

/// Slopes of maps, and the sum over images for gamma.
pub fn response_factors_gradient(
    b: &mut Builder,
    epsilon: f32,
    [gamma, norms, dfactors, slopes, dgamma]: [BufferId; 5],
) {
    let channels = b.program.buffer(gamma).len();
    let numbers = b.program.buffer(norms).len();
    let images = numbers / channels;
    let parts = b.scratch(numbers * size_of::<f32>());
    let operands = [norms, gamma, dfactors, slopes].map(|id| b.of(id));
    let last = [parts, Argument::Float(epsilon), int(channels)];
    let arguments = [&operands[..], &last].concat();
    b.launch("response_factors_gradient", [images as u32, 1], arguments);
    let arguments = vec![parts, b.of(dgamma), int(images), int(channels)];
    let blocks = Builder::blocks(channels);
    b.launch("column_sums_float", blocks, arguments);
}
