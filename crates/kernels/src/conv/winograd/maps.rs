//! Tiles of feature maps to spectra and back.

use std::ops::Range;

use rayon::prelude::*;

use super::grid::{Grid, Side};
use super::kind::{Extent, Kind};
use super::spectra::{Format, Layout, Spectra};
use super::strip::{Strip, lay};
use super::tile::{
    Analysis, DoubledFour, DoubledSeven, DoubledTwo, Four, HalvedFour, HalvedSeven, HalvedTwo,
    LONGEST, Line, OutputGradient, Seven, Synthesis, Two,
};
use crate::conv::lanes::scatter;
use crate::disjoint::Disjoint;
use crate::gemm::lanes;
use crate::isa::Isa;
use crate::scratch::Scratch;
use crate::simd::{Simd, dispatch, dispatch_pairs};

/// Some channels of maps with `all` channels.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Channels {
    pub all: usize,
    pub first: usize,
    pub count: usize,
}

impl Channels {
    pub(crate) fn all(count: usize) -> Self {
        Self {
            all: count,
            first: 0,
            count,
        }
    }

    /// Cut into blocks of at most `width`.
    pub(crate) fn blocks(self, width: usize) -> Vec<Self> {
        (0..self.count)
            .step_by(width)
            .map(|at| Self {
                all: self.all,
                first: self.first + at,
                count: width.min(self.count - at),
            })
            .collect()
    }
}

/// One vector of channels of some bands.
struct Job<'a> {
    grid: &'a Grid,
    side: Side,
    channels: Channels,
    /// The first channel of the vector, counted from `channels.first`.
    column: usize,
    bands: Range<usize>,
    /// The band at row 0 of the spectra.
    origin: usize,
    layout: Layout,
}

/// The spectra of `bands` of some channels of `source`, computed in parallel.
pub(crate) fn analyse(
    isa: Isa,
    grid: &Grid,
    (side, format): (Side, Format),
    channels: Channels,
    bands: Range<usize>,
    source: &[f32],
) -> Spectra {
    let tiles = bands.len() * grid.tiles[1];
    let frequencies = match side {
        Side::Input => grid.kind.frequencies().input,
        Side::OutputGradient => grid.kind.frequencies().output,
    };
    let mut spectra = Spectra::new(isa, format, frequencies, tiles, channels.count);
    let layout = spectra.layout;
    let out = Disjoint::new(&mut spectra.values);
    let part = (64 / grid.tiles[1]).max(1);
    let parts = bands.len().div_ceil(part);
    let groups = channels.count.div_ceil(lanes(isa));
    (0..parts * groups).into_par_iter().for_each(|task| {
        let (index, group) = (task / groups, task % groups);
        let first = bands.start + index * part;
        let job = Job {
            grid,
            side,
            channels,
            column: group * lanes(isa),
            bands: first..(first + part).min(bands.end),
            origin: bands.start,
            layout,
        };
        analyse_bands(isa, &job, source, &out);
    });
    spectra
}

/// [`analyse`] on this thread, into memory that is there already.
pub(crate) fn analyse_into(
    isa: Isa,
    grid: &Grid,
    bands: Range<usize>,
    channels: Channels,
    source: &[f32],
    spectra: &mut Spectra,
) {
    let layout = spectra.layout;
    let out = Disjoint::new(&mut spectra.values);
    for column in (0..channels.count).step_by(lanes(isa)) {
        let job = Job {
            grid,
            side: Side::Input,
            channels,
            column,
            bands: bands.clone(),
            origin: bands.start,
            layout,
        };
        analyse_bands(isa, &job, source, &out);
    }
}

/// Transforms `spectra`, whose row 0 is the first tile of `bands`, back into every
/// pixel of those bands of some channels. No other task may write them.
pub(crate) fn synthesise(
    isa: Isa,
    grid: &Grid,
    bands: Range<usize>,
    channels: Channels,
    spectra: &Spectra,
    out: &Disjoint<'_, f32>,
) {
    for column in (0..channels.count).step_by(lanes(isa)) {
        let job = Job {
            grid,
            side: Side::Input,
            channels,
            column,
            bands: bands.clone(),
            origin: bands.start,
            layout: spectra.layout,
        };
        synthesise_bands(isa, &job, &spectra.values, out);
    }
}

impl Job<'_> {
    fn lanes<S: Simd>(&self) -> usize {
        S::LANES.min(self.channels.count - self.column)
    }

    /// Where the plane of the first channel of an image starts.
    fn plane(&self, image: usize, size: [usize; 2]) -> usize {
        (image * self.channels.all + self.channels.first + self.column) * size[0] * size[1]
    }
}

dispatch_pairs! {
    fn analyse_bands(job: &Job<'_>, source: &[f32], out: &Disjoint<'_, f32>) => analyse_body
}

#[inline(always)]
fn analyse_body<S: Simd>(job: &Job<'_>, source: &[f32], out: &Disjoint<'_, f32>) {
    match job.layout.format {
        Format::Single => analyse_words::<S, false>(job, source, out),
        Format::ColumnPairs => analyse_words::<S, true>(job, source, out),
        Format::RowPairs => unreachable!("no product goes over pairs of tiles made here"),
    }
}

#[inline(always)]
fn analyse_words<S: Simd, const PAIRS: bool>(
    job: &Job<'_>,
    source: &[f32],
    out: &Disjoint<'_, f32>,
) {
    use OutputGradient as Gradient;
    match (job.side, job.grid.kind) {
        (Side::Input, Kind::Two) => analyse_tiles::<S, Two, PAIRS>(job, source, out),
        (Side::Input, Kind::Four) => analyse_tiles::<S, Four, PAIRS>(job, source, out),
        (Side::Input, Kind::Seven) => analyse_tiles::<S, Seven, PAIRS>(job, source, out),
        (Side::Input, Kind::HalvedTwo) => analyse_tiles::<S, HalvedTwo, PAIRS>(job, source, out),
        (Side::Input, Kind::HalvedFour) => analyse_tiles::<S, HalvedFour, PAIRS>(job, source, out),
        (Side::Input, Kind::HalvedSeven) => {
            analyse_tiles::<S, HalvedSeven, PAIRS>(job, source, out)
        }
        (Side::Input, Kind::DoubledTwo) => analyse_tiles::<S, DoubledTwo, PAIRS>(job, source, out),
        (Side::Input, Kind::DoubledFour) => {
            analyse_tiles::<S, DoubledFour, PAIRS>(job, source, out)
        }
        (Side::Input, Kind::DoubledSeven) => {
            analyse_tiles::<S, DoubledSeven, PAIRS>(job, source, out)
        }
        (_, Kind::Two) => analyse_tiles::<S, Gradient<Two>, PAIRS>(job, source, out),
        (_, Kind::Four) => analyse_tiles::<S, Gradient<Four>, PAIRS>(job, source, out),
        (_, Kind::Seven) => analyse_tiles::<S, Gradient<Seven>, PAIRS>(job, source, out),
        (_, Kind::HalvedTwo) => analyse_tiles::<S, Gradient<HalvedTwo>, PAIRS>(job, source, out),
        (_, Kind::HalvedFour) => analyse_tiles::<S, Gradient<HalvedFour>, PAIRS>(job, source, out),
        (_, Kind::HalvedSeven) => {
            analyse_tiles::<S, Gradient<HalvedSeven>, PAIRS>(job, source, out)
        }
        (_, Kind::DoubledTwo | Kind::DoubledFour | Kind::DoubledSeven) => {
            unreachable!("the gradient of the weights is that of the forward tiles")
        }
    }
}

#[inline(always)]
fn analyse_tiles<S: Simd, T: Analysis, const PAIRS: bool>(
    job: &Job<'_>,
    source: &[f32],
    out: &Disjoint<'_, f32>,
) {
    let grid = job.grid;
    let (size, lead) = match job.side {
        Side::Input => (grid.input, grid.lead),
        Side::OutputGradient => (grid.output, [0, 0]),
    };
    let extent = Extent::input::<T>();
    let across = grid.tiles[1];
    let columns = grid.columns(job.side);
    let (longest, pixels) = grid.longest(job.side);
    let mut memory = Scratch::new(grid.analysed(job.side) * S::LANES);
    let (strip_values, lines) = memory.split_at_mut(pixels * S::LANES);
    for run in grid.runs(job.bands.clone(), longest) {
        let strip = Strip::new(&run, extent, columns);
        let planes = &source[job.plane(run.image, size)..];
        lay::<S>(&strip, planes, job.lanes::<S>(), size, lead, strip_values);
        for band in 0..run.count {
            let from = &strip_values[band * T::STEP * columns * S::LANES..];
            down::<S, T>(from, columns, lines);
            let row = (job.bands.start - job.origin + run.at + band) * across;
            let per_word = if PAIRS { 2 } else { 1 };
            let at = row * job.layout.row + job.column / per_word;
            let reach = (T::POINTS * T::POINTS - 1) * job.layout.frequency
                + (across - 1) * job.layout.row
                + S::LANES / per_word;
            let to = out.pointer(at, reach);
            for tile in 0..across {
                for point in 0..T::POINTS {
                    let mut line = [S::splat(0.0); LONGEST];
                    for pixel in 0..T::PIXELS {
                        let at = (point * columns + tile * T::STEP + pixel) * S::LANES;
                        // SAFETY: `lines` has a row of `columns` vectors per point.
                        line[pixel] = unsafe { S::load(lines.as_ptr().add(at)) };
                    }
                    let line = T::points::<S>(line);
                    for other in 0..T::POINTS {
                        let frequency = point * T::POINTS + other;
                        let at = frequency * job.layout.frequency + tile * job.layout.row;
                        // SAFETY: inside `reach`, and every task has its own
                        // tiles and channels.
                        unsafe {
                            if PAIRS {
                                S::store_neighbour_pairs(to.add(at), line[other]);
                            } else {
                                S::store(to.add(at), line[other]);
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Transforms the columns of one band.
#[inline(always)]
fn down<S: Simd, T: Analysis>(strip: &[f32], columns: usize, lines: &mut [f32]) {
    assert!(
        strip.len() >= T::PIXELS * columns * S::LANES
            && lines.len() >= T::POINTS * columns * S::LANES,
        "strip is too short"
    );
    for column in 0..columns {
        let mut line = [S::splat(0.0); LONGEST];
        for row in 0..T::PIXELS {
            let at = (row * columns + column) * S::LANES;
            // SAFETY: inside by the assertion.
            line[row] = unsafe { S::load(strip.as_ptr().add(at)) };
        }
        let line = T::points::<S>(line);
        for point in 0..T::POINTS {
            let at = (point * columns + column) * S::LANES;
            // SAFETY: inside by the assertion.
            unsafe { S::store(lines.as_mut_ptr().add(at), line[point]) };
        }
    }
}

dispatch! {
    fn synthesise_bands(job: &Job<'_>, values: &[f32], out: &Disjoint<'_, f32>) => synthesise_body
}

#[inline(always)]
fn synthesise_body<S: Simd>(job: &Job<'_>, values: &[f32], out: &Disjoint<'_, f32>) {
    match job.grid.kind {
        Kind::Two => synthesise_tiles::<S, Two>(job, values, out),
        Kind::Four => synthesise_tiles::<S, Four>(job, values, out),
        Kind::Seven => synthesise_tiles::<S, Seven>(job, values, out),
        Kind::HalvedTwo => synthesise_tiles::<S, HalvedTwo>(job, values, out),
        Kind::HalvedFour => synthesise_tiles::<S, HalvedFour>(job, values, out),
        Kind::HalvedSeven => synthesise_tiles::<S, HalvedSeven>(job, values, out),
        Kind::DoubledTwo => synthesise_tiles::<S, DoubledTwo>(job, values, out),
        Kind::DoubledFour => synthesise_tiles::<S, DoubledFour>(job, values, out),
        Kind::DoubledSeven => synthesise_tiles::<S, DoubledSeven>(job, values, out),
    }
}

#[inline(always)]
fn synthesise_tiles<S: Simd, T: Synthesis>(job: &Job<'_>, values: &[f32], out: &Disjoint<'_, f32>) {
    let grid = job.grid;
    let [height, width] = grid.output;
    let extent = Extent::output::<T>();
    let across = grid.tiles[1];
    let columns = grid.columns(Side::OutputGradient);
    let (longest, pixels) = grid.longest(Side::OutputGradient);
    let mut memory = Scratch::new(pixels * S::LANES);
    let mut lines = [[S::splat(0.0); LONGEST]; LONGEST];
    for run in grid.runs(job.bands.clone(), longest) {
        let strip = Strip::new(&run, extent, columns);
        let pixels = &mut memory[..strip.rows * columns * S::LANES];
        for tile in 0..run.count * across {
            let row = (job.bands.start - job.origin + run.at) * across + tile;
            let from = &values[row * job.layout.row + job.column..];
            let first = (tile / across * columns + tile % across) * T::PIXELS;
            let to = &mut pixels[first * S::LANES..];
            up::<S, T>(from, job.layout.frequency, to, columns, &mut lines);
        }
        // The rows of the strip that the map has.
        let first = grid.trim[0].saturating_sub(strip.top);
        let end = strip.rows.min(grid.trim[0] + height - strip.top);
        let rows = end - first;
        let used = job.lanes::<S>();
        let plane = height * width;
        let start = job.plane(run.image, grid.output);
        let start = start + (strip.top + first - grid.trim[0]) * width;
        let to = out.pointer(start, (used - 1) * plane + rows * width);
        let mut at = (first * columns + grid.trim[1]) * S::LANES;
        let mut left = width;
        // SAFETY: every task has its own channels and bands, and `pointer` has
        // checked the length. `at` walks over `width` pixels after those before the
        // map of `rows` rows of `pixels`.
        unsafe {
            scatter::<S>(to, plane, used, rows * width, |_| {
                let pixel = S::load(pixels.as_ptr().add(at));
                at += S::LANES;
                left -= 1;
                if left == 0 {
                    left = width;
                    at += (columns - width) * S::LANES;
                }
                pixel
            });
        }
    }
}

/// Transforms one tile back into rows that are `columns` pixels apart.
#[inline(always)]
fn up<S: Simd, T: Synthesis>(
    values: &[f32],
    frequency: usize,
    to: &mut [f32],
    columns: usize,
    lines: &mut [Line<S>; LONGEST],
) {
    assert!(
        values.len() >= (T::POINTS * T::POINTS - 1) * frequency + S::LANES
            && to.len() >= ((T::PIXELS - 1) * columns + T::PIXELS) * S::LANES,
        "tile is too short"
    );
    for point in 0..T::POINTS {
        let mut line = [S::splat(0.0); LONGEST];
        for other in 0..T::POINTS {
            let at = (point * T::POINTS + other) * frequency;
            // SAFETY: inside by the assertion.
            line[other] = unsafe { S::load(values.as_ptr().add(at)) };
        }
        let line = T::pixels::<S>(line);
        for column in 0..T::PIXELS {
            lines[column][point] = line[column];
        }
    }
    for column in 0..T::PIXELS {
        let line = T::pixels::<S>(lines[column]);
        for row in 0..T::PIXELS {
            let at = (row * columns + column) * S::LANES;
            // SAFETY: inside by the assertion.
            unsafe { S::store(to.as_mut_ptr().add(at), line[row]) };
        }
    }
}
