//! Average pooling.

use std::ops::Range;

use rayon::prelude::*;

use super::shape::PoolShape;
use super::slide::{Slide, slide_plane};
use crate::error::{ShapeError, check_len};
use crate::isa::Isa;
use crate::map::MapShape;
use crate::reduce::sum;
use crate::scratch::{Demand, Scratch};

/// The pixels of window `index` along one axis that lie inside the map, and the
/// window's length with padding (which ends where the far padding ends).
fn extent(pool: &PoolShape, axis: usize, index: usize) -> (Range<usize>, usize) {
    let size = [pool.map.height, pool.map.width][axis];
    let padding = pool.padding[axis];
    let start = index * pool.stride[axis];
    let end = (start + pool.kernel[axis]).min(size + 2 * padding);
    let inside = start.saturating_sub(padding)..end.saturating_sub(padding).min(size);
    (inside, end - start)
}

/// What the sum over each window of a plane is multiplied by.
fn factors(pool: &PoolShape, count_padding: bool) -> Vec<f32> {
    let [rows, columns] = pool.output();
    let along = |axis: usize, windows: usize| -> Vec<usize> {
        (0..windows)
            .map(|index| match (extent(pool, axis, index), count_padding) {
                ((_, len), true) => len,
                ((inside, _), false) => inside.len(),
            })
            .collect()
    };
    let (down, across) = (along(0, rows), along(1, columns));
    down.iter()
        .flat_map(|down| across.iter().map(move |across| down * across))
        .map(|pixels| 1.0 / pixels.max(1) as f32)
        .collect()
}

/// The windows of a plane.
fn forward_slide(pool: &PoolShape) -> Slide {
    let [rows, columns] = pool.output();
    Slide {
        width: pool.map.width,
        lead: pool.padding[1],
        spread: 1,
        taps: pool.kernel[1],
        step: pool.stride[1],
        columns,
        rows: (0..rows).map(|row| extent(pool, 0, row).0).collect(),
    }
}

/// The windows that hold each pixel.
fn backward_slide(pool: &PoolShape) -> Slide {
    let [rows, columns] = pool.output();
    // The windows that hold a row: those that end after it and begin before.
    let holding = |row: usize| {
        let last = row + pool.padding[0];
        let first = (last + 1).saturating_sub(pool.kernel[0]);
        first.div_ceil(pool.stride[0])..(last / pool.stride[0] + 1).min(rows)
    };
    Slide {
        width: columns,
        lead: pool.kernel[1] - 1 - pool.padding[1],
        spread: pool.stride[1],
        taps: pool.kernel[1],
        step: 1,
        columns: pool.map.width,
        rows: (0..pool.map.height).map(holding).collect(),
    }
}

/// What [`average_pool_forward`] takes on `threads` threads.
pub fn average_pool_demand(pool: &PoolShape, threads: usize) -> Demand {
    let planes = pool.map.batch * pool.map.channels;
    forward_slide(pool).demand().on(threads, planes)
}

/// What [`average_pool_backward`] takes on `threads` threads.
pub fn average_pool_backward_demand(pool: &PoolShape, threads: usize) -> Demand {
    let planes = pool.map.batch * pool.map.channels;
    let scaled = Demand::floats(pool.output_map().plane());
    backward_slide(pool)
        .demand()
        .and(scaled)
        .on(threads, planes)
}

/// `y` gets the mean of each window of `x`; padding counts as zeros if
/// `count_padding` (PyTorch's default), else it is left out of the divisor. `x`
/// is of shape `pool.map`, `y` `[batch, channels, pool.output()]`.
pub fn average_pool_forward(
    pool: &PoolShape,
    count_padding: bool,
    x: &[f32],
    y: &mut [f32],
) -> Result<(), ShapeError> {
    pool.check()?;
    check_len("x", x, pool.map.checked_len()?)?;
    check_len("y", y, pool.output_len())?;
    let [rows, columns] = pool.output();
    let slide = forward_slide(pool);
    let (isa, factors) = (Isa::current(), factors(pool, count_padding));
    y.par_chunks_mut(rows * columns)
        .zip(x.par_chunks(pool.map.plane()))
        .for_each_init(
            || slide.memory(),
            |memory, (y, x)| {
                slide_plane(isa, &slide, x, memory, y);
                for (y, factor) in y.iter_mut().zip(&factors) {
                    *y *= factor;
                }
            },
        );
    Ok(())
}

/// Gradient of [`average_pool_forward`]: `dx` like `x`, every value overwritten,
/// from `dy` like `y`.
pub fn average_pool_backward(
    pool: &PoolShape,
    count_padding: bool,
    dy: &[f32],
    dx: &mut [f32],
) -> Result<(), ShapeError> {
    pool.check()?;
    check_len("dx", dx, pool.map.checked_len()?)?;
    check_len("dy", dy, pool.output_len())?;
    let [rows, columns] = pool.output();
    let slide = backward_slide(pool);
    let (isa, factors) = (Isa::current(), factors(pool, count_padding));
    dx.par_chunks_mut(pool.map.plane())
        .zip(dy.par_chunks(rows * columns))
        .for_each_init(
            || (slide.memory(), Scratch::new(rows * columns)),
            |(memory, scaled), (dx, dy)| {
                for ((scaled, dy), factor) in scaled.iter_mut().zip(dy).zip(&factors) {
                    *scaled = dy * factor;
                }
                slide_plane(isa, &slide, scaled, memory, dx);
            },
        );
    Ok(())
}

/// `y[n, c]` gets the mean of the plane `x[n, c, ·, ·]`; `x` is of shape `map`,
/// `y` `[batch, channels]`.
pub fn global_average_pool_forward(
    map: &MapShape,
    x: &[f32],
    y: &mut [f32],
) -> Result<(), ShapeError> {
    check_len("x", x, map.checked_len()?)?;
    check_len("y", y, map.batch * map.channels)?;
    let isa = Isa::current();
    let factor = 1.0 / map.plane() as f32;
    y.par_iter_mut()
        .zip(x.par_chunks(map.plane()))
        .for_each(|(y, x)| *y = sum(isa, x) * factor);
    Ok(())
}

/// Gradient of [`global_average_pool_forward`]: `dx` of shape `map`, every value
/// overwritten, from `dy` `[batch, channels]`.
pub fn global_average_pool_backward(
    map: &MapShape,
    dy: &[f32],
    dx: &mut [f32],
) -> Result<(), ShapeError> {
    check_len("dx", dx, map.checked_len()?)?;
    check_len("dy", dy, map.batch * map.channels)?;
    let factor = 1.0 / map.plane() as f32;
    dx.par_chunks_mut(map.plane())
        .zip(dy)
        .for_each(|(dx, dy)| dx.fill(dy * factor));
    Ok(())
}
