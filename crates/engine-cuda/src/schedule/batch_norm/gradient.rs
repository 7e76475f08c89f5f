//! Gradients of batch norm over whole maps.

use engine::BufferId;

use super::{NONE, tile};
use crate::schedule::builder::Builder;
use crate::schedule::launch::{Argument, flag};
use crate::schedule::tile::both;

/// What both gradients read and write. `y` and `passed` are those of a sum with ReLU, whose
/// gradient passes where `y` is positive; else they are no operands.
struct Gradient {
    relu: bool,
    x: BufferId,
    gamma: Argument,
    beta: Argument,
    statistics: Argument,
    y: Argument,
    passed: Argument,
    dy: Argument,
    dx: Argument,
    dgamma: Argument,
    dbeta: Argument,
}

impl Gradient {
    fn schedule(self, b: &mut Builder) {
        let (tile, is_whole) = tile(b, self.x);
        let x = b.of(self.x);
        let line = [x, self.gamma, self.beta, self.statistics];
        let [gated, sums, relu] = [
            [self.y, self.dy, self.passed],
            [self.dx, self.dgamma, self.dbeta],
            [flag(self.relu); 3],
        ];
        let extents = tile.extents();
        if is_whole {
            let arguments = [&line[..], &gated, &sums, &relu[..1], &extents].concat();
            return tile.launch(b, both!("batch_norm_gradient_whole"), 1, arguments);
        }
        tile.sums(b, [self.dgamma, self.dbeta], |b, parts, sums| {
            let arguments = [&line[..], &gated, &sums, &relu[..1], &extents].concat();
            tile.launch(b, both!("batch_norm_gradient_sums"), parts, arguments);
        });
        let dy = match self.passed {
            NONE => self.dy,
            passed => passed,
        };
        let maps = [self.dgamma, self.dbeta, dy, self.dx];
        let arguments = [&line[..], &maps, &relu[..1]].concat();
        tile.launch_each(b, both!("batch_norm_gradient_apply"), &arguments);
    }
}

/// Where the ReLU let values through is worked out again.
pub fn batch_norm_gradient(
    b: &mut Builder,
    relu: bool,
    x: BufferId,
    gamma: BufferId,
    beta: BufferId,
    statistics: BufferId,
    dy: BufferId,
    dx: BufferId,
    dgamma: BufferId,
    dbeta: BufferId,
) {
    let gradient = Gradient {
        relu,
        x,
        gamma: b.of(gamma),
        beta: b.of(beta),
        statistics: b.of(statistics),
        y: NONE,
        passed: NONE,
        dy: b.of(dy),
        dx: b.of(dx),
        dgamma: b.of(dgamma),
        dbeta: b.of(dbeta),
    };
    gradient.schedule(b);
}

/// The first pass writes `dresidual`, the second reads it instead of `y` and `dy`.
pub fn batch_norm_add_gradient(
    b: &mut Builder,
    x: BufferId,
    gamma: BufferId,
    statistics: BufferId,
    y: BufferId,
    dy: BufferId,
    dx: BufferId,
    dresidual: BufferId,
    dgamma: BufferId,
    dbeta: BufferId,
) {
    let gradient = Gradient {
        relu: false,
        x,
        gamma: b.of(gamma),
        beta: NONE,
        statistics: b.of(statistics),
        y: b.of(y),
        passed: b.of(dresidual),
        dy: b.of(dy),
        dx: b.of(dx),
        dgamma: b.of(dgamma),
        dbeta: b.of(dbeta),
    };
    gradient.schedule(b);
}
