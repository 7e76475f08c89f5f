//! Convolution with 3×3 kernels by Winograd's minimal filtering.
//!
//! A tile of 4×4 output pixels takes 36 multiplications per pair of channels
//! instead of 144, a whole map of 2×2 pixels 9 instead of 36: after transforms of
//! maps and weights, each of those is a matrix product over channels.

mod grid;
mod lanes;
mod maps;
mod product;
mod spectra;
mod tile;
mod weights;

use std::ops::Range;

use rayon::prelude::*;

use self::grid::Grid;
use self::maps::{Channels, Side};
use self::product::{Product, multiply};
use self::spectra::Spectra;
use self::weights::{Direction, Weights};
use super::shape::ConvShape;
use crate::disjoint::Disjoint;
use crate::isa::Isa;

/// 3×3 taps, stride and dilation 1, one group, padding smaller than the kernel.
pub(crate) fn supports(shape: &ConvShape) -> bool {
    shape.kernel == [3, 3]
        && shape.stride == [1, 1]
        && shape.dilation == [1, 1]
        && shape.groups == 1
        && shape.padding.iter().all(|padding| *padding <= 2)
}

pub(crate) fn forward(isa: Isa, shape: &ConvShape, x: &[f32], w: &[f32], y: &mut [f32]) {
    let size = [shape.height, shape.width];
    let grid = Grid::new(shape.batch, size, shape.output(), shape.padding);
    let channels = [shape.channels_in, shape.channels_out];
    let weights = Weights {
        kind: grid.kind,
        values: w,
        channels_in: shape.channels_in,
        direction: Direction::Forward,
    };
    correlate(isa, &grid, &weights, channels.map(Channels::all), x, y);
}

pub(crate) fn backward_input(isa: Isa, shape: &ConvShape, w: &[f32], dy: &[f32], dx: &mut [f32]) {
    let size = [shape.height, shape.width];
    let padding = shape.padding.map(|padding| 2 - padding);
    let grid = Grid::new(shape.batch, shape.output(), size, padding);
    let channels = [shape.channels_out, shape.channels_in];
    let weights = Weights {
        kind: grid.kind,
        values: w,
        channels_in: shape.channels_in,
        direction: Direction::Backward,
    };
    correlate(isa, &grid, &weights, channels.map(Channels::all), dy, dx);
}

/// Channels that one task writes: their spectra of weights stay in the cache.
const WIDTH: usize = 32;

fn correlate(
    isa: Isa,
    grid: &Grid,
    weights: &Weights<'_>,
    [from, to]: [Channels; 2],
    source: &[f32],
    result: &mut [f32],
) {
    let out = Disjoint::new(result);
    let blocks = to.blocks(WIDTH);
    let bands = grid.bands();
    let weigh = |to: &Channels| {
        let mut spectra = Spectra::new(isa, grid.frequencies(), from.count, to.count);
        weights::analyse(isa, weights, *to, &mut spectra);
        spectra
    };
    let few = std::env::var("WPLAN").map_or(from.count >= 256, |v| v == "B");
    let env = |n: &str, d: usize| std::env::var(n).ok().and_then(|v| v.parse().ok()).unwrap_or(d);
    let tt = env("WT", 28);
    let part = (tt / grid.tiles[1]).clamp(1, bands);
    let parts = bands.div_ceil(part);
    let range = |index: usize| index * part..((index + 1) * part).min(bands);
    if few {
        let maps = maps::analyse(isa, grid, Side::Input, from, 0..bands, source);
        blocks.par_iter().for_each(|to| {
            let weights = weigh(to);
            let mut product = products(isa, grid, part, *to);
            for index in 0..parts {
                let first = range(index).start * grid.tiles[1];
                apply(isa, grid, range(index), &maps, first, &weights, from, &mut product);
                maps::synthesise(isa, grid, range(index), *to, &product, &out);
            }
        });
    } else {
        let weights: Vec<Spectra> = blocks.par_iter().map(weigh).collect();
        (0..parts).into_par_iter().for_each(|index| {
            let tiles = part * grid.tiles[1];
            let mut maps = Spectra::new(isa, grid.frequencies(), tiles, from.count);
            maps::analyse_into(isa, grid, range(index), from, source, &mut maps);
            let mut product = products(isa, grid, part, Channels::all(WIDTH.min(to.count)));
            for (to, weights) in blocks.iter().zip(&weights) {
                apply(isa, grid, range(index), &maps, 0, weights, from, &mut product);
                maps::synthesise(isa, grid, range(index), *to, &product, &out);
            }
        });
    }
}

fn products(isa: Isa, grid: &Grid, bands: usize, to: Channels) -> Spectra {
    Spectra::new(isa, grid.frequencies(), bands * grid.tiles[1], to.count)
}

/// Multiplies the tiles of `bands`, which start at row `first` of `maps`, with the
/// weights.
fn apply(
    isa: Isa,
    grid: &Grid,
    bands: Range<usize>,
    maps: &Spectra,
    first: usize,
    weights: &Spectra,
    from: Channels,
    product: &mut Spectra,
) {
    let rows = bands.len() * grid.tiles[1];
    let (a_row, b_depth) = (maps.layout.row, weights.layout.row);
    let layout = product.layout;
    for (frequency, c) in product.values.chunks_mut(layout.frequency).enumerate() {
        let a = &maps.matrix(frequency)[first * a_row..][..rows * a_row];
        let b = &weights.matrix(frequency)[..from.count * b_depth];
        // The slices hold what the product reads and writes.
        let c = &mut c[..rows * layout.row];
        multiply(
            isa,
            &Product {
                rows,
                depth: from.count,
                columns: b_depth,
                a: a.as_ptr(),
                a_row,
                a_depth: 1,
                b: b.as_ptr(),
                b_depth,
                c: c.as_mut_ptr(),
                c_row: layout.row,
                accumulate: false,
            },
        );
    }
}

/// Channels of either side that one product of the weight gradient covers.
const BLOCK: usize = 64;
/// Floats of spectra that are made before they are multiplied: within the last
/// level of the cache.
const CHUNK_FLOATS: usize = 1 << 21;

pub(crate) fn backward_weight(isa: Isa, shape: &ConvShape, x: &[f32], dy: &[f32], dw: &mut [f32]) {
    let size = [shape.height, shape.width];
    let grid = Grid::new(shape.batch, size, shape.output(), shape.padding);
    let from = Channels::all(shape.channels_in).blocks(BLOCK);
    let to = Channels::all(shape.channels_out).blocks(BLOCK);
    let frequencies = grid.frequencies();
    let band = frequencies * grid.tiles[1] * (shape.channels_in + shape.channels_out);
    let chunk = (CHUNK_FLOATS / band).clamp(1, grid.bands());
    let chunks = grid.bands().div_ceil(chunk);
    let mut sums: Vec<Option<Spectra>> = (0..from.len() * to.len()).map(|_| None).collect();
    let out = Disjoint::new(dw);
    for index in 0..chunks {
        let bands = index * chunk..((index + 1) * chunk).min(grid.bands());
        let analysed = |channels: &[Channels], side, source| -> Vec<Spectra> {
            let analyse =
                |block: &Channels| maps::analyse(isa, &grid, side, *block, bands.clone(), source);
            channels.iter().map(analyse).collect()
        };
        let x = analysed(&from, Side::Input, x);
        let dy = analysed(&to, Side::OutputGradient, dy);
        let tiles = bands.len() * grid.tiles[1];
        sums.par_iter_mut().enumerate().for_each(|(block, slot)| {
            let (i, o) = (block / to.len(), block % to.len());
            let mut sum = slot
                .take()
                .unwrap_or_else(|| Spectra::new(isa, frequencies, from[i].count, to[o].count));
            accumulate(isa, &x[i], &dy[o], from[i].count, tiles, index > 0, &mut sum);
            if index + 1 == chunks {
                weights::synthesise(isa, grid.kind, &sum, from[i], to[o], &out);
            } else {
                *slot = Some(sum);
            }
        });
    }
}

/// Adds the products of the tiles of `x` and `dy`.
fn accumulate(
    isa: Isa,
    x: &Spectra,
    dy: &Spectra,
    rows: usize,
    tiles: usize,
    accumulate: bool,
    sum: &mut Spectra,
) {
    let layout = sum.layout;
    sum.values
        .par_chunks_mut(layout.frequency)
        .enumerate()
        .for_each(|(frequency, c)| {
            let a = &x.matrix(frequency)[..tiles * x.layout.row];
            let b = &dy.matrix(frequency)[..tiles * dy.layout.row];
            // The slices hold what the product reads and writes.
            let c = &mut c[..rows * layout.row];
            multiply(
                isa,
                &Product {
                    rows,
                    depth: tiles,
                    columns: dy.layout.row,
                    a: a.as_ptr(),
                    a_row: 1,
                    a_depth: x.layout.row,
                    b: b.as_ptr(),
                    b_depth: dy.layout.row,
                    c: c.as_mut_ptr(),
                    c_row: layout.row,
                    accumulate,
                },
            );
        });
}
