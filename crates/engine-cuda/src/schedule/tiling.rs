//! The numbers of a map in the order of its tiles, and back.

use engine::BufferId;
use kernels::{MapShape, Tiling};

use super::builder::Builder;
use super::launch::{Argument, int};
use super::tile::{Tile, both};

/// Tiles `y` of a map `x`.
pub fn tile(b: &mut Builder, tiling: &Tiling, x: BufferId, y: BufferId) {
    let [map, tiles] = [b.map(x), b.map(y)];
    let kernel = match tiling {
        Tiling::Windows(_) => both!("to_windows"),
        Tiling::Patches => both!("merge_patches"),
    };
    let parts = tiles.channels / map.channels;
    let tile = Tile::new(b, tiles.values_per_channel() * parts, map.channels);
    let maps = [b.of(x), b.of(y)];
    tile.launch_each(b, kernel, &[&maps[..], &extents(tiling, &map)].concat());
}

/// The map `x` whose tiles are `y`.
pub fn untile(b: &mut Builder, tiling: &Tiling, y: BufferId, x: BufferId) {
    let map = b.map(x);
    let kernel = match tiling {
        Tiling::Windows(_) => both!("from_windows"),
        Tiling::Patches => both!("part_patches"),
    };
    let tile = Tile::new(b, map.values_per_channel(), map.channels);
    let maps = [b.of(y), b.of(x)];
    tile.launch_each(b, kernel, &[&maps[..], &extents(tiling, &map)].concat());
}

/// What kernels are told of a map and of how it is cut.
fn extents(tiling: &Tiling, map: &MapShape) -> Vec<Argument> {
    let mut extents = vec![map.height, map.width];
    if let Tiling::Windows(windows) = tiling {
        let [down, right] = windows.grid();
        extents.extend([windows.edge, down, right, windows.shift]);
    }
    extents.into_iter().map(int).collect()
}
