//! Feature maps to spectra and back.

use std::ops::Range;

use rayon::prelude::*;

use super::grid::Grid;
use super::transform::{Complex, MAX_LEN};
use crate::disjoint::Disjoint;
use crate::gemm::lanes;
use crate::isa::Isa;
use crate::scratch::Scratch;
use crate::simd::{Simd, dispatch};

/// Spectra of all units of a batch: `[frequency][unit][real, imaginary][channel]`,
/// where units `2j` and `2j + 1` hold a complex transform of both (one as its real
/// part, one as its imaginary part) at a frequency and, conjugated, at the
/// opposite one.
pub(crate) struct Spectra {
    pub values: Scratch,
    /// Floats from one frequency to the next: not a power of two.
    pub stride: usize,
    /// Floats from one unit to the next.
    pub unit: usize,
    /// Channels rounded up to whole vectors.
    pub channels: usize,
}

/// Floats between frequencies beyond what they need: with a power of two, a
/// transform would write all its values to a few cache sets.
pub(crate) const SKEW: usize = 112;

impl Spectra {
    pub(crate) fn new(isa: Isa, grid: &Grid, channels: usize) -> Self {
        let channels = channels.next_multiple_of(lanes(isa));
        let unit = 2 * channels;
        let stride = 2 * grid.pairs() * unit + SKEW;
        Self {
            values: Scratch::new(grid.frequencies.count * stride),
            stride,
            unit,
            channels,
        }
    }
}

/// Some channels of maps `[batch, channels, height, width]`.
#[derive(Clone, Copy)]
pub(crate) struct Maps {
    pub channels: usize,
    /// The first channel of those that are transformed, and their number.
    pub first: usize,
    pub count: usize,
    pub size: [usize; 2],
    /// How many pixels before its first output pixel a tile starts.
    pub lead: [usize; 2],
    /// Pixels of a tile that count, from its start.
    pub extent: [usize; 2],
}

impl Maps {
    /// The channels that are transformed.
    pub(crate) fn range(&self) -> Range<usize> {
        self.first..self.first + self.count
    }

    /// Positions of a tile whose pixels lie in the map, along one axis.
    fn inside(&self, axis: usize, first: usize) -> [usize; 2] {
        let lead = self.lead[axis];
        let low = lead.saturating_sub(first);
        let high = (self.size[axis] + lead)
            .saturating_sub(first)
            .min(self.extent[axis]);
        [low, high.max(low)]
    }
}

/// Transforms every tile of `x`.
pub(crate) fn analyse(isa: Isa, grid: &Grid, maps: &Maps, x: &[f32]) -> Spectra {
    let mut spectra = Spectra::new(isa, grid, maps.count);
    let (stride, unit) = (spectra.stride, spectra.unit);
    let groups = spectra.channels / lanes(isa);
    let out = Disjoint::new(&mut spectra.values);
    (0..grid.pairs() * groups).into_par_iter().for_each(|task| {
        let (pair, group) = (task / groups, task % groups);
        let job = Job {
            grid,
            maps,
            pair,
            first_channel: maps.first + group * lanes(isa),
            stride,
            at: 2 * pair * unit + group * lanes(isa),
            imaginary: unit / 2,
            unit,
        };
        analyse_pair(isa, &job, x, &out);
    });
    spectra
}

/// Transforms back into every pixel of the channels of `maps`.
pub(crate) fn synthesise(
    isa: Isa,
    grid: &Grid,
    maps: &Maps,
    spectra: &Spectra,
    out: &Disjoint<'_, f32>,
) {
    let unit = spectra.unit;
    let groups = spectra.channels / lanes(isa);
    (0..grid.pairs() * groups).into_par_iter().for_each(|task| {
        let (pair, group) = (task / groups, task % groups);
        let job = Job {
            grid,
            maps,
            pair,
            first_channel: maps.first + group * lanes(isa),
            stride: spectra.stride,
            at: 2 * pair * unit + group * lanes(isa),
            imaginary: unit / 2,
            unit,
        };
        synthesise_pair(isa, &job, &spectra.values, out);
    });
}

/// One vector of channels of two units.
struct Job<'a> {
    grid: &'a Grid,
    maps: &'a Maps,
    pair: usize,
    first_channel: usize,
    stride: usize,
    at: usize,
    imaginary: usize,
    unit: usize,
}

impl Job<'_> {
    /// The units of the pair that exist.
    fn units(&self) -> impl Iterator<Item = (usize, usize, [usize; 2])> {
        let last = self.grid.units();
        (0..2).filter_map(move |part| {
            let unit = 2 * self.pair + part;
            let (image, first) = self.grid.unit(unit);
            (unit < last).then_some((part, image, first))
        })
    }

    fn lanes<S: Simd>(&self) -> usize {
        S::LANES.min(self.maps.first + self.maps.count - self.first_channel)
    }

    /// Start of a row of pixels of the first channel.
    fn row(&self, image: usize, row: usize, column: usize) -> usize {
        let [height, width] = self.maps.size;
        ((image * self.maps.channels + self.first_channel) * height + row) * width + column
    }
}

dispatch! {
    fn analyse_pair(job: &Job<'_>, x: &[f32], out: &Disjoint<'_, f32>) => analyse_body
}

#[inline(always)]
fn analyse_body<S: Simd>(job: &Job<'_>, x: &[f32], out: &Disjoint<'_, f32>) {
    let grid = job.grid;
    let len = grid.len();
    let zero = [S::splat(0.0); 2];
    let mut buffers = [[zero; MAX_LEN]; 2];
    let mut memory = Scratch::new(len * len * 2 * S::LANES);
    let plane = memory.as_mut_ptr();
    let (mut low, mut high) = (len, 0);
    for (_, _, first) in job.units() {
        let [from, to] = job.maps.inside(0, first[0]);
        (low, high) = (low.min(from), high.max(to));
    }
    for position in low..high {
        let line = &mut buffers[0][..len];
        line.fill(zero);
        for (part, image, first) in job.units() {
            let [from, to] = job.maps.inside(0, first[0]);
            let [left, right] = job.maps.inside(1, first[1]);
            if position < from || position >= to || left == right {
                continue;
            }
            let row = first[0] + position - job.maps.lead[0];
            let column = first[1] + left - job.maps.lead[1];
            let start = job.row(image, row, column);
            let channel = job.maps.size[0] * job.maps.size[1];
            let used = job.lanes::<S>();
            let source = &x[start..start + (used - 1) * channel + right - left];
            gather::<S>(source, channel, used, &mut line[left..right], part);
            // The rows of 16 channels are too many streams for the hardware.
            for lane in 0..used {
                let next = start + lane * channel + 2 * job.maps.size[1];
                S::prefetch(x.as_ptr().wrapping_add(next));
                S::prefetch(x.as_ptr().wrapping_add(next + 16));
            }
        }
        let line = grid.transform.run::<S>(&mut buffers);
        for (at, value) in line.iter().enumerate() {
            // SAFETY: `position` and `at` are below `len`.
            unsafe { write::<S>(plane, position * len + at, *value) };
        }
    }
    for column in 0..len {
        buffers[0][..len].fill(zero);
        for row in low..high {
            // SAFETY: `row` and `column` are below `len`.
            buffers[0][row] = unsafe { read::<S>(plane, row * len + column) };
        }
        // The lines that the results go to lie on as many pages: fetch them while
        // the transform runs.
        let places = grid.frequencies.column(column, len);
        for place in places {
            let unit = usize::from(place.opposite) * job.unit;
            let to = out
                .start()
                .wrapping_add(job.at + place.index * job.stride + unit);
            S::prefetch(to);
            S::prefetch(to.wrapping_add(job.imaginary));
        }
        let line = grid.transform.run::<S>(&mut buffers);
        for (place, &[re, im]) in places.iter().zip(line) {
            let at = job.at + place.index * job.stride;
            let conjugate = S::sub(zero[0], im);
            if !place.opposite {
                keep::<S>(job, out, at, re, im);
            }
            if place.opposite || place.own_opposite {
                keep::<S>(job, out, at + job.unit, re, conjugate);
            }
        }
    }
}

#[inline(always)]
fn keep<S: Simd>(job: &Job<'_>, out: &Disjoint<'_, f32>, at: usize, re: S::V, im: S::V) {
    let to = out.pointer(at, job.imaginary + S::LANES);
    // SAFETY: `pointer` has checked the length, and every task has its own units
    // and channels.
    unsafe {
        S::store(to, re);
        S::store(to.add(job.imaginary), im);
    }
}

dispatch! {
    fn synthesise_pair(job: &Job<'_>, spectra: &[f32], out: &Disjoint<'_, f32>) => synthesise_body
}

/// Real and imaginary parts are swapped throughout: the forward transform is
/// then the inverse one.
#[inline(always)]
fn synthesise_body<S: Simd>(job: &Job<'_>, spectra: &[f32], out: &Disjoint<'_, f32>) {
    let grid = job.grid;
    let len = grid.len();
    let zero = [S::splat(0.0); 2];
    let mut buffers = [[zero; MAX_LEN]; 2];
    let mut memory = Scratch::new(len * len * 2 * S::LANES);
    let plane = memory.as_mut_ptr();
    let mut high = 0;
    for (_, _, first) in job.units() {
        high = high.max(job.maps.inside(0, first[0])[1]);
    }
    for column in 0..len {
        let places = grid.frequencies.column(column, len);
        for (place, value) in places.iter().zip(&mut buffers[0]) {
            let unit = usize::from(place.opposite) * job.unit;
            let at = job.at + place.index * job.stride + unit;
            let from = &spectra[at..at + job.imaginary + S::LANES];
            // SAFETY: the slice has both parts.
            let (re, im) = unsafe {
                (
                    S::load(from.as_ptr()),
                    S::load(from.as_ptr().add(job.imaginary)),
                )
            };
            *value = [
                if place.opposite {
                    S::sub(zero[0], im)
                } else {
                    im
                },
                re,
            ];
        }
        for place in grid.frequencies.column((column + 1) % len, len) {
            let unit = usize::from(place.opposite) * job.unit;
            let from = job.at + place.index * job.stride + unit;
            let from = spectra.as_ptr().wrapping_add(from);
            S::prefetch(from);
            S::prefetch(from.wrapping_add(job.imaginary));
        }
        let line = grid.transform.run::<S>(&mut buffers);
        for (row, value) in line[..high].iter().enumerate() {
            // SAFETY: `row` and `column` are below `len`.
            unsafe { write::<S>(plane, row * len + column, *value) };
        }
    }
    for position in 0..high {
        for at in 0..len {
            // SAFETY: `position` and `at` are below `len`.
            buffers[0][at] = unsafe { read::<S>(plane, position * len + at) };
        }
        let line = grid.transform.run::<S>(&mut buffers);
        for (part, image, first) in job.units() {
            let [from, to] = job.maps.inside(0, first[0]);
            let [left, right] = job.maps.inside(1, first[1]);
            if position < from || position >= to || left == right {
                continue;
            }
            let start = job.row(image, first[0] + position, first[1] + left);
            // Parts are swapped here too.
            scatter::<S>(job, &line[left..right], 1 - part, out, start);
        }
    }
}

/// # Safety
/// The plane has more than `at` complex vectors.
#[inline(always)]
unsafe fn read<S: Simd>(plane: *const f32, at: usize) -> Complex<S::V> {
    // SAFETY: by the contract.
    unsafe {
        let from = plane.add(at * 2 * S::LANES);
        [S::load(from), S::load(from.add(S::LANES))]
    }
}

/// # Safety
/// The plane has more than `at` complex vectors.
#[inline(always)]
unsafe fn write<S: Simd>(plane: *mut f32, at: usize, value: Complex<S::V>) {
    // SAFETY: by the contract.
    unsafe {
        let to = plane.add(at * 2 * S::LANES);
        S::store(to, value[0]);
        S::store(to.add(S::LANES), value[1]);
    }
}

/// Part `part` of `line[p]` gets pixel `p` of `channels` rows, `stride` apart.
#[inline(always)]
fn gather<S: Simd>(
    rows: &[f32],
    stride: usize,
    channels: usize,
    line: &mut [Complex<S::V>],
    part: usize,
) {
    let len = line.len();
    let mut square = [S::splat(0.0); 16];
    for start in (0..len).step_by(S::LANES) {
        let pixels = S::LANES.min(len - start);
        for (lane, vector) in square[..channels].iter_mut().enumerate() {
            let from = &rows[lane * stride + start..][..pixels];
            // SAFETY: the slice has `pixels` floats.
            *vector = unsafe {
                if pixels == S::LANES {
                    S::load(from.as_ptr())
                } else {
                    S::load_part(from.as_ptr(), pixels)
                }
            };
        }
        square[channels..].fill(S::splat(0.0));
        S::transpose(&mut square);
        for pixel in 0..pixels {
            line[start + pixel][part] = square[pixel];
        }
    }
}

/// The opposite of [`gather`]: writes the rows that start at `start`.
#[inline(always)]
fn scatter<S: Simd>(
    job: &Job<'_>,
    line: &[Complex<S::V>],
    part: usize,
    out: &Disjoint<'_, f32>,
    start: usize,
) {
    let stride = job.maps.size[0] * job.maps.size[1];
    let len = line.len();
    let mut square = [S::splat(0.0); 16];
    for first in (0..len).step_by(S::LANES) {
        let pixels = S::LANES.min(len - first);
        for pixel in 0..pixels {
            square[pixel] = line[first + pixel][part];
        }
        S::transpose(&mut square);
        for lane in 0..job.lanes::<S>() {
            let to = out.pointer(start + lane * stride + first, pixels);
            // SAFETY: every task has its own channels and tiles, and `pointer`
            // has checked the length.
            unsafe {
                if pixels == S::LANES {
                    S::store(to, square[lane]);
                } else {
                    S::store_part(to, square[lane], pixels);
                }
            }
        }
    }
}
