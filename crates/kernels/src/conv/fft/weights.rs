//! Weights to spectra, and spectra to weight gradients.

use std::f64::consts::TAU;
use std::ops::Range;

use super::grid::Grid;
use crate::conv::ConvShape;
use crate::gemm::lanes;
use crate::isa::Isa;
use crate::simd::{Simd, dispatch};
use crate::transpose::transpose;

/// The largest kernel side.
pub(crate) const MAX_KERNEL: usize = 11;

const MAX_HALF: usize = MAX_KERNEL / 2;

/// Which way a convolution goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    /// From inputs to outputs: a correlation, conjugate spectra.
    Forward,
    /// From output gradients to input gradients.
    Backward,
}

/// The weights `[out, in, taps]` that lead from channels `from` to channels `to`,
/// as `[from][vector of to][tap][lane]`.
pub(crate) struct Turned<'a> {
    pub shape: &'a ConvShape,
    pub direction: Direction,
    pub from: Range<usize>,
    pub to: Range<usize>,
}

impl Turned<'_> {
    fn vectors(&self, isa: Isa) -> usize {
        self.to.len().div_ceil(lanes(isa))
    }

    /// Floats of one channel `from`.
    pub(crate) fn channel(&self, isa: Isa) -> usize {
        self.vectors(isa) * self.shape.taps() * lanes(isa)
    }

    /// Fills `turned` for the channel `index` of `from`.
    pub(crate) fn fill(&self, isa: Isa, index: usize, w: &[f32], turned: &mut [f32]) {
        let (taps, lanes) = (self.shape.taps(), lanes(isa));
        let channel = self.from.start + index;
        let channels_in = self.shape.channels_in;
        for vector in 0..self.vectors(isa) {
            let to = self.to.start + vector * lanes;
            let used = lanes.min(self.to.end - to);
            let (first, stride) = match self.direction {
                Direction::Forward => ((to * channels_in + channel) * taps, channels_in * taps),
                Direction::Backward => ((channel * channels_in + to) * taps, taps),
            };
            // The channel after the next one: too many streams for the hardware.
            match self.direction {
                Direction::Forward if index + 2 < self.from.len() => {
                    for lane in 0..used {
                        prefetch(isa, &w[first + lane * stride + 2 * taps..][..taps]);
                    }
                }
                Direction::Backward if index + 1 < self.from.len() => {
                    let next = first + channels_in * taps;
                    prefetch(isa, &w[next..][..used * taps]);
                }
                Direction::Forward | Direction::Backward => {}
            }
            let turned = &mut turned[vector * taps * lanes..][..taps * lanes];
            transpose(isa, &w[first..], stride, used, taps, turned, lanes);
            if used < lanes {
                for tap in turned.chunks_mut(lanes) {
                    tap[used..].fill(0.0);
                }
            }
        }
    }
}

dispatch! {
    /// Asks for memory that is needed soon.
    pub(crate) fn prefetch(memory: &[f32]) => prefetch_body
}

#[inline(always)]
fn prefetch_body<S: Simd>(memory: &[f32]) {
    const LINE: usize = 16;
    for line in memory.chunks(LINE) {
        S::prefetch(line.as_ptr());
    }
}

/// Cosines and sines of `2π · frequency · tap / len`, taps counted from the
/// middle one.
pub(crate) struct Waves {
    kernel: [usize; 2],
    /// Per axis `[frequency][tap]` for taps from 0 to half the kernel.
    values: [Vec<[f32; 2]>; 2],
}

impl Waves {
    /// For [`analyse_column`], with the factor of the inverse transform to
    /// come.
    pub(crate) fn analysis(grid: &Grid, shape: &ConvShape, direction: Direction) -> Self {
        let sign = match direction {
            Direction::Forward => 1.0,
            Direction::Backward => -1.0,
        };
        let [height, width] = grid.lens();
        let scale = 1.0 / (height * width) as f64;
        Self::new(grid, shape, sign, |_| scale)
    }

    /// For [`synthesise`], from spectra that sum over two units per pair, twice
    /// the wanted value.
    pub(crate) fn synthesis(grid: &Grid, shape: &ConvShape) -> Self {
        let [height, width] = grid.lens();
        let scale = 0.5 / (height * width) as f64;
        Self::new(grid, shape, 1.0, |column| {
            // The other columns stand for two.
            if grid.frequencies.is_own_opposite(column) {
                scale
            } else {
                2.0 * scale
            }
        })
    }

    fn new(grid: &Grid, shape: &ConvShape, sign: f64, factor: impl Fn(usize) -> f64) -> Self {
        let values = |axis: usize| {
            let len = grid.lens()[axis];
            let mut values = Vec::new();
            for frequency in 0..=len / 2 {
                let factor = if axis == 1 { factor(frequency) } else { 1.0 };
                for tap in 0..=shape.kernel[axis] / 2 {
                    let (sin, cos) = (TAU * (frequency * tap % len) as f64 / len as f64).sin_cos();
                    values.push([(cos * factor) as f32, (sin * sign * factor) as f32]);
                }
            }
            values
        };
        Self {
            kernel: shape.kernel,
            values: [values(0), values(1)],
        }
    }

    #[inline(always)]
    fn at(&self, axis: usize, frequency: usize) -> &[[f32; 2]] {
        let count = self.kernel[axis] / 2 + 1;
        &self.values[axis][frequency * count..][..count]
    }
}

/// Chooses the constant half of a kernel's side.
macro_rules! by_half {
    ($kernel:expr, $body:ident::<$simd:ident>($($arg:expr),*)) => {
        match $kernel / 2 {
            0 => $body::<$simd, 0>($($arg),*),
            1 => $body::<$simd, 1>($($arg),*),
            2 => $body::<$simd, 2>($($arg),*),
            3 => $body::<$simd, 3>($($arg),*),
            4 => $body::<$simd, 4>($($arg),*),
            _ => $body::<$simd, 5>($($arg),*),
        }
    };
}

/// One column of the spectra of the weights from one channel.
pub(crate) struct Column<'a> {
    pub grid: &'a Grid,
    pub waves: &'a Waves,
    /// Which column, from 0 to half of them.
    pub column: usize,
    /// Vectors of channels `to`, for each `[tap][lane]`.
    pub turned: &'a [f32],
    /// `[row][..][real, imaginary][to]`, from this channel on.
    pub to: *mut f32,
    /// Floats from one row to the next.
    pub stride: usize,
    pub imaginary: usize,
}

dispatch! {
    /// Writes a column of spectra. Its pointer must be valid for all kept rows,
    /// and unshared: whoever makes one says why.
    pub(crate) fn analyse_column(column: &Column<'_>) => column_body
}

#[inline(always)]
fn column_body<S: Simd>(job: &Column<'_>) {
    let [rows, columns] = job.waves.kernel;
    for (vector, taps) in job
        .turned
        .chunks_exact(rows * columns * S::LANES)
        .enumerate()
    {
        let mut line = [[S::splat(0.0); 2]; 2 * MAX_HALF + 1];
        by_half!(columns, across::<S>(job, taps, &mut line));
        // SAFETY: `to` is valid by the contract.
        let to = unsafe { job.to.add(vector * S::LANES) };
        by_half!(rows, down::<S>(job, &line, to));
    }
}

/// Transforms every row of taps at one frequency.
#[inline(always)]
fn across<S: Simd, const HALF: usize>(
    job: &Column<'_>,
    taps: &[f32],
    line: &mut [[S::V; 2]; 2 * MAX_HALF + 1],
) {
    let [rows, columns] = job.waves.kernel;
    let waves = &job.waves.at(1, job.column)[..HALF + 1];
    for row in 0..rows.min(MAX_KERNEL) {
        let row_taps = &taps[row * columns * S::LANES..][..columns * S::LANES];
        // SAFETY: `tap` is below the columns wherever this is called.
        let tap = |tap: usize| unsafe { S::load(row_taps.as_ptr().add(tap * S::LANES)) };
        let mut re = S::mul(tap(HALF), S::splat(waves[0][0]));
        let mut im = S::splat(0.0);
        for j in 1..=HALF {
            let before = tap(HALF - j);
            let after = if HALF + j < columns {
                tap(HALF + j)
            } else {
                S::splat(0.0)
            };
            re = S::fma(S::add(after, before), S::splat(waves[j][0]), re);
            im = S::fma(S::sub(after, before), S::splat(waves[j][1]), im);
        }
        line[row] = [re, im];
    }
}

/// Transforms the column of those.
#[inline(always)]
fn down<S: Simd, const HALF: usize>(
    job: &Column<'_>,
    line: &[[S::V; 2]; 2 * MAX_HALF + 1],
    to: *mut f32,
) {
    let len = job.grid.lens()[0];
    let zero = [S::splat(0.0); 2];
    let (mut even, mut odd) = ([zero; MAX_HALF], [zero; MAX_HALF]);
    let mut sum = line[HALF];
    for j in 1..=HALF {
        let (before, after) = (line[HALF - j], line[HALF + j]);
        for part in 0..2 {
            even[j - 1][part] = S::add(after[part], before[part]);
            odd[j - 1][part] = S::sub(after[part], before[part]);
            sum[part] = S::add(sum[part], even[j - 1][part]);
        }
    }
    let store = |row: usize, re: S::V, im: S::V| {
        // SAFETY: a kept row, valid by the contract.
        unsafe {
            let to = to.add(row * job.stride);
            S::store(to, re);
            S::store(to.add(job.imaginary), im);
        }
    };
    store(0, sum[0], sum[1]);
    let own_opposite = job.grid.frequencies.is_own_opposite(job.column);
    for row in 1..=len / 2 {
        let waves = &job.waves.at(0, row)[..HALF + 1];
        let (mut centre, mut off) = (line[HALF], zero);
        for j in 1..=HALF {
            let (cos, sin) = (S::splat(waves[j][0]), S::splat(waves[j][1]));
            for part in 0..2 {
                centre[part] = S::fma(even[j - 1][part], cos, centre[part]);
                off[part] = S::fma(odd[j - 1][part], sin, off[part]);
            }
        }
        store(row, S::sub(centre[0], off[1]), S::add(centre[1], off[0]));
        if !own_opposite && 2 * row < len {
            store(
                len - row,
                S::add(centre[0], off[1]),
                S::sub(centre[1], off[0]),
            );
        }
    }
}

/// One column of the spectra of a vector of weight gradients.
pub(crate) struct Gradient<'a> {
    pub grid: &'a Grid,
    pub waves: &'a Waves,
    /// Which column, from 0 to half of them.
    pub column: usize,
    /// `[row][..][real, imaginary][lane]`, from this vector on.
    pub from: &'a [f32],
    /// Floats from one row to the next.
    pub stride: usize,
    pub imaginary: usize,
}

/// Floats of one vector of gradients between [`raise_column`] and [`synthesise`].
pub(crate) fn raised(isa: Isa, grid: &Grid, shape: &ConvShape) -> usize {
    shape.kernel[0] * (grid.lens()[1] / 2 + 1) * 2 * lanes(isa)
}

dispatch! {
    /// Transforms a column back to the rows of taps: fills its part of `raised`,
    /// `[column][row][real, imaginary][lane]`.
    pub(crate) fn raise_column(job: &Gradient<'_>, raised: &mut [f32]) => raise_body
}

#[inline(always)]
fn raise_body<S: Simd>(job: &Gradient<'_>, raised: &mut [f32]) {
    let rows = job.waves.kernel[0];
    let part = rows * 2 * S::LANES;
    let raised = &mut raised[job.column * part..][..part];
    by_half!(rows, up::<S>(job, raised));
}

dispatch! {
    /// Transforms what [`raise_column`] left back to the taps, `[tap][lane]`.
    pub(crate) fn synthesise(
        grid: &Grid,
        waves: &Waves,
        raised: &[f32],
        taps: &mut [f32],
    ) => synthesise_body
}

#[inline(always)]
fn synthesise_body<S: Simd>(grid: &Grid, waves: &Waves, raised: &[f32], taps: &mut [f32]) {
    by_half!(waves.kernel[1], along::<S>(grid, waves, raised, taps));
}

#[inline(always)]
fn up<S: Simd, const HALF: usize>(job: &Gradient<'_>, raised: &mut [f32]) {
    let len = job.grid.lens()[0];
    let zero = [S::splat(0.0); 2];
    let frequencies = &job.grid.frequencies;
    let last = (frequencies.rows(job.column) - 1) * job.stride + job.imaginary + S::LANES;
    assert!(job.from.len() >= last, "spectra are too short");
    let load = |row: usize| {
        // SAFETY: the slice has every kept row, as asserted.
        unsafe {
            let from = job.from.as_ptr().add(row * job.stride);
            [S::load(from), S::load(from.add(job.imaginary))]
        }
    };
    let own_opposite = frequencies.is_own_opposite(job.column);
    let mut centre = [load(0); MAX_HALF + 1];
    let mut off = [zero; MAX_HALF + 1];
    for row in 1..=(len - 1) / 2 {
        let one = load(row);
        let other = if own_opposite {
            [one[0], S::sub(zero[0], one[1])]
        } else {
            load(len - row)
        };
        let sum = [S::add(one[0], other[0]), S::add(one[1], other[1])];
        let difference = [S::sub(one[0], other[0]), S::sub(one[1], other[1])];
        let waves = &job.waves.at(0, row)[..HALF + 1];
        for part in 0..2 {
            centre[0][part] = S::add(centre[0][part], sum[part]);
        }
        for j in 1..=HALF {
            let (cos, sin) = (S::splat(waves[j][0]), S::splat(waves[j][1]));
            for part in 0..2 {
                centre[j][part] = S::fma(sum[part], cos, centre[j][part]);
                off[j][part] = S::fma(difference[part], sin, off[j][part]);
            }
        }
    }
    if len.is_multiple_of(2) {
        let value = load(len / 2);
        let waves = &job.waves.at(0, len / 2)[..HALF + 1];
        for j in 0..=HALF {
            for part in 0..2 {
                centre[j][part] = S::fma(value[part], S::splat(waves[j][0]), centre[j][part]);
            }
        }
    }
    let mut store = |row: usize, re: S::V, im: S::V| {
        if row < job.waves.kernel[0] {
            let to = &mut raised[row * 2 * S::LANES..][..2 * S::LANES];
            // SAFETY: the slice has two vectors.
            unsafe {
                S::store(to.as_mut_ptr(), re);
                S::store(to.as_mut_ptr().add(S::LANES), im);
            }
        }
    };
    store(HALF, centre[0][0], centre[0][1]);
    for j in 1..=HALF {
        let (c, o) = (centre[j], off[j]);
        store(HALF + j, S::sub(c[0], o[1]), S::add(c[1], o[0]));
        store(HALF - j, S::add(c[0], o[1]), S::sub(c[1], o[0]));
    }
}

/// Every row back to its taps.
#[inline(always)]
fn along<S: Simd, const HALF: usize>(grid: &Grid, waves: &Waves, raised: &[f32], sums: &mut [f32]) {
    let [rows, taps] = waves.kernel;
    let columns = grid.lens()[1] / 2 + 1;
    assert!(
        raised.len() >= columns * rows * 2 * S::LANES,
        "raised columns are too short"
    );
    for row in 0..rows {
        let mut even = [S::splat(0.0); MAX_HALF + 1];
        let mut odd = [S::splat(0.0); MAX_HALF + 1];
        for column in 0..columns {
            let waves = &waves.at(1, column)[..HALF + 1];
            // SAFETY: two vectors per row and column, as asserted.
            let (re, im) = unsafe {
                let from = raised.as_ptr().add((column * rows + row) * 2 * S::LANES);
                (S::load(from), S::load(from.add(S::LANES)))
            };
            even[0] = S::fma(re, S::splat(waves[0][0]), even[0]);
            for j in 1..=HALF {
                even[j] = S::fma(re, S::splat(waves[j][0]), even[j]);
                odd[j] = S::fma(im, S::splat(waves[j][1]), odd[j]);
            }
        }
        let mut store = |tap: usize, value: S::V| {
            if tap < taps {
                let to = &mut sums[(row * taps + tap) * S::LANES..][..S::LANES];
                // SAFETY: the slice has `LANES` floats.
                unsafe { S::store(to.as_mut_ptr(), value) };
            }
        };
        store(HALF, even[0]);
        for j in 1..=HALF {
            store(HALF + j, S::sub(even[j], odd[j]));
            store(HALF - j, S::add(even[j], odd[j]));
        }
    }
}
