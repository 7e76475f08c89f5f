//! Any window: the normalised plane lies in scratch memory.

use super::super::backward::Slope;
use super::super::line::Line;
use crate::disjoint::Disjoint;
use crate::isa::Isa;
use crate::pool::PoolShape;
use crate::pool::max::{max_pool_plane, scatter_plane};
use crate::reduce::gradient_sums;
use crate::scratch::Scratch;
use crate::simd::{Simd, dispatch};

/// Pools the planes of `channel`.
pub(super) fn forward(
    isa: Isa,
    pool: &PoolShape,
    channel: usize,
    x: &[f32],
    line: Line,
    y: &Disjoint<'_, f32>,
    argmax: &Disjoint<'_, u8>,
) {
    let (shape, pooled) = (&pool.map, pool.output_map());
    let mut normal = Scratch::new(shape.plane());
    for image in 0..shape.batch {
        let at = shape.plane_at(image, channel);
        apply_line(isa, &x[at..at + shape.plane()], line, &mut normal);
        let at = pooled.plane_at(image, channel);
        // SAFETY: every task has its own channel.
        let (y, argmax) = unsafe { (y.part(at, pooled.plane()), argmax.part(at, pooled.plane())) };
        max_pool_plane(isa, pool, &normal, y, argmax);
    }
}

/// Gradients of the planes of `channel`; `slope` makes one of the two sums.
pub(super) fn backward(
    isa: Isa,
    pool: &PoolShape,
    channel: usize,
    x: &[f32],
    line: Line,
    slope: &dyn Fn([f64; 2]) -> Slope,
    argmax: &[u8],
    dy: &[f32],
    dx: &Disjoint<'_, f32>,
) -> Slope {
    let (shape, pooled) = (&pool.map, pool.output_map());
    let mut sums = [0.0_f64; 2];
    for image in 0..shape.batch {
        let at = shape.plane_at(image, channel);
        let x = &x[at..at + shape.plane()];
        // SAFETY: every task has its own channel.
        let to = unsafe { dx.part(at, shape.plane()) };
        to.fill(0.0);
        let from = pooled.plane_at(image, channel);
        let windows = from..from + pooled.plane();
        let open = |pixel: usize| (x[pixel] - line.centre) * line.scale + line.shift > 0.0;
        scatter_plane(pool, &argmax[windows.clone()], &dy[windows], open, to);
        let found = gradient_sums(isa, x, to, line.centre);
        sums = [sums[0] + f64::from(found[0]), sums[1] + f64::from(found[1])];
    }
    let slope = slope(sums);
    for image in 0..shape.batch {
        let at = shape.plane_at(image, channel);
        // SAFETY: every task has its own channel.
        let to = unsafe { dx.part(at, shape.plane()) };
        apply_slope(isa, &x[at..at + shape.plane()], line.centre, slope, to);
    }
    slope
}

dispatch! {
    /// `y = line(x)`, then ReLU.
    fn apply_line(x: &[f32], line: Line, y: &mut [f32]) => apply_line_body
}

#[inline(always)]
fn apply_line_body<S: Simd>(x: &[f32], line: Line, y: &mut [f32]) {
    let Line {
        centre,
        scale,
        shift,
    } = line;
    for (y, x) in y.iter_mut().zip(x) {
        let value = (x - centre) * scale + shift;
        // Not `max`: a NaN must stay visible.
        *y = if value <= 0.0 { 0.0 } else { value };
    }
}

dispatch! {
    /// `gradient = gradient · factor + (x − centre) · slope + shift`
    fn apply_slope(x: &[f32], centre: f32, slope: Slope, gradient: &mut [f32])
        => apply_slope_body
}

#[inline(always)]
fn apply_slope_body<S: Simd>(x: &[f32], centre: f32, slope: Slope, gradient: &mut [f32]) {
    let Slope {
        factor,
        slope,
        shift,
        ..
    } = slope;
    for (gradient, x) in gradient.iter_mut().zip(x) {
        *gradient = *gradient * factor + ((x - centre) * slope + shift);
    }
}
