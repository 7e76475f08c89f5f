//! Weights to spectra, and spectra to the gradient of the weights.

use super::kind::Kind;
use super::maps::Channels;
use super::spectra::{Format, Layout, Spectra};
use super::tile::{EvenTaps, EvenTwoTaps, Four, LONGEST, MOST_TAP_POINTS, Taps, Two};
use crate::conv::lanes::{gather, scatter};
use crate::disjoint::Disjoint;
use crate::gemm::lanes;
use crate::isa::Isa;
use crate::simd::{Simd, dispatch, dispatch_pairs};

/// Taps of a kernel.
const TAPS: usize = 9;
/// Kernels that are laid out before they are transformed.
const KERNELS: usize = 16;

/// Rows of weights that are fetched ahead.
const ROWS_AHEAD: usize = 6;

/// Which way a convolution goes through its weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    /// From the input channels to the output channels.
    Forward,
    /// Back, with the kernels turned by 180 degrees.
    Backward,
}

/// The weights `[channels_out, channels_in, 3, 3]` of a convolution.
#[derive(Clone, Copy)]
pub(crate) struct Weights<'a> {
    pub kind: Kind,
    pub values: &'a [f32],
    pub channels_in: usize,
    pub direction: Direction,
}

/// Transforms the kernels from every channel to `to` into matrices, one per
/// frequency, whose rows are those channels (or pairs of them).
pub(crate) fn analyse(isa: Isa, weights: &Weights<'_>, to: Channels, spectra: &mut Spectra) {
    for column in (0..to.count).step_by(lanes(isa)) {
        analyse_group(isa, weights, to, column, spectra);
    }
}

dispatch_pairs! {
    fn analyse_group(
        weights: &Weights<'_>,
        to: Channels,
        column: usize,
        spectra: &mut Spectra,
    ) => analyse_body
}

#[inline(always)]
fn analyse_body<S: Simd>(
    weights: &Weights<'_>,
    to: Channels,
    column: usize,
    spectra: &mut Spectra,
) {
    match spectra.layout.format {
        Format::Single => analyse_words::<S, false>(weights, to, column, spectra),
        Format::RowPairs => analyse_words::<S, true>(weights, to, column, spectra),
        Format::ColumnPairs => unreachable!("products go over the rows of the weights"),
    }
}

#[inline(always)]
fn analyse_words<S: Simd, const PAIRS: bool>(
    weights: &Weights<'_>,
    to: Channels,
    column: usize,
    spectra: &mut Spectra,
) {
    match weights.kind {
        Kind::Two => analyse_kernels::<S, Two, PAIRS>(weights, to, column, spectra),
        Kind::Four | Kind::Seven => analyse_kernels::<S, Four, PAIRS>(weights, to, column, spectra),
        Kind::HalvedTwo | Kind::DoubledTwo => {
            analyse_kernels::<S, EvenTwoTaps, PAIRS>(weights, to, column, spectra)
        }
        Kind::HalvedFour | Kind::HalvedSeven | Kind::DoubledFour | Kind::DoubledSeven => {
            analyse_kernels::<S, EvenTaps, PAIRS>(weights, to, column, spectra)
        }
    }
}

#[inline(always)]
fn analyse_kernels<S: Simd, T: Taps, const PAIRS: bool>(
    weights: &Weights<'_>,
    to: Channels,
    column: usize,
    spectra: &mut Spectra,
) {
    let used = S::LANES.min(to.count - column);
    let channel = to.first + column;
    let depth = weights.channels_in * TAPS;
    let from = weights.values.len() / TAPS / to.all;
    let zero = S::splat(0.0);
    let together = if PAIRS { 2 } else { 1 };
    match weights.direction {
        // Lanes are rows of the weights, in which kernels follow each other.
        Direction::Forward => {
            let mut kernels = [[zero; TAPS]; KERNELS];
            for first in (0..from).step_by(KERNELS) {
                let count = KERNELS.min(from - first);
                let source = &weights.values[channel * depth + first * TAPS..];
                let flat = kernels.as_flattened_mut();
                gather::<S>(source, depth, used, count * TAPS, |at, taps| {
                    flat[at] = taps
                });
                // The pair of an odd last kernel.
                if let Some(next) = kernels.get_mut(count) {
                    *next = [zero; TAPS];
                }
                for kernel in (0..count).step_by(together) {
                    let row = (first + kernel) / together;
                    transform::<S, T, PAIRS>(&kernels[kernel..], spectra, row, column);
                }
            }
        }
        // Lanes are neighbouring kernels.
        Direction::Backward => {
            for first in (0..from).step_by(together) {
                let mut kernels = [[zero; TAPS]; 2];
                for (row, kernel) in (first..from).zip(&mut kernels[..together]) {
                    let source = &weights.values[row * depth + channel * TAPS..];
                    // Rows are too far apart for the hardware to foresee.
                    for line in 0..TAPS {
                        let ahead = ROWS_AHEAD * depth + line * S::LANES;
                        S::prefetch(source.as_ptr().wrapping_add(ahead));
                    }
                    gather::<S>(source, TAPS, used, TAPS, |at, tap| {
                        kernel[TAPS - 1 - at] = tap
                    });
                }
                transform::<S, T, PAIRS>(&kernels, spectra, first / together, column);
            }
        }
    }
}

/// Transforms one kernel per lane, or with `PAIRS` two, to one row of words.
#[inline(always)]
fn transform<S: Simd, T: Taps, const PAIRS: bool>(
    kernels: &[[S::V; TAPS]],
    spectra: &mut Spectra,
    row: usize,
    column: usize,
) {
    let Layout {
        row: row_stride,
        frequency: stride,
        ..
    } = spectra.layout;
    let to = &mut spectra.values[row * row_stride + column..];
    assert!(
        to.len() >= (T::POINTS * T::POINTS - 1) * stride + S::LANES,
        "spectra are too short"
    );
    let lines = columns::<S, T>(&kernels[0]);
    let others = if PAIRS {
        columns::<S, T>(&kernels[1])
    } else {
        lines
    };
    for point in 0..T::POINTS {
        let line = T::points::<S>(lines[point]);
        let next = if PAIRS {
            T::points::<S>(others[point])
        } else {
            line
        };
        for other in 0..T::POINTS {
            let at = (point * T::POINTS + other) * stride;
            let word = if PAIRS {
                S::pairs(line[other], next[other])
            } else {
                line[other]
            };
            // SAFETY: inside by the assertion.
            unsafe { S::store(to.as_mut_ptr().add(at), word) };
        }
    }
}

/// Transforms the columns of kernels to one line of taps per point.
#[inline(always)]
fn columns<S: Simd, T: Taps>(taps: &[S::V; TAPS]) -> [[S::V; 3]; MOST_TAP_POINTS] {
    let mut lines = [[S::splat(0.0); 3]; MOST_TAP_POINTS];
    for x in 0..3 {
        let line = T::points::<S>([taps[x], taps[3 + x], taps[6 + x]]);
        for point in 0..T::POINTS {
            lines[point][x] = line[point];
        }
    }
    lines
}

/// Transforms matrices `[from][to]` of products into the gradients of the kernels
/// between the channels `from` and `to`. No other task may write them.
pub(crate) fn synthesise(
    isa: Isa,
    kind: Kind,
    spectra: &Spectra,
    from: Channels,
    to: Channels,
    out: &Disjoint<'_, f32>,
) {
    for column in (0..to.count).step_by(lanes(isa)) {
        synthesise_group(isa, kind, spectra, from, to, column, out);
    }
}

dispatch! {
    fn synthesise_group(
        kind: Kind,
        spectra: &Spectra,
        from: Channels,
        to: Channels,
        column: usize,
        out: &Disjoint<'_, f32>,
    ) => synthesise_body
}

#[inline(always)]
fn synthesise_body<S: Simd>(
    kind: Kind,
    spectra: &Spectra,
    from: Channels,
    to: Channels,
    column: usize,
    out: &Disjoint<'_, f32>,
) {
    match kind {
        Kind::Two => synthesise_kernels::<S, Two>(spectra, from, to, column, out),
        Kind::Four | Kind::Seven => synthesise_kernels::<S, Four>(spectra, from, to, column, out),
        Kind::HalvedTwo | Kind::DoubledTwo => {
            synthesise_kernels::<S, EvenTwoTaps>(spectra, from, to, column, out)
        }
        Kind::HalvedFour | Kind::HalvedSeven | Kind::DoubledFour | Kind::DoubledSeven => {
            synthesise_kernels::<S, EvenTaps>(spectra, from, to, column, out)
        }
    }
}

#[inline(always)]
fn synthesise_kernels<S: Simd, T: Taps>(
    spectra: &Spectra,
    from: Channels,
    to: Channels,
    column: usize,
    out: &Disjoint<'_, f32>,
) {
    let used = S::LANES.min(to.count - column);
    let depth = from.all * TAPS;
    let mut kernels = [[S::splat(0.0); TAPS]; KERNELS];
    for first in (0..from.count).step_by(KERNELS) {
        let count = KERNELS.min(from.count - first);
        for kernel in 0..count {
            kernels[kernel] = gradient::<S, T>(spectra, first + kernel, column);
        }
        let start = (to.first + column) * depth + (from.first + first) * TAPS;
        let at = out.pointer(start, (used - 1) * depth + count * TAPS);
        let flat = kernels.as_flattened();
        // SAFETY: every task has its own kernels, and `pointer` has checked the
        // length.
        unsafe { scatter::<S>(at, depth, used, count * TAPS, |at| flat[at]) };
    }
}

#[inline(always)]
fn gradient<S: Simd, T: Taps>(spectra: &Spectra, row: usize, column: usize) -> [S::V; TAPS] {
    let stride = spectra.layout.frequency;
    let values = &spectra.values[row * spectra.layout.row + column..];
    assert!(
        values.len() >= (T::POINTS * T::POINTS - 1) * stride + S::LANES,
        "spectra are too short"
    );
    let zero = [S::splat(0.0); LONGEST];
    let mut lines = [zero; 3];
    for point in 0..T::POINTS {
        let mut line = zero;
        for other in 0..T::POINTS {
            let at = (point * T::POINTS + other) * stride;
            // SAFETY: inside by the assertion.
            line[other] = unsafe { S::load(values.as_ptr().add(at)) };
        }
        let line = T::gradient::<S>(line);
        for x in 0..3 {
            lines[x][point] = line[x];
        }
    }
    let mut taps = [S::splat(0.0); TAPS];
    for x in 0..3 {
        let line = T::gradient::<S>(lines[x]);
        for y in 0..3 {
            taps[3 * y + x] = line[y];
        }
    }
    taps
}
