//! Batch norm: one pass over a map for its statistics and one for the line; backward, one for the
//! sums and one for the gradient of the map. Where a channel has few values, one launch does both.

mod gradient;
mod pooled;

pub use gradient::{batch_norm_add_gradient, batch_norm_gradient};
pub use pooled::{batch_norm_pool, batch_norm_pool_gradient};

use engine::BufferId;

use super::builder::Builder;
use super::launch::{Argument, Place, flag, int};
use super::tile::{Tile, both};

/// Values of a channel up to which one block has all of them.
const WHOLE: usize = 2048;
/// No operand.
const NONE: Argument = Argument::At(Place::Nowhere);

/// The map `x` as blocks share it, and whether each has all rows of its channels.
fn tile(b: &Builder, x: BufferId) -> (Tile, bool) {
    let map = b.map(x);
    let rows = map.values_per_channel();
    match rows <= WHOLE {
        true => (Tile::narrow(b, rows, map.channels), true),
        false => (Tile::new(b, rows, map.channels), false),
    }
}

/// Statistics of the batch, `[4, channels]`: the moments of parts, then all together.
fn statistics(b: &mut Builder, tile: &Tile, epsilon: f32, x: BufferId, statistics: BufferId) {
    let parts = tile.sum_parts();
    let bytes = parts * tile.channels() * size_of::<f32>();
    let moments = [b.scratch(bytes), b.scratch(bytes)];
    let extents = tile.extents();
    let arguments = [&[b.of(x)], &moments[..], &extents].concat();
    tile.launch(b, both!("batch_norm_moments"), parts, arguments);
    let [rows, channels, _] = extents;
    let arguments = vec![
        moments[0],
        moments[1],
        b.of(statistics),
        Argument::Float(epsilon),
        int(parts),
        rows,
        channels,
    ];
    let blocks = tile.channels().div_ceil(8);
    b.launch("batch_norm_statistics", [blocks as u32, 1], arguments);
}

/// What a norm reads and writes: `x`, `gamma`, `beta`, statistics and `y`.
struct Norm {
    relu: bool,
    operands: [BufferId; 5],
    /// Added before the ReLU.
    residual: Option<BufferId>,
}

impl Norm {
    fn residual(&self, b: &Builder) -> Argument {
        self.residual.map_or(NONE, |id| b.of(id))
    }

    fn with_statistics(&self, b: &mut Builder, epsilon: f32) {
        let [x, gamma, beta, of, y] = self.operands;
        let (tile, is_whole) = tile(b, x);
        if !is_whole {
            statistics(b, &tile, epsilon, x, of);
            return self.apply(b, &tile);
        }
        let arguments = [
            b.of(x),
            b.of(gamma),
            b.of(beta),
            self.residual(b),
            b.of(of),
            b.of(y),
            Argument::Float(epsilon),
            flag(self.relu),
        ];
        let arguments = [&arguments[..], &tile.extents()].concat();
        tile.launch(b, both!("batch_norm_whole"), 1, arguments);
    }

    fn again(&self, b: &mut Builder) {
        let map = b.map(self.operands[0]);
        let tile = Tile::new(b, map.values_per_channel(), map.channels);
        self.apply(b, &tile);
    }

    fn apply(&self, b: &mut Builder, tile: &Tile) {
        let [x, gamma, beta, statistics, y] = self.operands.map(|id| b.of(id));
        let residual = self.residual(b);
        let relu = flag(self.relu);
        let arguments = [x, gamma, beta, statistics, residual, y, relu];
        tile.launch_each(b, both!("batch_norm_apply"), &arguments);
    }
}

/// Statistics, then the line, then ReLU if `relu`.
pub fn batch_norm(
    b: &mut Builder,
    epsilon: f32,
    relu: bool,
    x: BufferId,
    gamma: BufferId,
    beta: BufferId,
    statistics: BufferId,
    y: BufferId,
) {
    let norm = Norm {
        relu,
        operands: [x, gamma, beta, statistics, y],
        residual: None,
    };
    norm.with_statistics(b, epsilon);
}

/// The line again, from its statistics.
pub fn batch_norm_again(
    b: &mut Builder,
    relu: bool,
    x: BufferId,
    gamma: BufferId,
    beta: BufferId,
    statistics: BufferId,
    y: BufferId,
) {
    let norm = Norm {
        relu,
        operands: [x, gamma, beta, statistics, y],
        residual: None,
    };
    norm.again(b);
}

/// Statistics, then the line and the residual, then ReLU.
pub fn batch_norm_add(
    b: &mut Builder,
    epsilon: f32,
    x: BufferId,
    gamma: BufferId,
    beta: BufferId,
    residual: BufferId,
    statistics: BufferId,
    y: BufferId,
) {
    let norm = Norm {
        relu: true,
        operands: [x, gamma, beta, statistics, y],
        residual: Some(residual),
    };
    norm.with_statistics(b, epsilon);
}

/// The line, the residual and ReLU again, from the statistics.
pub fn batch_norm_add_again(
    b: &mut Builder,
    x: BufferId,
    gamma: BufferId,
    beta: BufferId,
    residual: BufferId,
    statistics: BufferId,
    y: BufferId,
) {
    let norm = Norm {
        relu: true,
        operands: [x, gamma, beta, statistics, y],
        residual: Some(residual),
    };
    norm.again(b);
}
