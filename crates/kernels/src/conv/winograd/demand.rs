//! What correlations by minimal filtering take.

use super::grid::{Grid, Side};
use super::maps::Channels;
use super::spectra::{Format, Spectra};
use super::{MANY, MANY_TILES, WIDTH, bands_of, few_tiles, formats, wave};
use crate::conv::ConvShape;
use crate::isa::Isa;
use crate::precision::Precision;
use crate::scratch::{Demand, steps};

/// What [`forward`](super::forward) takes.
pub(crate) fn forward_demand(
    isa: Isa,
    precision: Precision,
    shape: &ConvShape,
    threads: usize,
) -> Demand {
    let channels = [shape.channels_in, shape.channels_out];
    correlation(isa, precision, &Grid::forward(shape), channels, threads)
}

/// What [`backward_input`](super::backward_input) takes.
pub(crate) fn backward_input_demand(
    isa: Isa,
    precision: Precision,
    shape: &ConvShape,
    threads: usize,
) -> Demand {
    let channels = [shape.channels_out, shape.channels_in];
    correlation(isa, precision, &Grid::backward(shape), channels, threads)
}

fn correlation(
    isa: Isa,
    precision: Precision,
    grid: &Grid,
    [from, to]: [usize; 2],
    threads: usize,
) -> Demand {
    let [map_format, weight_format] = formats(precision);
    let frequencies = grid.kind.frequencies();
    let spectra = |count, format, rows, columns| Spectra::demand(isa, format, count, rows, columns);
    let blocks = Channels::all(to).blocks(WIDTH);
    let each = |one: &dyn Fn(&Channels) -> Demand| blocks.iter().map(one).collect::<Vec<_>>();
    let weights = each(&|to| spectra(frequencies.taps, weight_format, from, to.count));
    // The products of a part of the bands, then the pixels.
    let products = |bands: usize| {
        let products = each(&|to| {
            spectra(
                frequencies.output,
                Format::Single,
                bands * grid.tiles[1],
                to.count,
            )
        });
        Demand::one_of(products).and(grid.synthesis(isa))
    };
    if from < MANY {
        let [bands, last] = steps(grid.bands(), bands_of(grid, few_tiles(grid)));
        let task = |bands: usize| {
            let maps = spectra(frequencies.input, map_format, bands * grid.tiles[1], from);
            maps.and(grid.analysis(isa, Side::Input).then(products(bands)))
        };
        let task = task(bands).then(task(last));
        let weights = weights.into_iter().fold(Demand::default(), Demand::and);
        return weights.and(task.on(threads, grid.bands().div_ceil(bands)));
    }
    let [wave, _] = steps(grid.bands(), wave(grid, from));
    let maps = spectra(frequencies.input, map_format, wave * grid.tiles[1], from);
    let [bands, last] = steps(wave, bands_of(grid, MANY_TILES));
    let task = Demand::one_of(weights).and(products(bands).then(products(last)));
    let analysis = grid.analysis(isa, Side::Input).times(threads);
    maps.and(analysis.then(task.on(threads, blocks.len())))
}
