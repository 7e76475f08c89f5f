//! Batch norm, ReLU and the maximum of windows, the map between never stored.

use engine::BufferId;
use kernels::PoolShape;

use super::statistics as batch_statistics;
use crate::schedule::builder::Builder;
use crate::schedule::pool::{launch_windows, pool_arguments};
use crate::schedule::tile::{Tile, both};

/// Statistics, then the maxima of the line after ReLU.
pub fn batch_norm_pool(
    b: &mut Builder,
    epsilon: f32,
    pool: &PoolShape,
    x: BufferId,
    gamma: BufferId,
    beta: BufferId,
    statistics: BufferId,
    places: BufferId,
    y: BufferId,
) {
    let map = &pool.map;
    let tile = Tile::new(b, map.values_per_channel(), map.channels);
    batch_statistics(b, &tile, epsilon, x, statistics);
    let arguments = [x, gamma, beta, statistics, places, y].map(|id| b.of(id));
    let windows = &pool.output_map();
    launch_windows(b, both!("batch_norm_pool_apply"), pool, windows, &arguments);
}

/// Sums over windows, whose largest pixels are all that has a gradient; then the map pixel by pixel.
pub fn batch_norm_pool_gradient(
    b: &mut Builder,
    _epsilon: f32,
    pool: &PoolShape,
    x: BufferId,
    gamma: BufferId,
    beta: BufferId,
    statistics: BufferId,
    places: BufferId,
    dy: BufferId,
    dx: BufferId,
    dgamma: BufferId,
    dbeta: BufferId,
) {
    let windows = pool.output_map();
    let tile = Tile::new(b, windows.values_per_channel(), windows.channels);
    let line = [x, gamma, beta, statistics].map(|id| b.of(id));
    let [places, dy, dx] = [places, dy, dx].map(|id| b.of(id));
    let gradients = [dgamma, dbeta].map(|id| b.of(id));
    tile.sums(b, gradients, |b, parts, sums| {
        let extents = tile.extents();
        let arguments = [
            &line[..],
            &[places, dy],
            &sums,
            &extents,
            &pool_arguments(pool),
        ];
        let kernel = both!("batch_norm_pool_gradient_sums");
        tile.launch(b, kernel, parts, arguments.concat());
    });
    let arguments = [&line[..], &gradients, &[places, dy, dx]].concat();
    launch_windows(
        b,
        both!("batch_norm_pool_gradient_apply"),
        pool,
        &pool.map,
        &arguments,
    );
}
