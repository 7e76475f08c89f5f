//! Average pooling.

use std::ops::Range;

use rayon::prelude::*;

use super::shape::PoolShape;
use crate::error::{ShapeError, check_len};
use crate::isa::Isa;
use crate::map::MapShape;
use crate::reduce::sum;

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

/// Calls `each(output pixel, input rows, input columns, 1 / divisor)`.
fn for_windows(
    pool: &PoolShape,
    count_padding: bool,
    mut each: impl FnMut(usize, Range<usize>, Range<usize>, f32),
) {
    let [rows, columns] = pool.output();
    for oy in 0..rows {
        let (inside_y, len_y) = extent(pool, 0, oy);
        for ox in 0..columns {
            let (inside_x, len_x) = extent(pool, 1, ox);
            let divisor = if count_padding {
                len_y * len_x
            } else {
                (inside_y.len() * inside_x.len()).max(1)
            };
            let factor = 1.0 / divisor as f32;
            each(oy * columns + ox, inside_y.clone(), inside_x, factor);
        }
    }
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
    let width = pool.map.width;
    y.par_chunks_mut(pool.output_map().plane())
        .zip(x.par_chunks(pool.map.plane()))
        .for_each(|(y, x)| {
            for_windows(pool, count_padding, |window, rows, columns, factor| {
                let total: f32 = rows
                    .map(|row| x[row * width..][columns.clone()].iter().sum::<f32>())
                    .sum();
                y[window] = total * factor;
            });
        });
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
    let width = pool.map.width;
    dx.par_chunks_mut(pool.map.plane())
        .zip(dy.par_chunks(pool.output_map().plane()))
        .for_each(|(dx, dy)| {
            dx.fill(0.0);
            for_windows(pool, count_padding, |window, rows, columns, factor| {
                let gradient = dy[window] * factor;
                for row in rows {
                    for pixel in &mut dx[row * width..][columns.clone()] {
                        *pixel += gradient;
                    }
                }
            });
        });
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
