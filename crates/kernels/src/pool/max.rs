//! Max pooling that remembers, in one byte, which pixel of each window won.

use rayon::prelude::*;

use super::PoolShape;
use crate::error::{ShapeError, check_len};
use crate::isa::Isa;
use crate::scratch::Scratch;
use crate::simd::{Simd, dispatch};

/// `y` gets the largest value of each window of `x`, `argmax` its index within
/// the window (`row · kernel[1] + column`), the first of equals; a NaN wins. `x`
/// is of shape `pool.map`, `y` and `argmax` `[batch, channels, pool.output()]`.
pub fn max_pool_forward(
    pool: &PoolShape,
    x: &[f32],
    y: &mut [f32],
    argmax: &mut [u8],
) -> Result<(), ShapeError> {
    pool.check_max()?;
    check_len("x", x, pool.map.checked_len()?)?;
    check_len("y", y, pool.output_len())?;
    check_len("argmax", argmax, pool.output_len())?;
    let isa = Isa::current();
    let pooled = pool.output_map().plane();
    y.par_chunks_mut(pooled)
        .zip(argmax.par_chunks_mut(pooled))
        .zip(x.par_chunks(pool.map.plane()))
        .for_each(|((y, argmax), x)| max_pool_plane(isa, pool, x, y, argmax));
    Ok(())
}

/// Gradient of [`max_pool_forward`]: `dx` like `x`, every value overwritten, from
/// its `argmax` and `dy` like `y`. Indices that no forward pass yields are ignored.
pub fn max_pool_backward(
    pool: &PoolShape,
    argmax: &[u8],
    dy: &[f32],
    dx: &mut [f32],
) -> Result<(), ShapeError> {
    pool.check_max()?;
    check_len("dx", dx, pool.map.checked_len()?)?;
    check_len("dy", dy, pool.output_len())?;
    check_len("argmax", argmax, pool.output_len())?;
    let pooled = pool.output_map().plane();
    dx.par_chunks_mut(pool.map.plane())
        .zip(argmax.par_chunks(pooled))
        .zip(dy.par_chunks(pooled))
        .for_each(|((dx, argmax), dy)| {
            dx.fill(0.0);
            scatter_plane(pool, argmax, dy, None, dx);
        });
    Ok(())
}

/// Adds each `dy` to the pixel of `dx` that won its window; with `y`, only where
/// `y > 0` (the ReLU between).
pub(crate) fn scatter_plane(
    pool: &PoolShape,
    argmax: &[u8],
    dy: &[f32],
    y: Option<&[f32]>,
    dx: &mut [f32],
) {
    let [_, columns] = pool.output();
    let width = pool.map.width;
    let places: Vec<usize> = (0..pool.kernel[0])
        .flat_map(|row| (0..pool.kernel[1]).map(move |column| row * width + column))
        .collect();
    let before = pool.padding[0] * width + pool.padding[1];
    for (index, (dy, winner)) in dy.iter().zip(argmax).enumerate() {
        if y.is_some_and(|y| y[index] <= 0.0) {
            continue;
        }
        let corner = index / columns * pool.stride[0] * width + index % columns * pool.stride[1];
        let place = places.get(usize::from(*winner));
        // Within the near padding the difference wraps and falls outside `dx`.
        let pixel = place.map(|place| (corner + place).wrapping_sub(before));
        if let Some(pixel) = pixel.and_then(|pixel| dx.get_mut(pixel)) {
            *pixel += dy;
        }
    }
}

dispatch! {
    /// One plane of [`max_pool_forward`].
    pub(crate) fn max_pool_plane(pool: &PoolShape, x: &[f32], y: &mut [f32], argmax: &mut [u8])
        => max_pool_plane_body
}

/// The rows of `x` are first split by column modulo the stride, with `−∞` on both
/// sides, so that every tap of a row of windows is one contiguous stretch.
#[inline(always)]
fn max_pool_plane_body<S: Simd>(pool: &PoolShape, x: &[f32], y: &mut [f32], argmax: &mut [u8]) {
    let [_, columns] = pool.output();
    let (height, width) = (pool.map.height, pool.map.width);
    let (stride, padding) = (pool.stride[1], pool.padding[1]);
    let phase_len = columns + (pool.kernel[1] - 1) / stride;
    let row_len = stride * phase_len;
    let mut phases = Scratch::new(height * row_len);
    phases.fill(f32::NEG_INFINITY);
    for (row, phases) in x.chunks(width).zip(phases.chunks_mut(row_len)) {
        for (phase, to) in phases.chunks_mut(phase_len).enumerate() {
            // Position `at` of a phase is pixel `at · stride + phase − padding`.
            let skipped = padding.saturating_sub(phase).div_ceil(stride);
            let first = skipped * stride + phase - padding;
            if first >= width || skipped >= phase_len {
                continue;
            }
            let pixels = row[first..].iter().step_by(stride);
            for (to, pixel) in to[skipped..].iter_mut().zip(pixels) {
                *to = *pixel;
            }
        }
    }
    let mut winners = [0_u32; STRETCH];
    let mut best = [0.0_f32; STRETCH];
    for (oy, (y, argmax)) in y
        .chunks_mut(columns)
        .zip(argmax.chunks_mut(columns))
        .enumerate()
    {
        let top = oy * pool.stride[0];
        let first_row = pool.padding[0].saturating_sub(top);
        for start in (0..columns).step_by(STRETCH) {
            let len = STRETCH.min(columns - start);
            let (winners, best) = (&mut winners[..len], &mut best[..len]);
            best.fill(f32::NEG_INFINITY);
            for (ox, winner) in winners.iter_mut().enumerate() {
                let first = padding.saturating_sub((start + ox) * stride);
                *winner = (first_row * pool.kernel[1] + first) as u32;
            }
            for ky in first_row..pool.kernel[0] {
                let row = top + ky - pool.padding[0];
                if row >= height {
                    break;
                }
                for kx in 0..pool.kernel[1] {
                    let from = row * row_len + kx % stride * phase_len + kx / stride + start;
                    let taps = &phases[from..from + len];
                    let index = (ky * pool.kernel[1] + kx) as u32;
                    for ((best, winner), tap) in best.iter_mut().zip(&mut *winners).zip(taps) {
                        let wins = *tap > *best || tap.is_nan();
                        *best = if wins { *tap } else { *best };
                        *winner = if wins { index } else { *winner };
                    }
                }
            }
            y[start..start + len].copy_from_slice(best);
            for (to, winner) in argmax[start..start + len].iter_mut().zip(&*winners) {
                *to = *winner as u8;
            }
        }
    }
}

/// Windows of one row that are compared side by side.
const STRETCH: usize = 64;
