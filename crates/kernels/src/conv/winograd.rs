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
mod weight_gradient;
mod weights;

pub(crate) use weight_gradient::backward_weight;

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
    let few = from.count >= 256;
    let tiles = if few { 56 } else { 28 };
    let part = (tiles / grid.tiles[1]).clamp(1, bands);
    let parts = bands.div_ceil(part);
    let range = |index: usize| index * part..((index + 1) * part).min(bands);
    if few {
        let maps = maps::analyse(isa, grid, Side::Input, from, 0..bands, source);
        blocks.par_iter().for_each(|to| {
            let weights = weigh(to);
            let mut product = products(isa, grid, part, *to);
            for index in 0..parts {
                let first = range(index).start * grid.tiles[1];
                apply(
                    isa,
                    grid,
                    range(index),
                    &maps,
                    first,
                    &weights,
                    from,
                    &mut product,
                );
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
                apply(
                    isa,
                    grid,
                    range(index),
                    &maps,
                    0,
                    weights,
                    from,
                    &mut product,
                );
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
                a_next: maps.layout.frequency,
                b_next: 0,
                b: b.as_ptr(),
                b_depth,
                c: c.as_mut_ptr(),
                c_row: layout.row,
                accumulate: false,
            },
        );
    }
}
