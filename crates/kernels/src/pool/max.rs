//! Max pooling that remembers, in one byte, which pixel of each window won.

use rayon::prelude::*;

use super::halving::{Halving, ROW, Sink};
use super::shape::PoolShape;
use crate::error::{ShapeError, check_len};
use crate::gemm::lanes;
use crate::isa::Isa;
use crate::scratch::{Demand, Scratch};
use crate::simd::{Simd, dispatch, put};

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
    let halving = Halving::of(pool);
    y.par_chunks_mut(pooled)
        .zip(argmax.par_chunks_mut(pooled))
        .zip(x.par_chunks(pool.map.plane()))
        .for_each(|((y, argmax), x)| match &halving {
            Some(halving) => halve_plane(isa, halving, x, y, argmax),
            None => max_pool_plane(isa, pool, x, y, argmax),
        });
    Ok(())
}

/// What [`max_pool_forward`] takes on `threads` threads.
pub fn max_pool_demand(pool: &PoolShape, threads: usize) -> Demand {
    let planes = pool.map.batch * pool.map.channels;
    match Halving::of(pool) {
        Some(_) => Demand::default(),
        None => max_pool_plane_demand(Isa::current(), pool).on(threads, planes),
    }
}

/// What [`max_pool_backward`] takes on `threads` threads.
pub fn max_pool_backward_demand(pool: &PoolShape, threads: usize) -> Demand {
    let planes = pool.map.batch * pool.map.channels;
    let padded = Halving::of(pool).map(|halving| halving.demand(Isa::current(), 1));
    padded.unwrap_or_default().on(threads, planes)
}

/// What [`max_pool_plane`] takes.
pub(crate) fn max_pool_plane_demand(isa: Isa, pool: &PoolShape) -> Demand {
    let [phases, firsts] = plane_floats(pool, lanes(isa)).map(Demand::floats);
    phases.and(firsts)
}

/// Floats of the phases of a plane, and of the first column of each window.
fn plane_floats(pool: &PoolShape, lanes: usize) -> [usize; 2] {
    let row = pool.stride[1] * phase_len(pool);
    [pool.map.height * row, pool.output()[1]].map(|floats| floats + lanes)
}

/// Floats of one phase of a row.
fn phase_len(pool: &PoolShape) -> usize {
    pool.output()[1] + (pool.kernel[1] - 1) / pool.stride[1]
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
    let isa = Isa::current();
    let halving = Halving::of(pool);
    let pooled = pool.output_map().plane();
    dx.par_chunks_mut(pool.map.plane())
        .zip(argmax.par_chunks(pooled))
        .zip(dy.par_chunks(pooled))
        .for_each(|((dx, argmax), dy)| match &halving {
            Some(halving) => double_plane(isa, halving, argmax, dy, dx),
            None => {
                dx.fill(0.0);
                scatter_plane(pool, argmax, dy, |_| true, dx);
            }
        });
    Ok(())
}

/// Adds each `dy` to the pixel of `dx` that won its window, if that is `open`.
pub(crate) fn scatter_plane(
    pool: &PoolShape,
    argmax: &[u8],
    dy: &[f32],
    open: impl Fn(usize) -> bool,
    dx: &mut [f32],
) {
    let [_, columns] = pool.output();
    let width = pool.map.width;
    let places: Vec<usize> = (0..pool.kernel[0])
        .flat_map(|row| (0..pool.kernel[1]).map(move |column| row * width + column))
        .collect();
    let before = pool.padding[0] * width + pool.padding[1];
    let rows = dy.chunks(columns).zip(argmax.chunks(columns));
    for (row, (dy, winners)) in rows.enumerate() {
        let mut corner = row * pool.stride[0] * width;
        for (dy, winner) in dy.iter().zip(winners) {
            let place = places.get(usize::from(*winner));
            // Within the near padding the difference wraps and falls outside `dx`.
            let pixel = place.map(|place| (corner + place).wrapping_sub(before));
            if let Some(pixel) = pixel.filter(|pixel| *pixel < dx.len() && open(*pixel)) {
                dx[pixel] += dy;
            }
            corner += pool.stride[1];
        }
    }
}

dispatch! {
    /// One plane of [`max_pool_forward`] with windows that halve it.
    fn halve_plane(halving: &Halving, x: &[f32], y: &mut [f32], argmax: &mut [u8])
        => halve_plane_body
}

struct Windows {
    columns: usize,
    y: *mut f32,
    argmax: *mut u8,
}

impl<S: Simd> Sink<S> for Windows {
    #[inline(always)]
    unsafe fn put(&mut self, row: usize, column: usize, count: usize, values: [S::V; 2]) {
        let at = row * self.columns + column;
        // SAFETY: windows of the plane.
        unsafe {
            put::<S>(self.y.add(at), values[0], count);
            S::store_bytes(self.argmax.add(at), values[1], count);
        }
    }
}

#[inline(always)]
fn halve_plane_body<S: Simd>(halving: &Halving, x: &[f32], y: &mut [f32], argmax: &mut [u8]) {
    assert!(
        x.len() == halving.pixels()
            && y.len() == halving.windows()
            && argmax.len() == halving.windows(),
        "planes of another shape"
    );
    let mut sink = Windows {
        columns: halving.columns(),
        y: y.as_mut_ptr(),
        argmax: argmax.as_mut_ptr(),
    };
    // SAFETY: the planes have this shape.
    unsafe { halving.winners::<S, true, ROW>(x.as_ptr(), 1.0, &mut sink) };
}

dispatch! {
    /// One plane of [`max_pool_backward`] with windows that halve it.
    fn double_plane(halving: &Halving, argmax: &[u8], dy: &[f32], dx: &mut [f32])
        => double_plane_body
}

struct Pixels {
    width: usize,
    dx: *mut f32,
}

impl<S: Simd> Sink<S> for Pixels {
    #[inline(always)]
    unsafe fn put(&mut self, row: usize, column: usize, count: usize, values: [S::V; 2]) {
        // SAFETY: pixels of the plane.
        unsafe { put::<S>(self.dx.add(row * self.width + column), values[0], count) };
    }
}

#[inline(always)]
fn double_plane_body<S: Simd>(halving: &Halving, argmax: &[u8], dy: &[f32], dx: &mut [f32]) {
    assert!(
        dx.len() == halving.pixels()
            && dy.len() == halving.windows()
            && argmax.len() == halving.windows(),
        "planes of another shape"
    );
    let mut padded = Scratch::new(halving.padded_planes(1, S::LANES));
    padded.fill(0.0);
    let columns = halving.columns();
    for (to, from) in padded.chunks_mut(columns + 1).zip(dy.chunks(columns)) {
        to[..columns].copy_from_slice(from);
    }
    let mut sink = Pixels {
        width: halving.width(),
        dx: dx.as_mut_ptr(),
    };
    // SAFETY: the planes have this shape.
    unsafe { halving.gather::<S, ROW>(padded.as_ptr(), argmax.as_ptr(), &mut sink) };
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
    let phase_len = phase_len(pool);
    let row_len = stride * phase_len;
    // Vectors are read whole.
    let [phases, firsts] = plane_floats(pool, S::LANES);
    let mut phases = Scratch::new(phases);
    phases.fill(f32::NEG_INFINITY);
    for (row, phases) in x.chunks(width).zip(phases.chunks_mut(row_len)) {
        for (phase, to) in phases.chunks_mut(phase_len).enumerate() {
            // Position `at` of a phase is pixel `at · stride + phase − padding`.
            let skipped = padding.saturating_sub(phase).div_ceil(stride);
            let first = skipped * stride + phase - padding;
            if first >= width || skipped >= phase_len {
                continue;
            }
            let count = (width - first).div_ceil(stride).min(phase_len - skipped);
            take_every::<S>(&row[first..], stride, &mut to[skipped..][..count]);
        }
    }
    // Column of the first tap of each window that lies inside the map.
    let mut firsts = Scratch::new(firsts);
    for (column, first) in firsts.iter_mut().enumerate() {
        *first = padding.saturating_sub(column * stride) as f32;
    }
    for (oy, (y, argmax)) in y
        .chunks_mut(columns)
        .zip(argmax.chunks_mut(columns))
        .enumerate()
    {
        let top = oy * pool.stride[0];
        let rows =
            pool.padding[0].saturating_sub(top)..pool.kernel[0].min(height + pool.padding[0] - top);
        for start in (0..columns).step_by(S::LANES) {
            // SAFETY: within the slice and its slack.
            let first = unsafe { S::load(firsts.as_ptr().add(start)) };
            let first = S::add(first, S::splat((rows.start * pool.kernel[1]) as f32));
            let mut best = [S::splat(f32::NEG_INFINITY), first];
            for ky in rows.clone() {
                let row = &phases[(top + ky - pool.padding[0]) * row_len..];
                for kx in 0..pool.kernel[1] {
                    let at = kx % stride * phase_len + kx / stride + start;
                    let taps = &row[at..][..S::LANES];
                    // SAFETY: the slice has a vector.
                    let taps = unsafe { S::load(taps.as_ptr()) };
                    let index = S::splat((ky * pool.kernel[1] + kx) as f32);
                    best = S::winner::<true>(best, [taps, index]);
                }
            }
            let count = S::LANES.min(columns - start);
            // SAFETY: the row has these windows.
            unsafe {
                put::<S>(y.as_mut_ptr().add(start), best[0], count);
                S::store_bytes(argmax.as_mut_ptr().add(start), best[1], count);
            }
        }
    }
}

/// Every `stride`-th pixel from the first on.
#[inline(always)]
fn take_every<S: Simd>(pixels: &[f32], stride: usize, to: &mut [f32]) {
    if stride != 2 {
        for (to, pixel) in to.iter_mut().zip(pixels.iter().step_by(stride)) {
            *to = *pixel;
        }
        return;
    }
    assert!(pixels.len() + 1 >= 2 * to.len(), "too few pixels");
    for at in (0..to.len()).step_by(S::LANES) {
        let count = S::LANES.min(to.len() - at);
        // SAFETY: the pixels have every second of these, by the assertion.
        unsafe {
            let value = S::load_even(pixels.as_ptr().add(2 * at), count);
            put::<S>(to.as_mut_ptr().add(at), value, count);
        }
    }
}
