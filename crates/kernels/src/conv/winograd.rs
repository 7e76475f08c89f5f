//! Convolution with 3×3 kernels by Winograd's minimal filtering.
//!
//! A tile of 4×4 output pixels takes 36 multiplications per pair of channels
//! instead of 144, a whole map of 2×2 pixels 9 instead of 36, with stride 2 a tile
//! of 4×4 pixels 81 instead of 144: after transforms of maps and weights, each of
//! those is a matrix product over channels.

mod demand;
mod grid;
mod kind;
mod maps;
mod product;
mod spectra;
mod strip;
mod tile;
mod weight_gradient;
mod weights;

pub(crate) use demand::{backward_input_demand, forward_demand};
pub(crate) use weight_gradient::{backward_weight, backward_weight_demand};

use std::ops::Range;

use rayon::prelude::*;

use self::grid::{Grid, Side};
use self::maps::Channels;
use self::product::{Product, multiply};
use self::spectra::{Format, Spectra};
use self::tile::Triple;
use self::weights::{Direction, Weights};
use super::shape::ConvShape;
use crate::disjoint::Disjoint;
use crate::isa::Isa;
use crate::precision::Precision;

/// 3×3 taps, stride 1 or 2, dilation 1, one group, padding smaller than the kernel.
pub(crate) fn supports(shape: &ConvShape) -> bool {
    shape.kernel == [3, 3]
        && matches!(shape.stride, [1, 1] | [2, 2])
        && shape.dilation == [1, 1]
        && shape.groups == 1
        && shape.padding.iter().all(|padding| *padding <= 2)
}

/// Whether it is faster than the direct sum. With stride 2 it saves less: nothing
/// on maps that fill their tiles badly.
pub(crate) fn pays(shape: &ConvShape) -> bool {
    if !supports(shape) || shape.stride == [1, 1] {
        return supports(shape);
    }
    let [rows, columns] = shape.output();
    let products = Grid::forward(shape).products();
    100 * products <= 85 * shape.taps() * rows * columns
}

pub(crate) fn forward(
    isa: Isa,
    precision: Precision,
    shape: &ConvShape,
    x: &[f32],
    w: &[f32],
    y: &mut [f32],
) {
    let grid = Grid::forward(shape);
    let channels = [shape.channels_in, shape.channels_out];
    let weights = Weights {
        kind: grid.kind,
        values: w,
        channels_in: shape.channels_in,
        direction: Direction::Forward,
    };
    let job = Job {
        isa,
        precision,
        grid: &grid,
        weights: &weights,
        products: grid.kind.products(),
    };
    job.correlate(channels.map(Channels::all), x, y);
}

pub(crate) fn backward_input(
    isa: Isa,
    precision: Precision,
    shape: &ConvShape,
    w: &[f32],
    dy: &[f32],
    dx: &mut [f32],
) {
    let grid = Grid::backward(shape);
    let channels = [shape.channels_out, shape.channels_in];
    let weights = Weights {
        kind: grid.kind,
        values: w,
        channels_in: shape.channels_in,
        direction: Direction::Backward,
    };
    let job = Job {
        isa,
        precision,
        grid: &grid,
        weights: &weights,
        products: grid.kind.products(),
    };
    job.correlate(channels.map(Channels::all), dy, dx);
}

/// Channels that one task writes: their spectra of weights stay in the cache.
const WIDTH: usize = 32;
/// From so many channels on, the spectra of all weights are larger than those of
/// the maps that fit into the cache beside them.
const MANY: usize = 256;
/// Floats of the spectra of maps that are kept at a time: 64 MiB.
const WAVE: usize = 1 << 24;

/// Tiles of one step from [`MANY`] channels on.
const MANY_TILES: usize = 56;

/// Tiles of one task below [`MANY`] channels: large tiles are few.
fn few_tiles(grid: &Grid) -> usize {
    let one_tile = grid.kind.cost([1, 1]);
    if one_tile > 100 { 14 } else { 28 }
}

/// Of maps and weights, by the depth of the products: columns of the maps, rows of the
/// weights.
fn formats(precision: Precision) -> [Format; 2] {
    match precision {
        Precision::Single => [Format::Single; 2],
        Precision::Bf16 => [Format::ColumnPairs, Format::RowPairs],
    }
}

/// Bands whose spectra of `channels` are kept at a time.
fn wave(grid: &Grid, channels: usize) -> usize {
    (WAVE / (grid.kind.frequencies().input * grid.tiles[1] * channels)).max(1)
}

/// A correlation of maps with the weights.
struct Job<'a> {
    isa: Isa,
    precision: Precision,
    grid: &'a Grid,
    weights: &'a Weights<'a>,
    products: Vec<Triple>,
}

impl Job<'_> {
    fn correlate(&self, [from, to]: [Channels; 2], source: &[f32], result: &mut [f32]) {
        let (isa, grid) = (self.isa, self.grid);
        let out = Disjoint::new(result);
        let blocks = to.blocks(WIDTH);
        let [map_format, weight_format] = formats(self.precision);
        let weigh = |to: &Channels| {
            let frequencies = grid.kind.frequencies().taps;
            let mut spectra = Spectra::new(isa, weight_format, frequencies, from.count, to.count);
            weights::analyse(isa, self.weights, *to, &mut spectra);
            spectra
        };
        if from.count < MANY {
            // All weights first; then each task takes some bands through all steps.
            let weights: Vec<Spectra> = blocks.par_iter().map(weigh).collect();
            let parts = parts(grid, 0..grid.bands(), few_tiles(grid));
            parts.into_par_iter().for_each(|bands| {
                let tiles = bands.len() * grid.tiles[1];
                let frequencies = grid.kind.frequencies().input;
                let mut maps = Spectra::new(isa, map_format, frequencies, tiles, from.count);
                maps::analyse_into(isa, grid, bands.clone(), from, source, &mut maps);
                for (to, weights) in blocks.iter().zip(&weights) {
                    let product = self.apply(&maps, 0..tiles, weights);
                    maps::synthesise(isa, grid, bands.clone(), *to, &product, &out);
                }
            });
            return;
        }
        // All maps first; then each task makes the weights of some channels and uses
        // them while they are in the cache.
        let wave = wave(grid, from.count);
        for start in (0..grid.bands()).step_by(wave) {
            let wave = start..(start + wave).min(grid.bands());
            let place = (Side::Input, map_format);
            let maps = maps::analyse(isa, grid, place, from, wave.clone(), source);
            blocks.par_iter().for_each(|to| {
                let weights = weigh(to);
                for bands in parts(grid, wave.clone(), MANY_TILES) {
                    let tiles = [bands.start, bands.end].map(|band| (band - start) * grid.tiles[1]);
                    let product = self.apply(&maps, tiles[0]..tiles[1], &weights);
                    maps::synthesise(isa, grid, bands, *to, &product, &out);
                }
            });
        }
    }

    /// The products of the rows `tiles` of `maps` with the weights.
    fn apply(&self, maps: &Spectra, tiles: Range<usize>, weights: &Spectra) -> Spectra {
        let (a_row, b_depth) = (maps.layout.row, weights.layout.row);
        let depth = self.precision.words(weights.rows);
        let frequencies = self.grid.kind.frequencies().output;
        let mut product = Spectra::new(self.isa, Format::Single, frequencies, tiles.len(), b_depth);
        let layout = product.layout;
        for (frequency, c) in product.values.chunks_mut(layout.frequency).enumerate() {
            // The slices hold what the products read and write.
            let c = &mut c[..tiles.len() * layout.row];
            let of_this = self.products.iter().filter(|p| p.output == frequency);
            for (at, meeting) in of_this.enumerate() {
                let a = &maps.matrix(meeting.input)[tiles.start * a_row..tiles.end * a_row];
                let b = &weights.matrix(meeting.taps)[..depth * b_depth];
                multiply(
                    self.isa,
                    &Product {
                        precision: self.precision,
                        rows: tiles.len(),
                        depth,
                        columns: b_depth,
                        a: a.as_ptr(),
                        a_row,
                        a_depth: 1,
                        a_next: maps.layout.frequency,
                        b: b.as_ptr(),
                        b_depth,
                        b_next: 0,
                        c: c.as_mut_ptr(),
                        c_row: layout.row,
                        accumulate: at > 0,
                    },
                );
            }
        }
        product
    }
}

/// Bands of about so many tiles.
fn bands_of(grid: &Grid, tiles: usize) -> usize {
    (tiles / grid.tiles[1]).max(1)
}

/// Cuts `bands` into parts of about so many tiles.
fn parts(grid: &Grid, bands: Range<usize>, tiles: usize) -> Vec<Range<usize>> {
    let part = bands_of(grid, tiles);
    bands
        .clone()
        .step_by(part)
        .map(|first| first..(first + part).min(bands.end))
        .collect()
}
