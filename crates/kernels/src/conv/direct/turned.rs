//! Depthwise convolution with lanes along the channels.
//!
//! The planes of as many channels as a vector has lanes are turned into one plane of
//! vectors. A pixel that is loaded once serves every tap of its row of the kernel,
//! nothing depends on where a row begins, and no lane is lost at its end.

use std::ops::Range;

use rayon::prelude::*;

use super::frame::Frame;
use crate::conv::pass::Pass;
use crate::conv::shape::ConvShape;
use crate::disjoint::Disjoint;
use crate::gemm::lanes;
use crate::isa::Isa;
use crate::scratch::{Demand, Scratch};
use crate::simd::{Simd, dispatch};
use crate::transpose::transpose;

/// Neighbouring positions that are summed together: with the taps of a row of a 7×7
/// kernel they fill the sixteen registers of AVX2, and they divide the usual maps.
const COLUMNS: usize = 7;
/// Pixels of the largest plane: turned planes of a thread stay within a few MiB.
const PIXELS: usize = 1 << 14;

/// Whether this can compute `shape`: then it is faster than lanes along the columns.
pub(super) fn pays(shape: &ConvShape) -> bool {
    let depthwise = shape.channels_in == shape.groups && shape.channels_out == shape.groups;
    depthwise
        && matches!(shape.kernel[1], 3 | 5 | 7)
        && matches!(shape.stride[1], 1 | 2)
        && shape.dilation == [1, 1]
        && shape.height * shape.width <= PIXELS
}

/// What a pass takes.
pub(super) fn demand(isa: Isa, shape: &ConvShape, pass: Pass, threads: usize) -> Demand {
    let lanes = lanes(isa);
    let tasks = shape.batch * Bundle::count(shape, lanes);
    let (frame, size) = match pass {
        Pass::Forward | Pass::Weight => (Frame::of_input(shape), shape.output()),
        Pass::Input => (Frame::of_gradient(shape), [shape.height, shape.width]),
    };
    let framed = Framed::floats(&frame, lanes).map(Demand::floats);
    let turned = Demand::floats(size[0] * size[1] * lanes);
    let task = framed[0].and(framed[1]).and(turned).on(threads, tasks);
    match pass {
        Pass::Forward | Pass::Input => Demand::floats(turned_weights(shape, lanes)).and(task),
        Pass::Weight => {
            let one = shape.taps() * lanes;
            let totals = Demand::floats(one).on(threads, Bundle::count(shape, lanes));
            Demand::floats(tasks * one).and(task.then(totals))
        }
    }
}

/// Floats of the weights, whole bundles of channels.
fn turned_weights(shape: &ConvShape, lanes: usize) -> usize {
    shape.groups.next_multiple_of(lanes) * shape.taps()
}

pub(super) fn forward(isa: Isa, shape: &ConvShape, x: &[f32], w: &[f32], y: &mut [f32]) {
    let taps = turn_weights(isa, shape, w);
    let frame = Frame::of_input(shape);
    correlate(
        isa,
        shape,
        &frame,
        shape.stride,
        &taps,
        x,
        shape.output(),
        y,
    );
}

/// A forward sum over `dy`, spread to the stride, with the kernel turned around.
pub(super) fn backward_input(isa: Isa, shape: &ConvShape, w: &[f32], dy: &[f32], dx: &mut [f32]) {
    let lanes = lanes(isa);
    let mut taps = turn_weights(isa, shape, w);
    for taps in taps.chunks_mut(shape.taps() * lanes) {
        let (mut low, mut high) = (0, shape.taps());
        while low + 1 < high {
            high -= 1;
            let (before, after) = taps.split_at_mut(high * lanes);
            before[low * lanes..][..lanes].swap_with_slice(&mut after[..lanes]);
            low += 1;
        }
    }
    let frame = Frame::of_gradient(shape);
    let size = [shape.height, shape.width];
    correlate(isa, shape, &frame, [1, 1], &taps, dy, size, dx);
}

pub(super) fn backward_weight(isa: Isa, shape: &ConvShape, x: &[f32], dy: &[f32], dw: &mut [f32]) {
    let lanes = lanes(isa);
    let frame = Frame::of_input(shape);
    let size = shape.output();
    let bundles = Bundle::count(shape, lanes);
    let len = shape.taps() * lanes;
    // `[image][bundle][tap][channel]`
    let mut sums = Scratch::new(shape.batch * bundles * len);
    sums.par_chunks_mut(len).enumerate().for_each_init(
        || {
            let framed = Framed::new(&frame, lanes);
            (framed, Scratch::new(size[0] * size[1] * lanes))
        },
        |(framed, dy_turned), (index, sums)| {
            let bundle = Bundle::new(shape, lanes, index);
            framed.fill(isa, bundle.planes(x, frame.inner), bundle.channels);
            let plane = size[0] * size[1];
            let dy = bundle.planes(dy, size);
            transpose(isa, dy, plane, bundle.channels, plane, dy_turned, lanes);
            sums.fill(0.0);
            let sum = Sum {
                framed,
                kernel: shape.kernel,
                step: shape.stride,
                size,
            };
            dots(isa, &sum, dy_turned, sums);
        },
    );
    dw.par_chunks_mut(lanes * shape.taps())
        .enumerate()
        .for_each(|(bundle, dw)| {
            let mut total = Scratch::new(len);
            total.fill(0.0);
            for sums in sums.chunks(bundles * len) {
                for (total, sum) in total.iter_mut().zip(&sums[bundle * len..]) {
                    *total += sum;
                }
            }
            let channels = dw.len() / shape.taps();
            transpose(isa, &total, lanes, shape.taps(), channels, dw, shape.taps());
        });
}

/// The weights as `[bundle][tap][channel]`.
fn turn_weights(isa: Isa, shape: &ConvShape, w: &[f32]) -> Scratch {
    let (lanes, taps) = (lanes(isa), shape.taps());
    let mut turned = Scratch::new(turned_weights(shape, lanes));
    // Lanes without a channel are computed and dropped.
    turned.fill(0.0);
    for (turned, w) in turned.chunks_mut(lanes * taps).zip(w.chunks(lanes * taps)) {
        transpose(isa, w, taps, w.len() / taps, taps, turned, lanes);
    }
    turned
}

/// `to[p] = Σₜ taps[t] · framed[p · step + t]` for every plane, of `size`.
fn correlate(
    isa: Isa,
    shape: &ConvShape,
    frame: &Frame,
    step: [usize; 2],
    taps: &[f32],
    from: &[f32],
    size: [usize; 2],
    to: &mut [f32],
) {
    let lanes = lanes(isa);
    let plane = size[0] * size[1];
    let bundles = Bundle::count(shape, lanes);
    let to = Disjoint::new(to);
    (0..shape.batch * bundles).into_par_iter().for_each_init(
        || (Framed::new(frame, lanes), Scratch::new(plane * lanes)),
        |(framed, turned), index| {
            let bundle = Bundle::new(shape, lanes, index);
            framed.fill(isa, bundle.planes(from, frame.inner), bundle.channels);
            let sum = Sum {
                framed,
                kernel: shape.kernel,
                step,
                size,
            };
            let taps = &taps[index % bundles * shape.taps() * lanes..];
            sums(isa, &sum, taps, turned);
            // SAFETY: every bundle has its own planes.
            let to = unsafe { to.part(bundle.first * plane, bundle.channels * plane) };
            transpose(isa, turned, lanes, plane, bundle.channels, to, plane);
        },
    );
}

/// Neighbouring channels of one image, as many as there are lanes or fewer.
struct Bundle {
    /// The first plane of all images.
    first: usize,
    channels: usize,
}

impl Bundle {
    /// Bundles of an image.
    fn count(shape: &ConvShape, lanes: usize) -> usize {
        shape.groups.div_ceil(lanes)
    }

    fn new(shape: &ConvShape, lanes: usize, index: usize) -> Self {
        let bundles = Self::count(shape, lanes);
        let channel = index % bundles * lanes;
        Self {
            first: index / bundles * shape.groups + channel,
            channels: lanes.min(shape.groups - channel),
        }
    }

    /// Its planes of `size` among all.
    fn planes<'a>(&self, all: &'a [f32], size: [usize; 2]) -> &'a [f32] {
        let plane = size[0] * size[1];
        &all[self.first * plane..][..self.channels * plane]
    }
}

/// A plane of vectors within its frame.
struct Framed<'a> {
    frame: &'a Frame,
    lanes: usize,
    /// `[row][column][channel]`
    values: Scratch,
    turned: Scratch,
}

impl<'a> Framed<'a> {
    /// Floats of the values, and of the plane on its way there.
    fn floats(frame: &Frame, lanes: usize) -> [usize; 2] {
        // What the last positions read beyond the frame only reaches dropped ones.
        let slack = 4 * COLUMNS;
        let pixels = |size: [usize; 2]| size[0] * size[1];
        [pixels(frame.size) + slack, pixels(frame.inner)].map(|pixels| pixels * lanes)
    }

    /// A frame around nothing yet.
    fn new(frame: &'a Frame, lanes: usize) -> Self {
        let [mut values, mut turned] = Self::floats(frame, lanes).map(Scratch::new);
        values.fill(0.0);
        turned.fill(0.0);
        Self {
            frame,
            lanes,
            values,
            turned,
        }
    }

    /// Puts `channels` planes into the frame in place of those before.
    fn fill(&mut self, isa: Isa, planes: &[f32], channels: usize) {
        let Self {
            frame,
            lanes,
            values,
            turned,
        } = self;
        let lanes = *lanes;
        let plane = frame.inner[0] * frame.inner[1];
        transpose(isa, planes, plane, channels, plane, turned, lanes);
        let columns = frame.inside(1);
        for row in frame.inside(0) {
            let from = &turned[row * frame.inner[1] * lanes..];
            let from = &from[columns.start * lanes..columns.end * lanes];
            let to = frame.place(0, row) * frame.size[1] + frame.place(1, columns.start);
            let to = &mut values[to * lanes..];
            match frame.step[1] {
                1 => to[..from.len()].copy_from_slice(from),
                step => {
                    let to = to.chunks_mut(lanes).step_by(step);
                    for (to, from) in to.zip(from.chunks(lanes)) {
                        to.copy_from_slice(from);
                    }
                }
            }
        }
    }

    /// The rows of the frame that hold a row of the plane.
    fn rows(&self) -> Range<usize> {
        let rows = self.frame.inside(0);
        match rows.is_empty() {
            true => 0..0,
            false => self.frame.place(0, rows.start)..self.frame.place(0, rows.end - 1) + 1,
        }
    }
}

/// A sum over positions of a frame, `step` apart.
struct Sum<'a> {
    framed: &'a Framed<'a>,
    kernel: [usize; 2],
    step: [usize; 2],
    /// Positions.
    size: [usize; 2],
}

impl Sum<'_> {
    /// Whether the last positions end inside the frame.
    fn check(&self, lanes: usize) {
        let Framed { frame, values, .. } = self.framed;
        let last_row = (self.size[0] - 1) * self.step[0] + self.kernel[0] - 1;
        let last_column = (self.size[1].next_multiple_of(COLUMNS) - 1) * self.step[1];
        let end = last_row * frame.size[1] + last_column + self.kernel[1];
        assert_eq!(self.framed.lanes, lanes, "vectors of another width");
        assert!(end * lanes <= values.len(), "frame is too small");
    }

    /// Taps of a column of the kernel over rows that hold something.
    fn taps(&self, row: usize) -> Range<usize> {
        let (rows, first) = (self.framed.rows(), row * self.step[0]);
        let low = rows.start.saturating_sub(first).min(self.kernel[0]);
        low..rows.end.saturating_sub(first).clamp(low, self.kernel[0])
    }
}

dispatch! {
    /// The sums at every position, `to` being `[row][column][channel]`.
    fn sums(sum: &Sum<'_>, taps: &[f32], to: &mut [f32]) => sums_body
}

#[inline(always)]
fn sums_body<S: Simd>(sum: &Sum<'_>, taps: &[f32], to: &mut [f32]) {
    match (sum.kernel[1], sum.step[1]) {
        (3, 1) => sums_of::<S, 3, 1>(sum, taps, to),
        (5, 1) => sums_of::<S, 5, 1>(sum, taps, to),
        (7, 1) => sums_of::<S, 7, 1>(sum, taps, to),
        (3, 2) => sums_of::<S, 3, 2>(sum, taps, to),
        (5, 2) => sums_of::<S, 5, 2>(sum, taps, to),
        (7, 2) => sums_of::<S, 7, 2>(sum, taps, to),
        other => unreachable!("{other:?} are no taps and step of turned planes"),
    }
}

#[inline(always)]
fn sums_of<S: Simd, const TAPS: usize, const STEP: usize>(
    sum: &Sum<'_>,
    taps: &[f32],
    to: &mut [f32],
) {
    sum.check(S::LANES);
    let [rows, columns] = sum.size;
    assert!(
        taps.len() >= sum.kernel[0] * TAPS * S::LANES,
        "too few taps"
    );
    assert_eq!(
        to.len(),
        rows * columns * S::LANES,
        "target of another size"
    );
    let width = sum.framed.frame.size[1];
    for row in 0..rows {
        for column in (0..columns).step_by(COLUMNS) {
            let mut sums = [S::splat(0.0); COLUMNS];
            for tap in sum.taps(row) {
                let at = ((row * sum.step[0] + tap) * width + column * STEP) * S::LANES;
                // SAFETY: the positions lie inside the frame and the taps inside theirs
                // by the checks.
                unsafe {
                    let taps = taps.as_ptr().add(tap * TAPS * S::LANES);
                    let taps: [S::V; TAPS] =
                        std::array::from_fn(|tap| S::load(taps.add(tap * S::LANES)));
                    let pixels = sum.framed.values.as_ptr().add(at);
                    for at in 0..(COLUMNS - 1) * STEP + TAPS {
                        let pixel = S::load(pixels.add(at * S::LANES));
                        for column in 0..COLUMNS {
                            if at >= column * STEP && at - column * STEP < TAPS {
                                let tap = taps[at - column * STEP];
                                sums[column] = S::fma(tap, pixel, sums[column]);
                            }
                        }
                    }
                }
            }
            let to = &mut to[(row * columns + column) * S::LANES..];
            for (to, sum) in to
                .chunks_exact_mut(S::LANES)
                .zip(sums)
                .take(columns - column)
            {
                // SAFETY: the chunk is one vector long.
                unsafe { S::store(to.as_mut_ptr(), sum) };
            }
        }
    }
}

dispatch! {
    /// Adds the products of `dy`, `[row][column][channel]`, with the pixels under each tap.
    fn dots(sum: &Sum<'_>, dy: &[f32], to: &mut [f32]) => dots_body
}

#[inline(always)]
fn dots_body<S: Simd>(sum: &Sum<'_>, dy: &[f32], to: &mut [f32]) {
    match (sum.kernel[1], sum.step[1]) {
        (3, 1) => dots_of::<S, 3, 1>(sum, dy, to),
        (5, 1) => dots_of::<S, 5, 1>(sum, dy, to),
        (7, 1) => dots_of::<S, 7, 1>(sum, dy, to),
        (3, 2) => dots_of::<S, 3, 2>(sum, dy, to),
        (5, 2) => dots_of::<S, 5, 2>(sum, dy, to),
        (7, 2) => dots_of::<S, 7, 2>(sum, dy, to),
        other => unreachable!("{other:?} are no taps and step of turned planes"),
    }
}

/// Rows are summed by themselves first: long sums in one lane would round more.
#[inline(always)]
fn dots_of<S: Simd, const TAPS: usize, const STEP: usize>(
    sum: &Sum<'_>,
    dy: &[f32],
    to: &mut [f32],
) {
    sum.check(S::LANES);
    let [rows, columns] = sum.size;
    assert_eq!(
        dy.len(),
        rows * columns * S::LANES,
        "gradient of another size"
    );
    assert_eq!(to.len(), sum.kernel[0] * TAPS * S::LANES, "too few taps");
    let width = sum.framed.frame.size[1];
    for row in 0..rows {
        for tap in sum.taps(row) {
            let mut sums = [S::splat(0.0); TAPS];
            for column in (0..columns).step_by(COLUMNS) {
                let at = ((row * sum.step[0] + tap) * width + column * STEP) * S::LANES;
                let count = COLUMNS.min(columns - column);
                // SAFETY: the positions lie inside the frame and `dy` by the checks.
                unsafe {
                    let dy = dy.as_ptr().add((row * columns + column) * S::LANES);
                    let dy: [S::V; COLUMNS] = std::array::from_fn(|column| match column < count {
                        true => S::load(dy.add(column * S::LANES)),
                        false => S::splat(0.0),
                    });
                    let pixels = sum.framed.values.as_ptr().add(at);
                    for at in 0..(COLUMNS - 1) * STEP + TAPS {
                        let pixel = S::load(pixels.add(at * S::LANES));
                        for column in 0..COLUMNS {
                            if at >= column * STEP && at - column * STEP < TAPS {
                                let tap = at - column * STEP;
                                sums[tap] = S::fma(dy[column], pixel, sums[tap]);
                            }
                        }
                    }
                }
            }
            let to = &mut to[tap * TAPS * S::LANES..];
            for (to, sum) in to.chunks_exact_mut(S::LANES).zip(sums) {
                // SAFETY: the chunk is one vector long.
                unsafe { S::store(to.as_mut_ptr(), S::add(S::load(to.as_ptr()), sum)) };
            }
        }
    }
}
