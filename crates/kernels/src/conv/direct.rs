//! Direct sums for groups of few channels, depthwise convolution among them.
//!
//! The planes of a group are copied into frames of zeros, so that no tap meets an
//! edge, and summed lanes along the columns; or, where a group is one channel, lanes
//! along the channels.

mod frame;
mod turned;

use rayon::prelude::*;

use self::frame::Frame;
use super::pass::Pass;
use super::shape::ConvShape;
use crate::isa::Isa;
use crate::scratch::Demand;
use crate::simd::{Simd, dispatch};

/// Channels of a group, beyond which the product is faster.
const MAX_CHANNELS: usize = 8;

pub(crate) fn supports(shape: &ConvShape) -> bool {
    shape.channels_in.max(shape.channels_out) <= MAX_CHANNELS * shape.groups
}

/// What a pass takes.
pub(crate) fn demand(isa: Isa, shape: &ConvShape, pass: Pass, threads: usize) -> Demand {
    if turned::pays(shape) {
        return turned::demand(isa, shape, pass, threads);
    }
    let planes = shape.batch * shape.groups;
    let (frame, tasks) = match pass {
        Pass::Forward => (Frame::of_input(shape), planes),
        Pass::Input => (Frame::of_gradient(shape), planes),
        Pass::Weight => (Frame::of_input(shape), shape.groups),
    };
    frame.demand().on(threads, tasks)
}

pub(crate) fn forward(isa: Isa, shape: &ConvShape, x: &[f32], w: &[f32], y: &mut [f32]) {
    if turned::pays(shape) {
        return turned::forward(isa, shape, x, w, y);
    }
    let size = shape.output();
    let frame = Frame::of_input(shape);
    let offsets = frame.offsets(shape, |tap, _| tap);
    let plane = size[0] * size[1];
    let channels = shape.channels_out / shape.groups;
    let weights = channels * shape.depth();
    y.par_chunks_mut(channels * plane)
        .zip(x.par_chunks(shape.channels_in / shape.groups * shape.height * shape.width))
        .enumerate()
        .for_each(|(index, (y, x))| {
            let mut framed = frame.zeros();
            frame.fill(&mut framed, x);
            let w = &w[index % shape.groups * weights..][..weights];
            for (y, w) in y.chunks_mut(plane).zip(w.chunks(shape.depth())) {
                let sum = Correlation {
                    framed: &framed,
                    width: frame.size[1],
                    offsets: &offsets,
                    w,
                    step: shape.stride,
                    size,
                };
                correlate(isa, &sum, y);
            }
        });
}

/// A forward sum over `dy`, spread to the stride, with the kernel turned around.
pub(crate) fn backward_input(isa: Isa, shape: &ConvShape, w: &[f32], dy: &[f32], dx: &mut [f32]) {
    if turned::pays(shape) {
        return turned::backward_input(isa, shape, w, dy, dx);
    }
    let size = [shape.height, shape.width];
    let frame = Frame::of_gradient(shape);
    let offsets = frame.offsets(shape, |tap, taps| taps - 1 - tap);
    let [rows, columns] = shape.output();
    let plane = size[0] * size[1];
    let (channels, taps) = (shape.channels_in / shape.groups, shape.taps());
    let weights = shape.channels_out / shape.groups * shape.depth();
    dx.par_chunks_mut(channels * plane)
        .zip(dy.par_chunks(shape.channels_out / shape.groups * rows * columns))
        .enumerate()
        .for_each(|(index, (dx, dy))| {
            let mut framed = frame.zeros();
            frame.fill(&mut framed, dy);
            let w = &w[index % shape.groups * weights..][..weights];
            let mut own = Vec::with_capacity(offsets.len());
            for (channel, dx) in dx.chunks_mut(plane).enumerate() {
                own.clear();
                for w in w.chunks(shape.depth()) {
                    own.extend_from_slice(&w[channel * taps..][..taps]);
                }
                let sum = Correlation {
                    framed: &framed,
                    width: frame.size[1],
                    offsets: &offsets,
                    w: &own,
                    step: [1, 1],
                    size,
                };
                correlate(isa, &sum, dx);
            }
        });
}

pub(crate) fn backward_weight(isa: Isa, shape: &ConvShape, x: &[f32], dy: &[f32], dw: &mut [f32]) {
    if turned::pays(shape) {
        return turned::backward_weight(isa, shape, x, dy, dw);
    }
    let frame = Frame::of_input(shape);
    let offsets = frame.offsets(shape, |tap, _| tap);
    let size = shape.output();
    let plane = size[0] * size[1];
    let channels = shape.channels_out / shape.groups;
    let input = shape.channels_in / shape.groups * shape.height * shape.width;
    dw.par_chunks_mut(channels * shape.depth())
        .enumerate()
        .for_each(|(group, dw)| {
            let mut framed = frame.zeros();
            dw.fill(0.0);
            for image in 0..shape.batch {
                let index = image * shape.groups + group;
                frame.fill(&mut framed, &x[index * input..][..input]);
                let dy = &dy[index * channels * plane..][..channels * plane];
                for (dw, dy) in dw.chunks_mut(shape.depth()).zip(dy.chunks(plane)) {
                    let sum = Correlation {
                        framed: &framed,
                        width: frame.size[1],
                        offsets: &offsets,
                        w: dy,
                        step: shape.stride,
                        size,
                    };
                    dots(isa, &sum, dw);
                }
            }
        });
}

/// A sum over a framed plane: `size` positions, `step` apart, under taps at
/// `offsets`.
struct Correlation<'a> {
    framed: &'a [f32],
    /// Columns of the frame.
    width: usize,
    offsets: &'a [usize],
    /// Factors: one for each tap, or (in [`dots`]) one for each position.
    w: &'a [f32],
    step: [usize; 2],
    size: [usize; 2],
}

impl Correlation<'_> {
    /// Whether the last vector of the last tap ends inside the frame.
    fn check(&self, lanes: usize) {
        let last_row = (self.size[0] - 1) * self.step[0] * self.width;
        let last_column = (self.size[1] - 1) / lanes * lanes * self.step[1];
        // Vectors read whole where pixels follow each other.
        let end = match self.step[1] {
            1 => lanes,
            step => (self.size[1] - 1) % lanes * step + 1,
        };
        let reach = self.offsets.iter().max().copied().unwrap_or(0);
        let last = last_row + last_column + reach + end;
        assert!(last <= self.framed.len(), "frame is too small");
    }
}

/// # Safety
/// `count` pixels from `from` on, `step` apart, lie inside the frame; with a step
/// of 1 whole vectors do.
#[inline(always)]
unsafe fn load_step<S: Simd>(from: *const f32, step: usize, count: usize) -> S::V {
    // SAFETY: by the contract.
    unsafe {
        match step {
            1 => S::load(from),
            2 => S::load_even(from, count),
            _ => {
                let mut lanes = [0.0_f32; 16];
                for lane in 0..count {
                    lanes[lane] = *from.add(lane * step);
                }
                S::load(lanes.as_ptr())
            }
        }
    }
}

dispatch! {
    /// `to[p] = Σₜ w[t] · framed[p + offsets[t]]`
    fn correlate(sum: &Correlation<'_>, to: &mut [f32]) => correlate_body
}

#[inline(always)]
fn correlate_body<S: Simd>(sum: &Correlation<'_>, to: &mut [f32]) {
    sum.check(S::LANES);
    let [rows, columns] = sum.size;
    assert_eq!(to.len(), rows * columns, "target of another size");
    assert_eq!(sum.w.len(), sum.offsets.len(), "a factor for each tap");
    for column in (0..columns).step_by(S::LANES) {
        let mut row = 0;
        while row < rows {
            // SAFETY: the rows and columns lie inside the frame and the target.
            row += unsafe {
                match rows - row {
                    1 => rows_of::<S, 1>(sum, row, column, to),
                    2 | 3 => rows_of::<S, 2>(sum, row, column, to),
                    _ => rows_of::<S, 4>(sum, row, column, to),
                }
            };
        }
    }
}

/// # Safety
/// `ROWS` rows from `row` on and the columns from `column` on are positions of
/// `sum`, which passed its check.
#[inline(always)]
unsafe fn rows_of<S: Simd, const ROWS: usize>(
    sum: &Correlation<'_>,
    row: usize,
    column: usize,
    to: &mut [f32],
) -> usize {
    let columns = sum.size[1];
    let count = S::LANES.min(columns - column);
    let first = row * sum.step[0] * sum.width + column * sum.step[1];
    let mut sums = [S::splat(0.0); ROWS];
    for (offset, w) in sum.offsets.iter().zip(sum.w) {
        let w = S::splat(*w);
        for index in 0..ROWS {
            let at = first + offset + index * sum.step[0] * sum.width;
            // SAFETY: by the contract.
            let pixels = unsafe { load_step::<S>(sum.framed.as_ptr().add(at), sum.step[1], count) };
            sums[index] = S::fma(w, pixels, sums[index]);
        }
    }
    for index in 0..ROWS {
        // SAFETY: by the contract.
        unsafe {
            let to = to.as_mut_ptr().add((row + index) * columns + column);
            S::store_some(to, sums[index], count);
        }
    }
    ROWS
}

dispatch! {
    /// `to[t] += Σₚ w[p] · framed[p + offsets[t]]`
    fn dots(sum: &Correlation<'_>, to: &mut [f32]) => dots_body
}

/// Taps that share one pass over the positions.
const TAPS: usize = 9;

#[inline(always)]
fn dots_body<S: Simd>(sum: &Correlation<'_>, to: &mut [f32]) {
    sum.check(S::LANES);
    let [rows, columns] = sum.size;
    assert_eq!(sum.w.len(), rows * columns, "a factor for each position");
    for (offsets, to) in sum.offsets.chunks(TAPS).zip(to.chunks_mut(TAPS)) {
        // Fewer taps: the last again, for nothing.
        let mut all = [offsets[offsets.len() - 1]; TAPS];
        all[..offsets.len()].copy_from_slice(offsets);
        let mut sums = [S::splat(0.0); TAPS];
        for row in 0..rows {
            for column in (0..columns).step_by(S::LANES) {
                let count = S::LANES.min(columns - column);
                let at = row * sum.step[0] * sum.width + column * sum.step[1];
                // SAFETY: the position lies inside both planes by the checks.
                unsafe {
                    let from = sum.w.as_ptr().add(row * columns + column);
                    let factor = S::load_some(from, count);
                    for tap in 0..TAPS {
                        let from = sum.framed.as_ptr().add(at + all[tap]);
                        let pixels = load_step::<S>(from, sum.step[1], count);
                        sums[tap] = S::fma(factor, pixels, sums[tap]);
                    }
                }
            }
        }
        for (to, sum) in to.iter_mut().zip(sums) {
            *to += S::sum(sum);
        }
    }
}
