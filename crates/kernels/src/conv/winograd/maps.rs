//! Tiles of feature maps to spectra and back.

use std::ops::Range;

use rayon::prelude::*;

use super::grid::{Grid, Run};
use super::spectra::{Format, Layout, Spectra};
use super::tile::{Four, Kind, Line, MAX_POINTS, Tile, Two};
use crate::conv::lanes::{gather, scatter};
use crate::disjoint::Disjoint;
use crate::gemm::lanes;
use crate::isa::Isa;
use crate::scratch::Scratch;
use crate::simd::{Simd, dispatch, dispatch_pairs};

/// What tiles are taken from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// The input maps; neighbouring tiles overlap.
    Input,
    /// The gradient of the output maps, for the gradient of the weights.
    OutputGradient,
}

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
    let mut spectra = Spectra::new(isa, format, grid.frequencies(), tiles, channels.count);
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

/// The pixels under a run of bands, `[row][column][lane]`.
struct Strip {
    rows: usize,
    columns: usize,
    /// The first row, counted from the start of the padding.
    top: usize,
}

impl Job<'_> {
    fn lanes<S: Simd>(&self) -> usize {
        S::LANES.min(self.channels.count - self.column)
    }

    /// Where the plane of the first channel of an image starts.
    fn plane(&self, image: usize, size: [usize; 2]) -> usize {
        (image * self.channels.all + self.channels.first + self.column) * size[0] * size[1]
    }

    fn strip<T: Tile>(&self, run: &Run, extent: usize) -> Strip {
        Strip {
            rows: (run.count - 1) * T::OUTPUT + extent,
            columns: (self.grid.tiles[1] - 1) * T::OUTPUT + extent,
            top: run.first * T::OUTPUT,
        }
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
    match (job.grid.kind, job.side) {
        (Kind::Four, Side::Input) => analyse_tiles::<S, Four, false, PAIRS>(job, source, out),
        (Kind::Four, Side::OutputGradient) => {
            analyse_tiles::<S, Four, true, PAIRS>(job, source, out);
        }
        (Kind::Two, Side::Input) => analyse_tiles::<S, Two, false, PAIRS>(job, source, out),
        (Kind::Two, Side::OutputGradient) => {
            analyse_tiles::<S, Two, true, PAIRS>(job, source, out);
        }
    }
}

#[inline(always)]
fn analyse_tiles<S: Simd, T: Tile, const GRADIENT: bool, const PAIRS: bool>(
    job: &Job<'_>,
    source: &[f32],
    out: &Disjoint<'_, f32>,
) {
    let grid = job.grid;
    let (extent, size, lead) = if GRADIENT {
        (T::OUTPUT, grid.output, [0, 0])
    } else {
        (T::INPUT, grid.input, grid.lead)
    };
    let (longest, pixels) = grid.longest(extent);
    let columns = grid.columns(extent);
    let mut memory = Scratch::new(grid.analysed(extent) * S::LANES);
    let (strip_values, lines) = memory.split_at_mut(pixels * S::LANES);
    let across = grid.tiles[1];
    for run in grid.runs(job.bands.clone(), longest) {
        let strip = job.strip::<T>(&run, extent);
        let planes = &source[job.plane(run.image, size)..];
        lay::<S>(&strip, planes, job.lanes::<S>(), size, lead, strip_values);
        for band in 0..run.count {
            let from = &strip_values[band * T::OUTPUT * columns * S::LANES..];
            down::<S, T, GRADIENT>(from, columns, lines);
            let row = (job.bands.start - job.origin + run.at + band) * across;
            let per_word = if PAIRS { 2 } else { 1 };
            let at = row * job.layout.row + job.column / per_word;
            let reach = (T::POINTS * T::POINTS - 1) * job.layout.frequency
                + (across - 1) * job.layout.row
                + S::LANES / per_word;
            let to = out.pointer(at, reach);
            for tile in 0..across {
                for point in 0..T::POINTS {
                    let mut line = [S::splat(0.0); MAX_POINTS];
                    for pixel in 0..extent {
                        let at = (point * columns + tile * T::OUTPUT + pixel) * S::LANES;
                        // SAFETY: `lines` has a row of `columns` vectors per point.
                        line[pixel] = unsafe { S::load(lines.as_ptr().add(at)) };
                    }
                    let line = transformed::<S, T, GRADIENT>(line);
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

#[inline(always)]
fn transformed<S: Simd, T: Tile, const GRADIENT: bool>(line: Line<S>) -> Line<S> {
    if GRADIENT {
        T::output_gradient::<S>(line)
    } else {
        T::input::<S>(line)
    }
}

/// Transforms the columns of one band.
#[inline(always)]
fn down<S: Simd, T: Tile, const GRADIENT: bool>(strip: &[f32], columns: usize, lines: &mut [f32]) {
    let extent = if GRADIENT { T::OUTPUT } else { T::INPUT };
    assert!(
        strip.len() >= extent * columns * S::LANES && lines.len() >= T::POINTS * columns * S::LANES,
        "strip is too short"
    );
    for column in 0..columns {
        let mut line = [S::splat(0.0); MAX_POINTS];
        for row in 0..extent {
            let at = (row * columns + column) * S::LANES;
            // SAFETY: inside by the assertion.
            line[row] = unsafe { S::load(strip.as_ptr().add(at)) };
        }
        let line = transformed::<S, T, GRADIENT>(line);
        for point in 0..T::POINTS {
            let at = (point * columns + column) * S::LANES;
            // SAFETY: inside by the assertion.
            unsafe { S::store(lines.as_mut_ptr().add(at), line[point]) };
        }
    }
}

/// Lays the pixels of a strip out with one vector of channels each, and zero
/// around the map.
#[inline(always)]
fn lay<S: Simd>(
    strip: &Strip,
    planes: &[f32],
    channels: usize,
    [height, width]: [usize; 2],
    lead: [usize; 2],
    values: &mut [f32],
) {
    let Strip { rows, columns, top } = *strip;
    let values = &mut values[..rows * columns * S::LANES];
    let low = lead[0].saturating_sub(top).min(rows);
    let high = (height + lead[0]).saturating_sub(top).clamp(low, rows);
    assert!(lead[1] + width <= columns, "strip is too narrow");
    let row = columns * S::LANES;
    values[..low * row].fill(0.0);
    values[high * row..].fill(0.0);
    for row in values[low * row..high * row].chunks_mut(row) {
        row[..lead[1] * S::LANES].fill(0.0);
        row[(lead[1] + width) * S::LANES..].fill(0.0);
    }
    if low == high {
        return;
    }
    let from = &planes[(top + low - lead[0]) * width..];
    let mut at = (low * columns + lead[1]) * S::LANES;
    let mut left = width;
    let to = values.as_mut_ptr();
    gather::<S>(
        from,
        height * width,
        channels,
        (high - low) * width,
        |_, pixel| {
            // SAFETY: `at` walks through the rows `low .. high` of `values`, over the
            // `width` pixels after the lead of each.
            unsafe { S::store(to.add(at), pixel) };
            at += S::LANES;
            left -= 1;
            if left == 0 {
                left = width;
                at += (columns - width) * S::LANES;
            }
        },
    );
}

dispatch! {
    fn synthesise_bands(job: &Job<'_>, values: &[f32], out: &Disjoint<'_, f32>) => synthesise_body
}

#[inline(always)]
fn synthesise_body<S: Simd>(job: &Job<'_>, values: &[f32], out: &Disjoint<'_, f32>) {
    match job.grid.kind {
        Kind::Four => synthesise_tiles::<S, Four>(job, values, out),
        Kind::Two => synthesise_tiles::<S, Two>(job, values, out),
    }
}

#[inline(always)]
fn synthesise_tiles<S: Simd, T: Tile>(job: &Job<'_>, values: &[f32], out: &Disjoint<'_, f32>) {
    let grid = job.grid;
    let [height, width] = grid.output;
    let (longest, pixels) = grid.longest(T::OUTPUT);
    let across = grid.tiles[1];
    let mut memory = Scratch::new(pixels * S::LANES);
    for run in grid.runs(job.bands.clone(), longest) {
        let strip = job.strip::<T>(&run, T::OUTPUT);
        let pixels = &mut memory[..strip.rows * strip.columns * S::LANES];
        for tile in 0..run.count * across {
            let row = (job.bands.start - job.origin + run.at) * across + tile;
            let from = &values[row * job.layout.row + job.column..];
            let first = (tile / across * strip.columns + tile % across) * T::OUTPUT;
            let to = &mut pixels[first * S::LANES..];
            up::<S, T>(from, job.layout.frequency, to, strip.columns);
        }
        let rows = strip.rows.min(height - strip.top);
        let used = job.lanes::<S>();
        let plane = height * width;
        let start = job.plane(run.image, grid.output) + strip.top * width;
        let to = out.pointer(start, (used - 1) * plane + rows * width);
        let (mut at, mut left) = (0, width);
        // SAFETY: every task has its own channels and bands, and `pointer` has
        // checked the length. `at` walks over the first `width` pixels of `rows`
        // rows of `pixels`.
        unsafe {
            scatter::<S>(to, plane, used, rows * width, |_| {
                let pixel = S::load(pixels.as_ptr().add(at));
                at += S::LANES;
                left -= 1;
                if left == 0 {
                    left = width;
                    at += (strip.columns - width) * S::LANES;
                }
                pixel
            });
        }
    }
}

/// Transforms one tile back into rows that are `columns` pixels apart.
#[inline(always)]
fn up<S: Simd, T: Tile>(values: &[f32], frequency: usize, to: &mut [f32], columns: usize) {
    assert!(
        values.len() >= (T::POINTS * T::POINTS - 1) * frequency + S::LANES
            && to.len() >= ((T::OUTPUT - 1) * columns + T::OUTPUT) * S::LANES,
        "tile is too short"
    );
    let zero = [S::splat(0.0); MAX_POINTS];
    let mut lines = [zero; 4];
    for point in 0..T::POINTS {
        let mut line = zero;
        for other in 0..T::POINTS {
            let at = (point * T::POINTS + other) * frequency;
            // SAFETY: inside by the assertion.
            line[other] = unsafe { S::load(values.as_ptr().add(at)) };
        }
        let line = T::output::<S>(line);
        for column in 0..T::OUTPUT {
            lines[column][point] = line[column];
        }
    }
    for column in 0..T::OUTPUT {
        let line = T::output::<S>(lines[column]);
        for row in 0..T::OUTPUT {
            let at = (row * columns + column) * S::LANES;
            // SAFETY: inside by the assertion.
            unsafe { S::store(to.as_mut_ptr().add(at), line[row]) };
        }
    }
}
