//! Linear layers on vectors.

use engine::BufferId;

use super::builder::{Builder, THREADS};
use super::launch::{Argument, int};

/// Images and outputs of one warp of the forward pass.
const WARP: usize = 4;
/// Images of one thread of the input's gradient, and outputs of one of the weight's.
const IMAGES: usize = 8;
const OUTS: usize = 4;

/// `y = x wᵀ + bias`
pub fn linear(b: &mut Builder<'_>, x: BufferId, w: BufferId, bias: BufferId, y: BufferId) {
    let [batch, into, out] = extents(b, x, y);
    let kernel = variant(b, y, "linear", "linear_float");
    let grid = [out.div_ceil(8 * WARP), batch.div_ceil(WARP)];
    let operands = vec![b.of(x), b.of(w), b.of(bias), b.of(y)];
    launch(b, kernel, grid, operands, [batch, into, out]);
}

/// `dx = dy w`
pub fn linear_input_gradient(b: &mut Builder<'_>, w: BufferId, dy: BufferId, dx: BufferId) {
    let [batch, into, out] = extents(b, dx, dy);
    let kernel = variant(
        b,
        dy,
        "linear_input_gradient",
        "linear_input_gradient_float",
    );
    let grid = [into.div_ceil(64), batch.div_ceil(IMAGES)];
    let operands = vec![b.of(w), b.of(dy), b.of(dx)];
    launch(b, kernel, grid, operands, [batch, into, out]);
}

/// `dw = dyᵀ x`
pub fn linear_weight_gradient(b: &mut Builder<'_>, x: BufferId, dy: BufferId, dw: BufferId) {
    let [batch, into, out] = extents(b, x, dy);
    let kernel = variant(
        b,
        dy,
        "linear_weight_gradient",
        "linear_weight_gradient_float",
    );
    let grid = [into.div_ceil(THREADS), out.div_ceil(OUTS)];
    let operands = vec![b.of(x), b.of(dy), b.of(dw)];
    launch(b, kernel, grid, operands, [batch, into, out]);
}

/// Images, numbers of `x` and numbers of `y` of each.
fn extents(b: &Builder<'_>, x: BufferId, y: BufferId) -> [usize; 3] {
    let batch = b.map(x).batch;
    let [into, out] = [x, y].map(|id| b.program.buffer(id).len() / batch);
    [batch, into, out]
}

fn variant(
    b: &Builder<'_>,
    y: BufferId,
    of_maps: &'static str,
    of_floats: &'static str,
) -> &'static str {
    if b.is_float(y) { of_floats } else { of_maps }
}

fn launch(
    b: &mut Builder<'_>,
    kernel: &'static str,
    grid: [usize; 2],
    mut arguments: Vec<Argument>,
    extents: [usize; 3],
) {
    arguments.extend(extents.map(int));
    b.launch(kernel, grid.map(|blocks| blocks as u32), arguments);
}
