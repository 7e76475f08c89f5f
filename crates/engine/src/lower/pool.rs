//! Maximum and mean over windows and over whole maps.

use kernels::{MapShape, PoolShape};
use networks::PoolGeometry;

use super::backward::Backward;
use super::builder::Builder;
use crate::program::{BufferId, Instruction};

pub(super) fn maximum(
    builder: &mut Builder,
    geometry: &PoolGeometry,
    x: BufferId,
    output: MapShape,
) -> BufferId {
    let pool = over(builder, geometry, x);
    let y = builder.map(output);
    let places = builder.places(y);
    builder.push(Instruction::MaxPool { pool, x, places, y });
    y
}

pub(super) fn average(
    builder: &mut Builder,
    geometry: &PoolGeometry,
    x: BufferId,
    output: MapShape,
) -> BufferId {
    let pool = over(builder, geometry, x);
    let y = builder.map(output);
    builder.push(Instruction::AveragePool { pool, x, y });
    y
}

pub(super) fn global_average(builder: &mut Builder, x: BufferId, output: MapShape) -> BufferId {
    let y = builder.map(output);
    builder.push(Instruction::GlobalAverage { x, y });
    y
}

pub(super) fn maximum_gradient(of: &mut Backward, pool: PoolShape, [x, places, y]: [BufferId; 3]) {
    if let Some(dy) = of.gradient(y) {
        let dx = of.new_gradient(x);
        of.push(Instruction::MaxPoolGradient {
            pool,
            places,
            dy,
            dx,
        });
        of.found(x, dx);
    }
}

pub(super) fn average_gradient(of: &mut Backward, pool: PoolShape, [x, y]: [BufferId; 2]) {
    if let Some(dy) = of.gradient(y) {
        let dx = of.new_gradient(x);
        of.push(Instruction::AveragePoolGradient { pool, dy, dx });
        of.found(x, dx);
    }
}

pub(super) fn global_average_gradient(of: &mut Backward, [x, y]: [BufferId; 2]) {
    if let Some(dy) = of.gradient(y) {
        let dx = of.new_gradient(x);
        of.push(Instruction::GlobalAverageGradient { dy, dx });
        of.found(x, dx);
    }
}

/// The windows over a map.
fn over(builder: &Builder, geometry: &PoolGeometry, x: BufferId) -> PoolShape {
    PoolShape {
        map: builder.map_of(x),
        kernel: geometry.kernel,
        stride: geometry.stride,
        padding: geometry.padding,
        ceil_mode: geometry.ceil,
    }
}
