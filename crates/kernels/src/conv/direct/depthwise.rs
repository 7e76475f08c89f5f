//! Depthwise convolution of small maps: lanes along the channels, where a row of
//! pixels would leave most lanes idle.

use rayon::prelude::*;

use super::frame::Frame;
use crate::conv::ConvShape;
use crate::conv::lanes::{gather, scatter};
use crate::disjoint::Disjoint;
use crate::gemm::lanes;
use crate::isa::Isa;
use crate::scratch::Scratch;
use crate::simd::{Simd, dispatch};

/// Floats of a frame of one vector of channels: within the first-level cache.
const MAX_FLOATS: usize = 8 << 10;

/// Whether there is one channel in each group, and little of its map.
pub(super) fn pays(isa: Isa, shape: &ConvShape) -> bool {
    let frames = [Frame::of_input(shape), Frame::of_gradient(shape)];
    shape.channels_in == shape.groups
        && shape.channels_out == shape.groups
        && frames
            .iter()
            .all(|frame| frame.len() * lanes(isa) <= MAX_FLOATS)
}

pub(super) fn forward(isa: Isa, shape: &ConvShape, x: &[f32], w: &[f32], y: &mut [f32]) {
    let frame = Frame::of_input(shape);
    let sums = Sums {
        channels: shape.groups,
        offsets: frame.offsets(shape, |tap, _| tap),
        frame,
        plane: shape.height * shape.width,
        step: shape.stride,
        size: shape.output(),
    };
    sums.all(isa, x, w, y);
}

/// A forward sum over `dy`, spread to the stride, with the kernel turned around.
pub(super) fn backward_input(isa: Isa, shape: &ConvShape, w: &[f32], dy: &[f32], dx: &mut [f32]) {
    let frame = Frame::of_gradient(shape);
    let [rows, columns] = shape.output();
    let sums = Sums {
        channels: shape.groups,
        offsets: frame.offsets(shape, |tap, taps| taps - 1 - tap),
        frame,
        plane: rows * columns,
        step: [1, 1],
        size: [shape.height, shape.width],
    };
    sums.all(isa, dy, w, dx);
}

pub(super) fn backward_weight(isa: Isa, shape: &ConvShape, x: &[f32], dy: &[f32], dw: &mut [f32]) {
    let frame = Frame::of_input(shape);
    let sums = Sums {
        channels: shape.groups,
        offsets: frame.offsets(shape, |tap, _| tap),
        frame,
        plane: shape.height * shape.width,
        step: shape.stride,
        size: shape.output(),
    };
    let lanes = lanes(isa);
    dw.par_chunks_mut(lanes * shape.taps())
        .enumerate()
        .for_each_init(
            || sums.memory(lanes),
            |memory, (group, dw)| correlate_all(isa, &sums, group * lanes, x, dy, memory, dw),
        );
}

/// Sums over framed planes: `size` positions, `step` apart, under taps at `offsets`.
struct Sums {
    channels: usize,
    frame: Frame,
    offsets: Vec<usize>,
    /// Pixels of a plane before it is framed.
    plane: usize,
    step: [usize; 2],
    size: [usize; 2],
}

/// One vector of channels for each of their places.
struct Memory {
    framed: Scratch,
    taps: Scratch,
    positions: Scratch,
}

impl Sums {
    fn memory(&self, lanes: usize) -> Memory {
        let mut framed = Scratch::new(self.frame.len() * lanes);
        framed.fill(0.0);
        Memory {
            framed,
            taps: Scratch::new(self.offsets.len().next_multiple_of(TAPS) * lanes),
            positions: Scratch::new(self.positions() * lanes),
        }
    }

    fn positions(&self) -> usize {
        self.size[0] * self.size[1]
    }

    fn all(&self, isa: Isa, source: &[f32], w: &[f32], to: &mut [f32]) {
        let lanes = lanes(isa);
        let groups = self.channels.div_ceil(lanes);
        let images = source.len() / (self.channels * self.plane);
        let out = Disjoint::new(to);
        (0..images * groups).into_par_iter().for_each_init(
            || self.memory(lanes),
            |memory, task| {
                let (image, first) = (task / groups, task % groups * lanes);
                correlate(isa, self, [image, first], source, w, memory, &out);
            },
        );
    }

    /// Channels of the vector that starts at `first`.
    fn used<S: Simd>(&self, first: usize) -> usize {
        S::LANES.min(self.channels - first)
    }

    /// Whether the last tap of the last position lies in the frame.
    fn check<S: Simd>(&self, memory: &Memory) {
        let last = [0, 1].map(|axis| (self.size[axis] - 1) * self.step[axis]);
        let reach = self.offsets.iter().max().copied().unwrap_or(0);
        let end = last[0] * self.frame.size[1] + last[1] + reach + 1;
        assert!(
            end * S::LANES <= memory.framed.len()
                && self.offsets.len() * S::LANES <= memory.taps.len()
                && self.positions() * S::LANES == memory.positions.len(),
            "memory of another shape"
        );
    }
}

dispatch! {
    /// `to[p] = Σₜ w[t] · framed[p + offsets[t]]` of an image and the vector of
    /// channels from the second on. No other task may write them.
    fn correlate(
        sums: &Sums,
        place: [usize; 2],
        source: &[f32],
        w: &[f32],
        memory: &mut Memory,
        to: &Disjoint<'_, f32>,
    ) => correlate_body
}

#[inline(always)]
fn correlate_body<S: Simd>(
    sums: &Sums,
    [image, first]: [usize; 2],
    source: &[f32],
    w: &[f32],
    memory: &mut Memory,
    to: &Disjoint<'_, f32>,
) {
    sums.check::<S>(memory);
    let used = sums.used::<S>(first);
    let plane = image * sums.channels + first;
    let (taps, positions) = (sums.offsets.len(), sums.positions());
    let weights = memory.taps.as_mut_ptr();
    gather::<S>(&w[first * taps..], taps, used, taps, |tap, weight| {
        // SAFETY: there is memory for every tap, as checked.
        unsafe { S::store(weights.add(tap * S::LANES), weight) };
    });
    let from = &source[plane * sums.plane..];
    sums.frame.fill_lanes::<S>(&mut memory.framed, from, used);
    let [rows, columns] = sums.size;
    for row in 0..rows {
        let mut column = 0;
        for left in (1..=columns.div_ceil(WIDEST)).rev() {
            // SAFETY: the positions of this row lie in the frame, as checked.
            column += unsafe {
                match (columns - column).div_ceil(left) {
                    1 => run::<S, 1>(sums, memory, [row, column]),
                    2 => run::<S, 2>(sums, memory, [row, column]),
                    3 => run::<S, 3>(sums, memory, [row, column]),
                    4 => run::<S, 4>(sums, memory, [row, column]),
                    5 => run::<S, 5>(sums, memory, [row, column]),
                    6 => run::<S, 6>(sums, memory, [row, column]),
                    7 => run::<S, 7>(sums, memory, [row, column]),
                    _ => run::<S, 8>(sums, memory, [row, column]),
                }
            };
        }
    }
    let to = to.pointer(plane * positions, used * positions);
    let from = memory.positions.as_ptr();
    // SAFETY: the planes of these channels are this task's own, and there is memory
    // for every position.
    unsafe {
        scatter::<S>(to, positions, used, positions, |at| {
            S::load(from.add(at * S::LANES))
        });
    }
}

/// Positions of a row that are summed together.
const WIDEST: usize = 8;

/// Sums the positions of a row from `column` on; returns how many.
///
/// # Safety
/// There are so many, and `sums` and `memory` passed their check.
#[inline(always)]
unsafe fn run<S: Simd, const COUNT: usize>(
    sums: &Sums,
    memory: &mut Memory,
    [row, column]: [usize; 2],
) -> usize {
    let first = row * sums.step[0] * sums.frame.size[1] + column * sums.step[1];
    let mut totals = [S::splat(0.0); COUNT];
    // SAFETY: by the contract.
    unsafe {
        for (tap, offset) in sums.offsets.iter().enumerate() {
            let weight = S::load(memory.taps.as_ptr().add(tap * S::LANES));
            let from = memory.framed.as_ptr().add((first + offset) * S::LANES);
            for index in 0..COUNT {
                let pixel = S::load(from.add(index * sums.step[1] * S::LANES));
                totals[index] = S::fma(weight, pixel, totals[index]);
            }
        }
        let at = (row * sums.size[1] + column) * S::LANES;
        for index in 0..COUNT {
            let to = memory.positions.as_mut_ptr().add(at + index * S::LANES);
            S::store(to, totals[index]);
        }
    }
    COUNT
}

/// Taps that share one pass over the positions.
const TAPS: usize = 9;

dispatch! {
    /// `to[t] = Σₚ factors[p] · framed[p + offsets[t]]` over every image, of the vector
    /// of channels from `first` on.
    fn correlate_all(
        sums: &Sums,
        first: usize,
        source: &[f32],
        factors: &[f32],
        memory: &mut Memory,
        to: &mut [f32],
    ) => correlate_all_body
}

#[inline(always)]
fn correlate_all_body<S: Simd>(
    sums: &Sums,
    first: usize,
    source: &[f32],
    factors: &[f32],
    memory: &mut Memory,
    to: &mut [f32],
) {
    sums.check::<S>(memory);
    let used = sums.used::<S>(first);
    let (taps, positions) = (sums.offsets.len(), sums.positions());
    memory.taps.fill(0.0);
    for image in 0..source.len() / (sums.channels * sums.plane) {
        let plane = image * sums.channels + first;
        let from = &source[plane * sums.plane..];
        sums.frame.fill_lanes::<S>(&mut memory.framed, from, used);
        let values = memory.positions.as_mut_ptr();
        let from = &factors[plane * positions..];
        gather::<S>(from, positions, used, positions, |at, factor| {
            // SAFETY: there is memory for every position, as checked.
            unsafe { S::store(values.add(at * S::LANES), factor) };
        });
        let totals = memory.taps.chunks_exact_mut(TAPS * S::LANES);
        for (offsets, totals) in sums.offsets.chunks(TAPS).zip(totals) {
            // SAFETY: the positions lie in the frame, as checked.
            unsafe { dots::<S>(sums, offsets, &memory.framed, &memory.positions, totals) };
        }
    }
    assert_eq!(to.len(), used * taps, "gradients of other channels");
    let from = memory.taps.as_ptr();
    // SAFETY: as long, and there is memory for every tap.
    unsafe {
        scatter::<S>(to.as_mut_ptr(), taps, used, taps, |tap| {
            S::load(from.add(tap * S::LANES))
        });
    }
}

/// Adds the sums over one image under at most [`TAPS`] taps.
///
/// # Safety
/// The frame and the factors have every position.
#[inline(always)]
unsafe fn dots<S: Simd>(
    sums: &Sums,
    offsets: &[usize],
    framed: &[f32],
    factors: &[f32],
    totals: &mut [f32],
) {
    assert_eq!(totals.len(), TAPS * S::LANES, "a vector for each tap");
    // Fewer taps: the last again, for nothing.
    let mut all = [offsets[offsets.len() - 1]; TAPS];
    all[..offsets.len()].copy_from_slice(offsets);
    // SAFETY: by the contract and the assertion.
    unsafe {
        let at = |tap: usize| totals.as_ptr().add(tap * S::LANES);
        let mut values: [S::V; TAPS] = std::array::from_fn(|tap| S::load(at(tap)));
        let mut factors = factors.as_ptr();
        for row in 0..sums.size[0] {
            let mut from = framed.as_ptr();
            from = from.add(row * sums.step[0] * sums.frame.size[1] * S::LANES);
            for _ in 0..sums.size[1] {
                let factor = S::load(factors);
                for tap in 0..TAPS {
                    let pixel = S::load(from.add(all[tap] * S::LANES));
                    values[tap] = S::fma(factor, pixel, values[tap]);
                }
                from = from.add(sums.step[1] * S::LANES);
                factors = factors.add(S::LANES);
            }
        }
        for tap in 0..TAPS {
            S::store(totals.as_mut_ptr().add(tap * S::LANES), values[tap]);
        }
    }
}
