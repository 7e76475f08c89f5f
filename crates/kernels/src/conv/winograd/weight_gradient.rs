//! The gradient of the weights: one product over all tiles per frequency.

use std::ops::Range;

use rayon::prelude::*;

use super::grid::{Grid, Side};
use super::maps::{Channels, analyse};
use super::product::{Product, multiply};
use super::spectra::{Format, Spectra};
use super::weights::synthesise;
use crate::conv::ConvShape;
use crate::disjoint::Disjoint;
use crate::isa::Isa;
use crate::precision::Precision;
use crate::scratch::{Demand, steps};

/// Channels of either side that one product covers.
const BLOCK: usize = 64;
/// Tiles (or pairs of them) of one product: what it reads of them stays in the first-level cache.
const TILES: usize = 96;
/// Floats of the sums that may be kept several times, each over a part of the
/// bands with spectra that stay in the second-level cache.
const SMALL_SUMS: usize = 36 * 128 * 128;
/// Floats of all those sums together.
const ALL_SUMS: usize = 2 * SMALL_SUMS;
/// Floats of spectra that are made before they are multiplied: within the second
/// level of the cache for small sums, the last for others.
const CHUNK: [usize; 2] = [1 << 18, 1 << 22];

pub(crate) fn backward_weight(
    isa: Isa,
    precision: Precision,
    shape: &ConvShape,
    x: &[f32],
    dy: &[f32],
    dw: &mut [f32],
) {
    let job = Job {
        isa,
        precision,
        grid: Grid::forward(shape),
        from: Channels::all(shape.channels_in).blocks(BLOCK),
        to: Channels::all(shape.channels_out).blocks(BLOCK),
        x,
        dy,
    };
    let bands = job.grid.bands();
    let out = Disjoint::new(dw);
    let Some(Chunks {
        chunk,
        part,
        splits,
    }) = Chunks::of(shape, &job.grid)
    else {
        // Sums that are complete at once need not leave the cache.
        let [x, dy] = job.spectra(0..bands);
        job.blocks().into_par_iter().for_each(|(i, o)| {
            let mut sum = job.sum(i, o);
            job.accumulate(&x[i], &dy[o], bands, false, &mut sum);
            synthesise(isa, job.grid.kind, &sum, job.from[i], job.to[o], &out);
        });
        return;
    };
    let sums: Vec<Vec<Spectra>> = (0..splits)
        .into_par_iter()
        .map(|split| job.sums(split * part..((split + 1) * part).min(bands), chunk))
        .collect();
    let blocks = job.blocks();
    blocks
        .into_par_iter()
        .enumerate()
        .for_each(|(block, (i, o))| {
            let mut sum = job.sum(i, o);
            sum.values.copy_from_slice(&sums[0][block].values);
            for other in &sums[1..] {
                for (sum, value) in sum.values.iter_mut().zip(&*other[block].values) {
                    *sum += value;
                }
            }
            synthesise(isa, job.grid.kind, &sum, job.from[i], job.to[o], &out);
        });
}

/// How bands are cut.
struct Chunks {
    /// Bands whose spectra are made before they are multiplied.
    chunk: usize,
    /// Bands that have sums of their own, and how many such parts there are.
    part: usize,
    splits: usize,
}

impl Chunks {
    /// None where all spectra at once are hardly more than their sums.
    fn of(shape: &ConvShape, grid: &Grid) -> Option<Self> {
        let (bands, frequencies) = (grid.bands(), grid.kind.frequencies());
        let [from, to] = [shape.channels_in, shape.channels_out];
        let one_sum = frequencies.taps * from * to;
        let one_band = (frequencies.input * from + frequencies.output * to) * grid.tiles[1];
        if one_band * bands <= 2 * one_sum {
            return None;
        }
        let small = one_sum <= SMALL_SUMS;
        let chunk = (CHUNK[usize::from(!small)] / one_band).clamp(1, bands);
        let splits = if small {
            (ALL_SUMS / one_sum).clamp(1, 16)
        } else {
            1
        };
        let part = bands.div_ceil(splits).next_multiple_of(chunk);
        Some(Self {
            chunk,
            part,
            splits: bands.div_ceil(part),
        })
    }
}

/// What [`backward_weight`] takes.
pub(crate) fn backward_weight_demand(isa: Isa, shape: &ConvShape, threads: usize) -> Demand {
    let grid = Grid::forward(shape);
    let frequencies = grid.kind.frequencies();
    let spectra = |count, rows, columns| Spectra::demand(isa, Format::Single, count, rows, columns);
    let sides = [shape.channels_in, shape.channels_out]
        .map(|channels| Channels::all(channels).blocks(BLOCK));
    // The spectra of all channels of both sides.
    let maps = |bands: usize| {
        let sides = sides.iter().zip([frequencies.input, frequencies.output]);
        let blocks = sides.flat_map(|(blocks, count)| blocks.iter().map(move |b| (count, b)));
        let maps = blocks.map(|(count, b)| spectra(count, bands * grid.tiles[1], b.count));
        maps.fold(Demand::default(), Demand::and)
    };
    let analysis = [Side::Input, Side::OutputGradient].map(|side| grid.analysis(isa, side));
    let analysis = Demand::one_of(analysis).times(threads);
    let pairs = || {
        let pairs = sides[0]
            .iter()
            .flat_map(|from| sides[1].iter().map(move |to| [from.count, to.count]));
        pairs.map(|[from, to]| spectra(frequencies.taps, from, to))
    };
    let one = Demand::one_of(pairs()).on(threads, pairs().count());
    match Chunks::of(shape, &grid) {
        None => maps(grid.bands()).and(analysis.then(one)),
        Some(Chunks {
            chunk,
            part,
            splits,
        }) => {
            let sums = pairs().fold(Demand::default(), Demand::and).times(splits);
            let [chunk, last] = steps(grid.bands().min(part), chunk);
            let split = maps(chunk).then(maps(last));
            sums.and(split.on(threads, splits).and(analysis).then(one))
        }
    }
}

struct Job<'a> {
    isa: Isa,
    precision: Precision,
    grid: Grid,
    from: Vec<Channels>,
    to: Vec<Channels>,
    x: &'a [f32],
    dy: &'a [f32],
}

impl Job<'_> {
    /// Every pair of blocks of channels.
    fn blocks(&self) -> Vec<(usize, usize)> {
        (0..self.from.len())
            .flat_map(|i| (0..self.to.len()).map(move |o| (i, o)))
            .collect()
    }

    /// The spectra of `x` and `dy`, a block of channels each.
    fn spectra(&self, bands: Range<usize>) -> [Vec<Spectra>; 2] {
        let sides = [
            (&self.from, (Side::Input, Format::Single), self.x),
            (&self.to, (Side::OutputGradient, Format::Single), self.dy),
        ];
        sides.map(|(blocks, side, source)| {
            let analyse = |block: &Channels| {
                let bands = bands.clone();
                let mut spectra = analyse(self.isa, &self.grid, side, *block, bands, source);
                match self.precision {
                    Precision::Single => {}
                    // The products go over tiles.
                    Precision::Bf16 => spectra.pair_rows(self.isa),
                }
                spectra
            };
            blocks.iter().map(analyse).collect()
        })
    }

    /// Memory for the sums of a pair of blocks.
    fn sum(&self, i: usize, o: usize) -> Spectra {
        let (rows, columns) = (self.from[i].count, self.to[o].count);
        Spectra::new(
            self.isa,
            Format::Single,
            self.grid.kind.frequencies().taps,
            rows,
            columns,
        )
    }

    /// The sums of every pair of blocks over `bands`, `chunk` bands at a time.
    fn sums(&self, bands: Range<usize>, chunk: usize) -> Vec<Spectra> {
        let blocks = self.blocks();
        let mut sums: Vec<Spectra> = blocks.iter().map(|(i, o)| self.sum(*i, *o)).collect();
        for first in bands.clone().step_by(chunk) {
            let part = first..(first + chunk).min(bands.end);
            let [x, dy] = self.spectra(part.clone());
            let more = first > bands.start;
            sums.par_iter_mut()
                .zip(&blocks)
                .for_each(|(sum, (i, o))| self.accumulate(&x[*i], &dy[*o], part.len(), more, sum));
        }
        sums
    }

    /// Adds the products of the tiles of a number of bands, or starts with them.
    fn accumulate(&self, x: &Spectra, dy: &Spectra, bands: usize, more: bool, sum: &mut Spectra) {
        let depth = self.precision.words(bands * self.grid.tiles[1]);
        let (a_depth, b_depth) = (x.layout.row, dy.layout.row);
        let (rows, layout) = (sum.rows, sum.layout);
        let products = self.grid.kind.products();
        let multiply_tiles = |(frequency, c): (usize, &mut [f32])| {
            let mut accumulate = more;
            for product in products.iter().filter(|p| p.taps == frequency) {
                let a = &x.matrix(product.input)[..depth * a_depth];
                let b = &dy.matrix(product.output)[..depth * b_depth];
                for first in (0..depth).step_by(TILES) {
                    // The rows of `A` and `B` from `first` on are in their slices, and
                    // those of `C` in the part of this frequency.
                    multiply(
                        self.isa,
                        &Product {
                            precision: self.precision,
                            rows,
                            depth: TILES.min(depth - first),
                            columns: b_depth,
                            a: a[first * a_depth..].as_ptr(),
                            a_row: 1,
                            a_depth,
                            a_next: x.layout.frequency,
                            b_next: dy.layout.frequency,
                            b: b[first * b_depth..].as_ptr(),
                            b_depth,
                            c: c.as_mut_ptr(),
                            c_row: layout.row,
                            accumulate,
                        },
                    );
                    accumulate = true;
                }
            }
        };
        sum.values
            .par_chunks_mut(layout.frequency)
            .enumerate()
            .for_each(multiply_tiles);
    }
}
