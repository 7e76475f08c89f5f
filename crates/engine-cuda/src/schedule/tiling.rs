//! The numbers of a map in the order of its tiles, and back.

use engine::BufferId;
use kernels::{Tiling, Windows};

use super::builder::Builder;
use super::launch::{Argument, int};
use super::tile::{Tile, both};

/// Tiles `y` of a map `x`.
pub fn tile(b: &mut Builder, tiling: &Tiling, x: BufferId, y: BufferId) {
    let [map, tiles] = [b.map(x), b.map(y)];
    let (kernel, extents) = match tiling {
        Tiling::Windows(windows) => (both!("to_windows"), of_windows(windows)),
        Tiling::Patches => (
            both!("merge_patches"),
            [map.height, map.width].map(int).to_vec(),
        ),
    };
    let parts = tiles.channels / map.channels;
    let tile = Tile::new(b, tiles.values_per_channel() * parts, map.channels);
    let maps = [b.of(x), b.of(y)];
    tile.launch_each(b, kernel, &[&maps[..], &extents].concat());
}

/// The map `x` whose tiles are `y`.
pub fn untile(b: &mut Builder, tiling: &Tiling, y: BufferId, x: BufferId) {
    let map = b.map(x);
    let (kernel, extents) = match tiling {
        Tiling::Windows(windows) => (both!("from_windows"), of_windows(windows)),
        Tiling::Patches => (
            both!("part_patches"),
            [map.height, map.width].map(int).to_vec(),
        ),
    };
    let tile = Tile::new(b, map.values_per_channel(), map.channels);
    let maps = [b.of(y), b.of(x)];
    tile.launch_each(b, kernel, &[&maps[..], &extents].concat());
}

fn of_windows(windows: &Windows) -> Vec<Argument> {
    let [down, right] = windows.grid();
    let sides = [windows.height, windows.width, windows.edge];
    [&sides[..], &[down, right, windows.shift]]
        .concat()
        .into_iter()
        .map(int)
        .collect()
}
