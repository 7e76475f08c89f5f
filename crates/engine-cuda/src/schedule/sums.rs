//! Sums over all pixels, channel by channel.

use super::builder::{BLOCKS, Builder};
use super::launch::{Argument, Place, int};
use super::tile::Tile;

/// Pixels that a thread adds up at least.
const EACH: usize = 8;

impl Tile {
    /// Parts of the rows that are added up by themselves.
    pub fn sum_parts(&self) -> usize {
        self.parts(EACH, BLOCKS / 2)
    }

    /// Sums into `to`, `[channels]` each: `launch` adds up every part by itself, as `[parts,
    /// channels]` into the places that it is given.
    pub fn sums<const COUNT: usize>(
        &self,
        b: &mut Builder,
        to: [Argument; COUNT],
        launch: impl FnOnce(&mut Builder, usize, [Argument; COUNT]),
    ) {
        const { assert!(COUNT == 1 || COUNT == 2) };
        let parts = self.sum_parts();
        if parts == 1 {
            return launch(b, 1, to);
        }
        let bytes = parts * self.channels() * size_of::<f32>();
        let by_part = to.map(|_| b.scratch(bytes));
        launch(b, parts, by_part);
        add_parts(b, by_part, to, parts, self.channels());
    }
}

/// Adds `[parts, channels]` up over parts, one matrix or two.
pub fn add_parts<const COUNT: usize>(
    b: &mut Builder,
    by_part: [Argument; COUNT],
    to: [Argument; COUNT],
    parts: usize,
    channels: usize,
) {
    let second = |of: [Argument; COUNT]| of.get(1).copied().unwrap_or(Argument::At(Place::Nowhere));
    let arguments = vec![
        by_part[0],
        second(by_part),
        to[0],
        second(to),
        int(parts),
        int(channels),
    ];
    let blocks = channels.div_ceil(8);
    b.launch("sum_parts", [blocks as u32, COUNT as u32], arguments);
}
