//! Windows that halve the map.
//!
//! Normalisation is monotone, in floating point too: the largest `x` of a window
//! (the smallest, if the scale is negative) is the one whose normalised value is
//! largest. So only the winners are normalised. Working backward, the winner's `x`
//! is the maximum of its window once more.

use super::super::backward::Slope;
use super::super::line::Line;
use crate::disjoint::Disjoint;
use crate::pool::PoolShape;
use crate::pool::halving::{Halving, ROW, Sink};
use crate::scratch::Scratch;
use crate::simd::{Simd, dispatch, put, take};

/// Windows that one lane set adds up in `f32` before they move to `f64`.
const FLUSH: usize = 8192;

dispatch! {
    /// Pools the planes of `channel`.
    pub(super) fn forward(
        halving: &Halving,
        pool: &PoolShape,
        channel: usize,
        x: &[f32],
        line: Line,
        y: &Disjoint<'_, f32>,
        argmax: &Disjoint<'_, u8>,
    ) => forward_body
}

/// A [`Line`] in vectors.
#[derive(Clone, Copy)]
struct Lines<S: Simd> {
    sign: S::V,
    centre: S::V,
    scale: S::V,
    shift: S::V,
}

/// `x · sign(line)` rises where the line does; zero for a flat line.
fn sign(line: Line) -> f32 {
    if line.scale == 0.0 {
        0.0
    } else if line.scale < 0.0 {
        -1.0
    } else {
        1.0
    }
}

impl<S: Simd> Lines<S> {
    #[inline(always)]
    fn new(line: Line) -> Self {
        Self {
            sign: S::splat(sign(line)),
            centre: S::splat(line.centre),
            scale: S::splat(line.scale),
            shift: S::splat(line.shift),
        }
    }

    #[inline(always)]
    fn deviation(&self, largest: S::V) -> S::V {
        S::sub(S::mul(largest, self.sign), self.centre)
    }

    #[inline(always)]
    fn at(&self, deviation: S::V) -> S::V {
        Line::at::<S>(deviation, self.scale, self.shift)
    }
}

struct Winners<S: Simd> {
    lines: Lines<S>,
    columns: usize,
    y: *mut f32,
    argmax: *mut u8,
}

impl<S: Simd> Sink<S> for Winners<S> {
    #[inline(always)]
    unsafe fn put(&mut self, row: usize, column: usize, count: usize, values: [S::V; 2]) {
        let at = row * self.columns + column;
        let value = S::relu(self.lines.at(self.lines.deviation(values[0])));
        // SAFETY: windows of the plane.
        unsafe {
            put::<S>(self.y.add(at), value, count);
            S::store_bytes(self.argmax.add(at), values[1], count);
        }
    }
}

#[inline(always)]
fn forward_body<S: Simd>(
    halving: &Halving,
    pool: &PoolShape,
    channel: usize,
    x: &[f32],
    line: Line,
    y: &Disjoint<'_, f32>,
    argmax: &Disjoint<'_, u8>,
) {
    let (shape, pooled) = (&pool.map, pool.output_map());
    for image in 0..shape.batch {
        let from = shape.plane_at(image, channel);
        let x = &x[from..from + halving.pixels()];
        let to = pooled.plane_at(image, channel);
        let mut sink = Winners::<S> {
            lines: Lines::new(line),
            columns: halving.columns(),
            y: y.pointer(to, halving.windows()),
            argmax: argmax.pointer(to, halving.windows()),
        };
        // SAFETY: `x` is a plane, and only this task writes those of the sink.
        unsafe {
            if halving.fits::<S>() {
                halving.winners::<S, false, 1>(x.as_ptr(), sign(line), &mut sink);
            } else {
                halving.winners::<S, false, ROW>(x.as_ptr(), sign(line), &mut sink);
            }
        }
    }
}

dispatch! {
    /// Gradients of the planes of `channel`; `slope` makes one of the two sums.
    pub(super) fn backward(
        halving: &Halving,
        pool: &PoolShape,
        channel: usize,
        x: &[f32],
        line: Line,
        slope: &dyn Fn([f64; 2]) -> Slope,
        argmax: &[u8],
        dy: &[f32],
        dx: &Disjoint<'_, f32>,
    ) -> Slope => backward_body
}

/// Takes the largest value of each window: keeps the gradients that pass the ReLU
/// and adds them up.
struct Passed<S: Simd> {
    lines: Lines<S>,
    columns: usize,
    dy: *const f32,
    padded: *mut f32,
    /// `Σ gradient` and `Σ gradient · (x − centre)`
    sums: [S::V; 2],
}

impl<S: Simd> Sink<S> for Passed<S> {
    #[inline(always)]
    unsafe fn put(&mut self, row: usize, column: usize, count: usize, values: [S::V; 2]) {
        let at = row * self.columns + column;
        let deviation = self.lines.deviation(values[0]);
        // SAFETY: windows of the plane; a padded row is one longer.
        unsafe {
            let dy = take::<S>(self.dy.add(at), count, S::splat(0.0));
            let gradient = S::where_positive(self.lines.at(deviation), dy);
            put::<S>(self.padded.add(at + row), gradient, count);
            self.sums = [
                S::add(self.sums[0], gradient),
                S::fma(gradient, deviation, self.sums[1]),
            ];
        }
    }
}

/// Takes the gradient of each pixel's normalised value.
struct Input<S: Simd> {
    width: usize,
    x: *const f32,
    dx: *mut f32,
    centre: S::V,
    factor: S::V,
    slope: S::V,
    shift: S::V,
}

impl<S: Simd> Sink<S> for Input<S> {
    #[inline(always)]
    unsafe fn put(&mut self, row: usize, column: usize, count: usize, values: [S::V; 2]) {
        let at = row * self.width + column;
        // SAFETY: pixels of the plane.
        unsafe {
            let x = take::<S>(self.x.add(at), count, self.centre);
            let rest = S::fma(S::sub(x, self.centre), self.slope, self.shift);
            put::<S>(self.dx.add(at), S::fma(values[0], self.factor, rest), count);
        }
    }
}

#[inline(always)]
fn backward_body<S: Simd>(
    halving: &Halving,
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
    let padded_len = halving.padded_len();
    let mut padded = Scratch::new(halving.padded_planes(shape.batch, S::LANES));
    padded.fill(0.0);
    let mut totals = [0.0_f64; 2];
    let mut sums = [S::splat(0.0); 2];
    let mut summed = 0;
    for image in 0..shape.batch {
        let from = shape.plane_at(image, channel);
        let windows = pooled.plane_at(image, channel);
        let mut sink = Passed::<S> {
            lines: Lines::new(line),
            columns: halving.columns(),
            dy: dy[windows..windows + halving.windows()].as_ptr(),
            padded: padded[image * padded_len..][..padded_len].as_mut_ptr(),
            sums,
        };
        let x = &x[from..from + halving.pixels()];
        // SAFETY: the planes have this shape.
        unsafe {
            if halving.fits::<S>() {
                halving.maxima::<S, 1>(x.as_ptr(), sign(line), &mut sink);
            } else {
                halving.maxima::<S, ROW>(x.as_ptr(), sign(line), &mut sink);
            }
        }
        sums = sink.sums;
        summed += halving.windows();
        if summed >= FLUSH || image + 1 == shape.batch {
            for which in 0..2 {
                totals[which] += f64::from(S::sum(sums[which]));
            }
            (sums, summed) = ([S::splat(0.0); 2], 0);
        }
    }
    let slope = slope(totals);
    for image in 0..shape.batch {
        let at = shape.plane_at(image, channel);
        let windows = pooled.plane_at(image, channel);
        let mut sink = Input::<S> {
            width: shape.width,
            x: x[at..at + halving.pixels()].as_ptr(),
            dx: dx.pointer(at, halving.pixels()),
            centre: S::splat(line.centre),
            factor: S::splat(slope.factor),
            slope: S::splat(slope.slope),
            shift: S::splat(slope.shift),
        };
        let gradients = padded[image * padded_len..][..padded_len + S::LANES].as_ptr();
        let winners = argmax[windows..windows + halving.windows()].as_ptr();
        // SAFETY: the planes have this shape, and only this task writes this `dx`.
        unsafe {
            if halving.fits::<S>() {
                halving.gather::<S, 1>(gradients, winners, &mut sink);
            } else {
                halving.gather::<S, ROW>(gradients, winners, &mut sink);
            }
        }
    }
    slope
}
