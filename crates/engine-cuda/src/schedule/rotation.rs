//! Positions of patches as rotations.

use std::f32::consts::TAU;

use engine::BufferId;
use kernels::Rotation;

use super::builder::Builder;
use super::launch::{Argument, int};

/// Queries and keys turned by the places of their patches; values as they are.
pub fn rotate(b: &mut Builder, rotation: &Rotation, x: BufferId, y: BufferId) {
    let map = b.map(x);
    let features = map.channels / 3 / rotation.heads;
    let side = if rotation.is_back { -TAU } else { TAU };
    let extents = [
        rotation.heads,
        features,
        rotation.first,
        map.plane(),
        rotation.height,
        rotation.width,
    ];
    let rows = map.values_per_channel();
    let maps = [b.of(x), b.of(y)];
    let last = [Argument::Float(side), int(rows)];
    let arguments = [&maps[..], &extents.map(int), &last].concat();
    b.launch(
        "rotate",
        Builder::blocks(rows * map.channels / 2),
        arguments,
    );
}
