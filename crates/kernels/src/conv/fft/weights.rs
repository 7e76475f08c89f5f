//! Weights to spectra, and spectra to weight gradients.

use std::f64::consts::TAU;
use std::ops::Range;

use rayon::prelude::*;

use super::grid::Grid;
use super::maps::SKEW;
use super::transform::MAX_LEN;
use crate::conv::ConvShape;
use crate::disjoint::Disjoint;
use crate::gemm::lanes;
use crate::isa::Isa;
use crate::scratch::Scratch;
use crate::simd::{Simd, dispatch};
use crate::transpose::transpose;

/// The largest kernel side.
pub(crate) const MAX_KERNEL: usize = 11;

/// Spectra of weights, `[frequency][from][real, imaginary][to]`: `from` are the
/// channels that a product sums over, `to` those it yields.
pub(crate) struct WeightSpectra {
    pub values: Scratch,
    /// Floats from one frequency to the next.
    pub stride: usize,
    /// Channels `to`, rounded up to whole vectors.
    pub to: usize,
}

impl WeightSpectra {
    pub(crate) fn new(isa: Isa, grid: &Grid, from: usize, to: usize) -> Self {
        let to = to.next_multiple_of(lanes(isa));
        let stride = from * 2 * to + SKEW;
        Self {
            values: Scratch::new(grid.frequencies.count * stride),
            stride,
            to,
        }
    }
}

/// Which way a convolution goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    /// From inputs to outputs.
    Forward,
    /// From output gradients to input gradients: taps flipped.
    Backward,
}

/// Where the taps of one axis sit on their circle.
fn tap_positions(grid: &Grid, shape: &ConvShape, direction: Direction, axis: usize) -> Vec<usize> {
    let taps = shape.kernel[axis];
    (0..taps)
        .map(|tap| match direction {
            Direction::Forward => grid.tap(axis, tap),
            Direction::Backward => grid.tap(axis, taps - 1 - tap),
        })
        .collect()
}

/// Cosines and sines of `2π · column · tap position / len`, `[column][tap]`.
struct Waves {
    taps: usize,
    values: Vec<[f32; 2]>,
}

impl Waves {
    fn new(grid: &Grid, taps: &[usize], factor: impl Fn(usize) -> f64) -> Self {
        let len = grid.len();
        let values = (0..=len / 2)
            .flat_map(|column| {
                let factor = factor(column);
                taps.iter().map(move |tap| {
                    let angle = TAU * (column * tap % len) as f64 / len as f64;
                    [(angle.cos() * factor) as f32, (angle.sin() * factor) as f32]
                })
            })
            .collect();
        Self {
            taps: taps.len(),
            values,
        }
    }

    fn column(&self, column: usize) -> &[[f32; 2]] {
        &self.values[column * self.taps..][..self.taps]
    }
}

/// Conjugate spectra of those weights `[out, in, taps]` that lead to channels `to`, scaled by `1 / len²` for
/// the inverse transform to come.
pub(crate) fn analyse(
    isa: Isa,
    grid: &Grid,
    shape: &ConvShape,
    direction: Direction,
    to: Range<usize>,
    w: &[f32],
) -> WeightSpectra {
    let from = match direction {
        Direction::Forward => shape.channels_in,
        Direction::Backward => shape.channels_out,
    };
    let mut spectra = WeightSpectra::new(isa, grid, from, to.len());
    let (stride, padded) = (spectra.stride, spectra.to);
    let scale = 1.0 / (grid.len() * grid.len()) as f64;
    let rows = tap_positions(grid, shape, direction, 0);
    let columns = tap_positions(grid, shape, direction, 1);
    let waves = Waves::new(grid, &columns, |_| scale);
    let groups = padded / lanes(isa);
    let out = Disjoint::new(&mut spectra.values);
    (0..from).into_par_iter().for_each(|channel| {
        let taps = shape.taps();
        let mut turned = Scratch::new(taps * padded);
        turn(
            isa,
            shape,
            direction,
            w,
            channel,
            to.clone(),
            padded,
            &mut turned,
        );
        for group in 0..groups {
            let job = AnalyseJob {
                grid,
                rows: &rows,
                columns: shape.kernel[1],
                waves: &waves,
                taps: &turned[group * lanes(isa)..],
                tap_stride: padded,
                at: channel * 2 * padded + group * lanes(isa),
                imaginary: padded,
                stride,
            };
            analyse_group(isa, &job, &out);
        }
    });
    spectra
}

/// The taps that lead from one channel, as `[tap][to]`.
fn turn(
    isa: Isa,
    shape: &ConvShape,
    direction: Direction,
    w: &[f32],
    channel: usize,
    to: Range<usize>,
    padded: usize,
    turned: &mut [f32],
) {
    let taps = shape.taps();
    let (first, stride) = match direction {
        Direction::Forward => (
            (to.start * shape.channels_in + channel) * taps,
            shape.channels_in * taps,
        ),
        Direction::Backward => ((channel * shape.channels_in + to.start) * taps, taps),
    };
    transpose(isa, &w[first..], stride, to.len(), taps, turned, padded);
    for row in turned.chunks_mut(padded) {
        row[to.len()..].fill(0.0);
    }
}

struct AnalyseJob<'a> {
    grid: &'a Grid,
    /// Position of each row of taps on its circle.
    rows: &'a [usize],
    /// Taps per row.
    columns: usize,
    waves: &'a Waves,
    /// `[tap][to]`, from the first lane on.
    taps: &'a [f32],
    tap_stride: usize,
    at: usize,
    imaginary: usize,
    stride: usize,
}

dispatch! {
    fn analyse_group(job: &AnalyseJob<'_>, out: &Disjoint<'_, f32>) => analyse_body
}

#[inline(always)]
fn analyse_body<S: Simd>(job: &AnalyseJob<'_>, out: &Disjoint<'_, f32>) {
    let len = job.grid.len();
    let columns = job.columns;
    let zero = [S::splat(0.0); 2];
    let mut buffers = [[zero; MAX_LEN]; 2];
    for column in 0..=len / 2 {
        buffers[0][..len].fill(zero);
        let waves = job.waves.column(column);
        for (row, &position) in job.rows.iter().enumerate() {
            let mut sum = zero;
            for (tap, &[cos, sin]) in waves.iter().enumerate().take(columns) {
                let at = (row * columns + tap) * job.tap_stride;
                let from = &job.taps[at..at + S::LANES];
                // SAFETY: the slice has `LANES` floats.
                let weight = unsafe { S::load(from.as_ptr()) };
                sum[0] = S::fma(weight, S::splat(cos), sum[0]);
                sum[1] = S::fnma(weight, S::splat(sin), sum[1]);
            }
            buffers[0][position] = sum;
        }
        let places = job.grid.frequencies.column(column, len);
        for place in places.iter().filter(|place| !place.opposite) {
            let to = out.start().wrapping_add(job.at + place.index * job.stride);
            S::prefetch(to);
            S::prefetch(to.wrapping_add(job.imaginary));
        }
        let line = job.grid.transform.run::<S>(&mut buffers);
        for (place, value) in places.iter().zip(line) {
            if place.opposite {
                continue;
            }
            let at = job.at + place.index * job.stride;
            let to = out.pointer(at, job.imaginary + S::LANES);
            // SAFETY: `pointer` has checked the length; every task has its own
            // channel.
            unsafe {
                S::store(to, value[0]);
                S::store(to.add(job.imaginary), S::sub(zero[0], value[1]));
            }
        }
    }
}

/// Transforms spectra `[frequency][in][real, imaginary][out]` that sum over two
/// units per pair (twice the wanted value) back to the gradients
/// of the weights `[out, in, taps]` for outputs `to`.
pub(crate) fn synthesise(
    isa: Isa,
    grid: &Grid,
    shape: &ConvShape,
    spectra: &WeightSpectra,
    to: Range<usize>,
    out: &Disjoint<'_, f32>,
) {
    let len = grid.len();
    let padded = spectra.to;
    let scale = 0.5 / (len * len) as f64;
    // Columns between the first and the middle one stand for two.
    let columns = tap_positions(grid, shape, Direction::Forward, 1);
    let waves = Waves::new(grid, &columns, |column| {
        if column == 0 || column == len / 2 {
            scale
        } else {
            2.0 * scale
        }
    });
    let groups = padded / lanes(isa);
    let taps = shape.taps();
    let buffers = || [0, 1].map(|_| Scratch::new(taps * lanes(isa)));
    (0..shape.channels_in * groups)
        .into_par_iter()
        .for_each_init(buffers, |[sums, turned], task| {
            let (channel, group) = (task / groups, task % groups);
            let job = SynthesiseJob {
                grid,
                kernel: shape.kernel,
                waves: &waves,
                spectra: &spectra.values,
                at: channel * 2 * padded + group * lanes(isa),
                imaginary: padded,
                stride: spectra.stride,
            };
            synthesise_group(isa, &job, sums);
            let (lanes, first) = (lanes(isa), group * lanes(isa));
            let used = lanes.min(to.len() - first);
            transpose(isa, sums, lanes, taps, used, turned, taps);
            for (lane, turned) in turned.chunks(taps).take(used).enumerate() {
                let output = to.start + first + lane;
                let at = (output * shape.channels_in + channel) * taps;
                // SAFETY: every task has its own channels.
                unsafe { out.part(at, taps) }.copy_from_slice(turned);
            }
        });
}

struct SynthesiseJob<'a> {
    grid: &'a Grid,
    kernel: [usize; 2],
    waves: &'a Waves,
    spectra: &'a [f32],
    at: usize,
    imaginary: usize,
    stride: usize,
}

dispatch! {
    /// Fills `sums`, `[tap][lane]`.
    fn synthesise_group(job: &SynthesiseJob<'_>, sums: &mut [f32]) => synthesise_body
}

#[inline(always)]
fn synthesise_body<S: Simd>(job: &SynthesiseJob<'_>, sums: &mut [f32]) {
    let len = job.grid.len();
    let [rows, columns] = job.kernel;
    let zero = [S::splat(0.0); 2];
    let mut buffers = [[zero; MAX_LEN]; 2];
    let sums = &mut sums[..rows * columns * S::LANES];
    sums.fill(0.0);
    for column in 0..=len / 2 {
        let places = job.grid.frequencies.column(column, len);
        for (place, value) in places.iter().zip(&mut buffers[0]) {
            let at = job.at + place.index * job.stride;
            let from = &job.spectra[at..at + job.imaginary + S::LANES];
            // SAFETY: the slice has both parts.
            let (re, im) = unsafe {
                (
                    S::load(from.as_ptr()),
                    S::load(from.as_ptr().add(job.imaginary)),
                )
            };
            // Swapped parts: the forward transform is the inverse one.
            *value = [
                if place.opposite {
                    S::sub(zero[0], im)
                } else {
                    im
                },
                re,
            ];
        }
        for place in job.grid.frequencies.column((column + 1) % len, len) {
            let from = job.at + place.index * job.stride;
            let from = job.spectra.as_ptr().wrapping_add(from);
            S::prefetch(from);
            S::prefetch(from.wrapping_add(job.imaginary));
        }
        let line = job.grid.transform.run::<S>(&mut buffers);
        let waves = job.waves.column(column);
        for row in 0..rows {
            let [im, re] = line[job.grid.tap(0, row)];
            for (tap, &[cos, sin]) in waves.iter().enumerate().take(columns) {
                let to = sums[(row * columns + tap) * S::LANES..][..S::LANES].as_mut_ptr();
                // SAFETY: the slice has `LANES` floats.
                unsafe {
                    let sum = S::fma(re, S::splat(cos), S::load(to));
                    S::store(to, S::fnma(im, S::splat(sin), sum));
                }
            }
        }
    }
}
