//! Maximum and mean of windows and of whole maps.

use engine::BufferId;
use kernels::{MapShape, PoolShape};

use super::builder::{BLOCKS, Builder};
use super::launch::{Argument, Place, int};
use super::tile::{Tile, both};

/// A pool as kernels take it: extents before and after, and what windows are.
pub(super) fn pool_arguments(pool: &PoolShape) -> [Argument; 10] {
    let [height, width] = pool.output();
    let pairs = [
        [pool.map.height, pool.map.width],
        [height, width],
        pool.kernel,
        pool.stride,
        pool.padding,
    ];
    let of = |place: usize| int(pairs[place / 2][place % 2]);
    std::array::from_fn(of)
}

/// Launches what works on every pixel of `rows` for itself: the input's, or the output's, which are
/// windows.
pub(super) fn launch_windows(
    b: &mut Builder,
    kernel: [&'static str; 2],
    pool: &PoolShape,
    rows: &MapShape,
    arguments: &[Argument],
) {
    let tile = Tile::new(b, rows.values_per_channel(), rows.channels);
    let extents = tile.extents();
    let arguments = [arguments, &extents, &pool_arguments(pool)].concat();
    // A thread's windows are far more work than its channels.
    let parts = tile.parts(1, 2 * BLOCKS);
    tile.launch(b, kernel, parts, arguments);
}

/// Maximum of windows, and which pixel of each it is.
pub fn max_pool(b: &mut Builder, pool: &PoolShape, x: BufferId, places: BufferId, y: BufferId) {
    let arguments = [x, places, y].map(|id| b.of(id));
    launch_windows(b, both!("max_pool"), pool, &pool.output_map(), &arguments);
}

/// Every pixel asks the windows around it.
pub fn max_pool_gradient(
    b: &mut Builder,
    pool: &PoolShape,
    places: BufferId,
    dy: BufferId,
    dx: BufferId,
) {
    let arguments = [places, dy, dx].map(|id| b.of(id));
    launch_windows(b, both!("max_pool_gradient"), pool, &pool.map, &arguments);
}

/// Mean of windows.
pub fn average_pool(b: &mut Builder, pool: &PoolShape, x: BufferId, y: BufferId) {
    let arguments = [x, y].map(|id| b.of(id));
    launch_windows(
        b,
        both!("average_pool"),
        pool,
        &pool.output_map(),
        &arguments,
    );
}

/// Every pixel asks the windows around it.
pub fn average_pool_gradient(b: &mut Builder, pool: &PoolShape, dy: BufferId, dx: BufferId) {
    let arguments = [dy, dx].map(|id| b.of(id));
    launch_windows(
        b,
        both!("average_pool_gradient"),
        pool,
        &pool.map,
        &arguments,
    );
}

/// Sums over the pixels of each image, of `x` or of `x dy`, times `factor`.
pub(super) fn image_sums(
    b: &mut Builder,
    x: BufferId,
    dy: Option<BufferId>,
    factor: f32,
    to: BufferId,
) {
    let map = b.map(x);
    let tile = Tile::narrow(b, map.plane(), map.channels);
    let dy = dy.map_or(Argument::At(Place::Nowhere), |id| b.of(id));
    let operands = [b.of(x), dy, b.of(to), Argument::Float(factor)];
    let arguments = [&operands[..], &tile.extents()].concat();
    tile.launch(b, both!("image_sums"), map.batch, arguments);
}

/// The mean of each map.
pub fn global_average(b: &mut Builder, x: BufferId, y: BufferId) {
    let factor = 1.0 / b.map(x).plane() as f32;
    image_sums(b, x, None, factor, y);
}

/// Its share for every pixel.
pub fn global_average_gradient(b: &mut Builder, dy: BufferId, dx: BufferId) {
    let map = b.map(dx);
    let tile = Tile::new(b, map.values_per_channel(), map.channels);
    let plane = map.plane();
    let factor = Argument::Float(1.0 / plane as f32);
    let arguments = [b.of(dy), b.of(dx), factor, int(plane)];
    tile.launch_each(b, both!("spread_over_pixels"), &arguments);
}
