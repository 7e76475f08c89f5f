//! Weights to spectra, and spectra to weight gradients.

use std::f64::consts::TAU;

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

/// The largest kernel side.
pub(crate) const MAX_KERNEL: usize = 16;

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

/// Cosines and sines of `2π · column · tap position / len`, `[column][tap]`.
struct Waves {
    taps: usize,
    values: Vec<[f32; 2]>,
}

impl Waves {
    fn new(grid: &Grid, taps: usize, factor: impl Fn(usize) -> f64) -> Self {
        let len = grid.len();
        let values = (0..=len / 2)
            .flat_map(|column| {
                let factor = factor(column);
                (0..taps).map(move |tap| {
                    let angle = TAU * (column * grid.tap(1, tap) % len) as f64 / len as f64;
                    [(angle.cos() * factor) as f32, (angle.sin() * factor) as f32]
                })
            })
            .collect();
        Self { taps, values }
    }

    fn column(&self, column: usize) -> &[[f32; 2]] {
        &self.values[column * self.taps..][..self.taps]
    }
}

/// Conjugate spectra of the weights `[out, in, taps]`, scaled by `1 / len²` for
/// the inverse transform to come.
pub(crate) fn analyse(
    isa: Isa,
    grid: &Grid,
    shape: &ConvShape,
    direction: Direction,
    w: &[f32],
) -> WeightSpectra {
    let (from, to) = match direction {
        Direction::Forward => (shape.channels_in, shape.channels_out),
        Direction::Backward => (shape.channels_out, shape.channels_in),
    };
    let mut spectra = WeightSpectra::new(isa, grid, from, to);
    let (stride, padded) = (spectra.stride, spectra.to);
    let scale = 1.0 / (grid.len() * grid.len()) as f64;
    let waves = Waves::new(grid, shape.kernel[1], |_| scale);
    let groups = padded / lanes(isa);
    let out = Disjoint::new(&mut spectra.values);
    (0..from).into_par_iter().for_each(|channel| {
        let taps = shape.taps();
        let mut turned = Scratch::new(taps * padded);
        turn(shape, direction, w, channel, to, padded, &mut turned);
        for group in 0..groups {
            let job = AnalyseJob {
                grid,
                kernel: shape.kernel,
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
    shape: &ConvShape,
    direction: Direction,
    w: &[f32],
    channel: usize,
    to: usize,
    padded: usize,
    turned: &mut [f32],
) {
    let taps = shape.taps();
    for other in 0..to {
        let start = match direction {
            Direction::Forward => (other * shape.channels_in + channel) * taps,
            Direction::Backward => (channel * shape.channels_in + other) * taps,
        };
        for (tap, weight) in w[start..start + taps].iter().enumerate() {
            let tap = match direction {
                Direction::Forward => tap,
                Direction::Backward => taps - 1 - tap,
            };
            turned[tap * padded + other] = *weight;
        }
    }
    for row in turned.chunks_mut(padded) {
        row[to..].fill(0.0);
    }
}

struct AnalyseJob<'a> {
    grid: &'a Grid,
    kernel: [usize; 2],
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
    let [rows, columns] = job.kernel;
    let zero = [S::splat(0.0); 2];
    let mut buffers = [[zero; MAX_LEN]; 2];
    for column in 0..=len / 2 {
        buffers[0][..len].fill(zero);
        let waves = job.waves.column(column);
        for row in 0..rows {
            let mut sum = zero;
            for (tap, &[cos, sin]) in waves.iter().enumerate().take(columns) {
                let at = (row * columns + tap) * job.tap_stride;
                let from = &job.taps[at..at + S::LANES];
                // SAFETY: the slice has `LANES` floats.
                let weight = unsafe { S::load(from.as_ptr()) };
                sum[0] = S::fma(weight, S::splat(cos), sum[0]);
                sum[1] = S::fnma(weight, S::splat(sin), sum[1]);
            }
            buffers[0][job.grid.tap(0, row)] = sum;
        }
        let line = job.grid.transform.run::<S>(&mut buffers);
        let places = job.grid.frequencies.column(column, len);
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
/// units per pair (twice the wanted value) back to `dw`, `[out, in, taps]`.
pub(crate) fn synthesise(
    isa: Isa,
    grid: &Grid,
    shape: &ConvShape,
    spectra: &WeightSpectra,
    dw: &mut [f32],
) {
    let len = grid.len();
    let padded = spectra.to;
    let scale = 0.5 / (len * len) as f64;
    // Columns between the first and the middle one stand for two.
    let waves = Waves::new(grid, shape.kernel[1], |column| {
        if column == 0 || column == len / 2 {
            scale
        } else {
            2.0 * scale
        }
    });
    let groups = padded / lanes(isa);
    let taps = shape.taps();
    let out = Disjoint::new(dw);
    (0..shape.channels_in * groups)
        .into_par_iter()
        .for_each(|task| {
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
            let mut sums = [0.0; MAX_KERNEL * MAX_KERNEL * 16];
            synthesise_group(isa, &job, &mut sums);
            let first = group * lanes(isa);
            for lane in 0..lanes(isa).min(shape.channels_out - first) {
                let at = ((first + lane) * shape.channels_in + channel) * taps;
                // SAFETY: every task has its own channels.
                let to = unsafe { out.part(at, taps) };
                for (to, sum) in to.iter_mut().zip(sums.chunks(lanes(isa))) {
                    *to = sum[lane];
                }
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
