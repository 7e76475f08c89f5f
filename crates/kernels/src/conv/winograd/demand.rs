//! What correlations by minimal filtering take.

use super::grid::Grid;
use super::maps::Channels;
use super::spectra::{Format, Spectra};
use super::{
    FEW_TILES, MANY, MANY_TILES, WIDTH, backward_grid, bands_of, formats, forward_grid, wave,
};
use crate::conv::ConvShape;
use crate::isa::Isa;
use crate::precision::Precision;
use crate::scratch::Demand;

/// What [`forward`](super::forward) takes.
pub(crate) fn forward_demand(
    isa: Isa,
    precision: Precision,
    shape: &ConvShape,
    threads: usize,
) -> Demand {
    let channels = [shape.channels_in, shape.channels_out];
    correlation(isa, precision, &forward_grid(shape), channels, threads)
}

/// What [`backward_input`](super::backward_input) takes.
pub(crate) fn backward_input_demand(
    isa: Isa,
    precision: Precision,
    shape: &ConvShape,
    threads: usize,
) -> Demand {
    let channels = [shape.channels_out, shape.channels_in];
    correlation(isa, precision, &backward_grid(shape), channels, threads)
}

fn correlation(
    isa: Isa,
    precision: Precision,
    grid: &Grid,
    [from, to]: [usize; 2],
    threads: usize,
) -> Demand {
    let [map_format, weight_format] = formats(precision);
    let spectra =
        |format, rows, columns| Spectra::demand(isa, format, grid.frequencies(), rows, columns);
    let blocks = Channels::all(to).blocks(WIDTH);
    let weights = |to: &Channels| spectra(weight_format, from, to.count);
    let widest = WIDTH.min(to);
    // The products of a part of the bands, then the pixels.
    let products = |bands: usize| {
        spectra(Format::Single, bands * grid.tiles[1], widest).and(grid.synthesis(isa))
    };
    if from < MANY {
        let bands = bands_of(grid, FEW_TILES).min(grid.bands());
        let tasks = grid.bands().div_ceil(bands);
        let maps = spectra(map_format, bands * grid.tiles[1], from);
        let task = maps.and(grid.analysis(isa).then(products(bands)));
        let weights = blocks.iter().map(weights);
        let weights = weights.fold(Demand::default(), Demand::and);
        return weights.and(task.on(threads, tasks));
    }
    let wave = wave(grid, from).min(grid.bands());
    let maps = spectra(map_format, wave * grid.tiles[1], from);
    let products = products(bands_of(grid, MANY_TILES).min(wave));
    let task = spectra(weight_format, from, widest).and(products);
    let analysis = grid.analysis(isa).times(threads);
    maps.and(analysis.then(task.on(threads, blocks.len())))
}
