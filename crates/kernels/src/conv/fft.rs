//! Convolution in the frequency domain.
//!
//! A map, or a tile of it, becomes one circular convolution: after Fourier
//! transforms of maps and weights, each frequency is a small complex matrix
//! product over channels. That takes 6 to 16 times fewer multiplications than the
//! direct sum for kernels of 5×5 and 7×7, and rounds less.

mod demand;
mod grid;
mod maps;
mod product;
mod transform;
mod weights;

pub(crate) use demand::{
    backward_demand, backward_input_demand, backward_weight_demand, forward_demand,
};

use std::ops::Range;

use rayon::prelude::*;

use self::grid::{Grid, Yield};
use self::maps::{Layout, Maps, SKEW};
use self::product::{ComplexProduct, multiply};
use self::weights::{Column, Direction, Gradient, MAX_KERNEL, Turned, Waves};
use super::shape::ConvShape;
use crate::disjoint::Disjoint;
use crate::gemm::lanes;
use crate::isa::Isa;
use crate::scratch::Scratch;
use crate::transpose::transpose;

/// Stride and dilation 1, one group, padding smaller than the kernel, and a
/// kernel that leaves most of a tile.
pub(crate) fn supports(shape: &ConvShape) -> bool {
    shape.stride == [1, 1]
        && shape.dilation == [1, 1]
        && shape.groups == 1
        && (0..2).all(|axis| {
            shape.padding[axis] < shape.kernel[axis] && shape.kernel[axis] <= MAX_KERNEL
        })
}

pub(crate) fn forward(isa: Isa, shape: &ConvShape, x: &[f32], w: &[f32], y: &mut [f32]) {
    let pass = Pass::new(isa, shape, Direction::Forward);
    pass.run(x, Some((w, y)), None);
}

pub(crate) fn backward_input(isa: Isa, shape: &ConvShape, w: &[f32], dy: &[f32], dx: &mut [f32]) {
    let pass = Pass::new(isa, shape, Direction::Backward);
    pass.run(dy, Some((w, dx)), None);
}

pub(crate) fn backward_weight(isa: Isa, shape: &ConvShape, x: &[f32], dy: &[f32], dw: &mut [f32]) {
    let pass = Pass::new(isa, shape, Direction::Backward);
    pass.run(dy, None, Some((x, dw)));
}

/// Both gradients, from one transform of `dy`.
pub(crate) fn backward(
    isa: Isa,
    shape: &ConvShape,
    x: &[f32],
    w: &[f32],
    dy: &[f32],
    dx: &mut [f32],
    dw: &mut [f32],
) {
    let pass = Pass::new(isa, shape, Direction::Backward);
    pass.run(dy, Some((w, dx)), Some((x, dw)));
}

/// Everything that the parts of a convolution have in common. Its result is cut
/// into blocks of a few channels, and the batch into chunks of tiles whose
/// spectra are in memory at a time.
struct Pass<'a> {
    isa: Isa,
    shape: &'a ConvShape,
    direction: Direction,
    grid: Grid,
    /// All channels that are transformed once, and those of the result.
    source: Maps,
    result: Maps,
    /// Channels of the result in a block.
    width: usize,
    /// Pairs of units in a chunk.
    chunk: usize,
    source_layout: Layout,
    block_layout: Layout,
    analysis: Waves,
    synthesis: Waves,
}

impl<'a> Pass<'a> {
    fn new(isa: Isa, shape: &'a ConvShape, direction: Direction) -> Self {
        let grid = Grid::new(
            shape,
            match direction {
                Direction::Forward => Yield::Outputs,
                Direction::Backward => Yield::Inputs,
            },
        );
        let all = |channels, window| Maps {
            channels,
            first: 0,
            count: channels,
            window,
        };
        let inputs = all(shape.channels_in, grid.inputs);
        let outputs = all(shape.channels_out, grid.outputs);
        let [source, result] = match direction {
            Direction::Forward => [inputs, outputs],
            Direction::Backward => [outputs, inputs],
        };
        // Two blocks at least, for two threads.
        let width = if result.channels > 2 * lanes(isa) {
            2 * lanes(isa)
        } else {
            lanes(isa)
        };
        let chunk = chunk(isa, shape, &grid, source.channels, width);
        Self {
            isa,
            shape,
            direction,
            source,
            result,
            width,
            chunk,
            source_layout: Layout::new(isa, &grid, chunk, source.channels),
            block_layout: Layout::new(isa, &grid, chunk, width),
            analysis: Waves::analysis(&grid, shape, direction),
            synthesis: Waves::synthesis(&grid, shape),
            grid,
        }
    }

    /// Computes the result from the weights, the gradient of the weights from the
    /// map on the side of the result, or both.
    fn run(
        &self,
        source: &[f32],
        result: Option<(&[f32], &mut [f32])>,
        gradient: Option<(&[f32], &mut [f32])>,
    ) {
        let result = result.map(|(w, to)| (w, Disjoint::new(to)));
        let gradient = gradient.map(|(from, dw)| (from, Disjoint::new(dw)));
        let pairs = self.grid.pairs();
        let mut spectra = self.source_layout.spectra();
        for start in (0..pairs).step_by(self.chunk) {
            let chunk = start..pairs.min(start + self.chunk);
            maps::analyse(
                self.isa,
                &self.grid,
                &self.source_layout,
                &self.source,
                chunk.clone(),
                source,
                &mut spectra,
            );
            let blocks = self.result.channels.div_ceil(self.width);
            (0..blocks).into_par_iter().for_each(|block| {
                let first = block * self.width;
                let block = Block {
                    pass: self,
                    source: &spectra,
                    maps: Maps {
                        first,
                        count: self.width.min(self.result.channels - first),
                        ..self.result
                    },
                    pairs: chunk.clone(),
                };
                let mut memory = self.block_layout.spectra();
                if let Some((from, dw)) = &gradient {
                    block.gradient(from, dw, &mut memory);
                }
                if let Some((w, to)) = &result {
                    block.result(w, to, &mut memory);
                }
            });
        }
    }

    /// Channels `from` of the weights whose spectra, one column at a time, stay
    /// in the second-level cache.
    fn depth_step(&self) -> usize {
        const CACHED_FLOATS: usize = 96 << 10;
        let column = self.grid.lens()[0] * 2 * self.width;
        let taps = self.shape.taps() * self.width;
        let most = CACHED_FLOATS / column.max(taps);
        even_step(self.source.channels, most, 16)
    }

    /// Floats of one row of a column of weights from `depth` channels.
    fn column_row(&self, depth: usize) -> usize {
        depth * 2 * self.block_layout.channels + SKEW
    }

    /// Floats of one column of weights from `depth` channels.
    fn column(&self, depth: usize) -> usize {
        self.grid.lens()[0] * self.column_row(depth)
    }
}

/// Cuts `all` into parts of at most `most`, or `multiple` if that is more, that
/// are even multiples of `multiple` but for the last.
fn even_step(all: usize, most: usize, multiple: usize) -> usize {
    let most = (most / multiple * multiple).max(multiple);
    all.div_ceil(all.div_ceil(most)).next_multiple_of(multiple)
}

/// Pairs of units whose spectra are in memory at a time. Those of all channels of
/// the source and of a block should stay in the cache, where that makes not too
/// much of the spectra of the weights, made for every chunk. Otherwise those of the
/// source and of two blocks take about a quarter of the memory of the maps, or
/// 4 MiB; but enough that the weights are a tenth of the work.
fn chunk(isa: Isa, shape: &ConvShape, grid: &Grid, channels: usize, width: usize) -> usize {
    const LEAST_FLOATS: usize = 1 << 20;
    let channels = channels.next_multiple_of(lanes(isa));
    let floats = |channels: usize| grid.frequencies.count * 4 * channels;
    let least = grid::units_that_pay(shape).div_ceil(2);
    let cached = LEAST_FLOATS / floats(channels + width);
    let most = if 3 * cached >= least {
        cached.max(1)
    } else {
        let maps = (shape.input_len() + shape.output_len()) / 4;
        (maps.max(LEAST_FLOATS) / floats(channels + 2 * width)).max(least)
    };
    let pairs = grid.pairs();
    pairs.div_ceil(((pairs + most / 2) / most).max(1))
}

/// Some channels of the result of some units.
struct Block<'a> {
    pass: &'a Pass<'a>,
    source: &'a [f32],
    maps: Maps,
    pairs: Range<usize>,
}

impl Block<'_> {
    /// Multiplies the source by the weights, into the pixels of the result.
    fn result(&self, w: &[f32], to: &Disjoint<'_, f32>, product: &mut [f32]) {
        let Pass { isa, grid, .. } = self.pass;
        let layout = &self.pass.block_layout;
        let width = layout.channels;
        let step = self.pass.depth_step();
        for start in (0..self.pass.source.channels).step_by(step) {
            let from = start..self.pass.source.channels.min(start + step);
            let depth = from.len();
            let turned = Turned {
                shape: self.pass.shape,
                direction: self.pass.direction,
                from,
                to: self.maps.first..self.maps.first + self.maps.count,
            };
            let channel = turned.channel(*isa);
            let mut taps = Scratch::new(depth * channel);
            taps.par_chunks_mut(channel)
                .enumerate()
                .for_each(|(index, taps)| turned.fill(*isa, index, w, taps));
            let row = self.pass.column_row(depth);
            let mut weights = Scratch::new(self.pass.column(depth));
            for column in 0..=grid.lens()[1] / 2 {
                let out = Disjoint::new(&mut weights);
                taps.par_chunks(channel)
                    .enumerate()
                    .for_each(|(index, taps)| {
                        let last = (grid.frequencies.rows(column) - 1) * row;
                        let column = Column {
                            grid,
                            waves: &self.pass.analysis,
                            column,
                            turned: taps,
                            // Every channel has its own part of each row.
                            to: out.pointer(index * 2 * width, last + 2 * width),
                            stride: row,
                            imaginary: width,
                        };
                        weights::analyse_column(*isa, &column);
                    });
                self.multiply(column, start, depth, &weights, row, product);
            }
        }
        maps::synthesise(
            *isa,
            grid,
            layout,
            &self.maps,
            self.pairs.clone(),
            product,
            to,
        );
    }

    /// Multiplies `depth` channels of the source from `start` on by one column of
    /// the spectra of the weights.
    fn multiply(
        &self,
        column: usize,
        start: usize,
        depth: usize,
        weights: &[f32],
        weights_row: usize,
        product: &mut [f32],
    ) {
        let (source, layout) = (&self.pass.source_layout, &self.pass.block_layout);
        let frequencies = &self.pass.grid.frequencies;
        let first = frequencies.columns[column];
        let count = frequencies.rows(column);
        product[first * layout.stride..][..count * layout.stride]
            .par_chunks_mut(layout.stride)
            .zip(weights.par_chunks(weights_row))
            .enumerate()
            .for_each_init(self.sums(depth), |sums, (row, (c, b))| {
                let a = &self.source[(first + row) * source.stride + start..];
                // Each frequency has its own part of every operand, as long as the
                // strides that the operands were made with.
                let product = ComplexProduct {
                    rows: 2 * self.pairs.len(),
                    depth,
                    columns: self.columns(),
                    a: a.as_ptr(),
                    a_row: source.unit,
                    a_depth: 1,
                    a_imaginary: source.channels,
                    next_a: a.as_ptr().wrapping_add(source.stride),
                    b: b.as_ptr(),
                    b_depth: 2 * layout.channels,
                    b_imaginary: layout.channels,
                    c: c.as_mut_ptr(),
                    c_row: layout.unit,
                    c_imaginary: layout.channels,
                    conjugate_a: false,
                    accumulate: start > 0,
                };
                multiply(self.pass.isa, &product, sums);
            });
    }

    /// Multiplies the source by the spectra of `from`, the map on the side of the
    /// result, into the gradients of the weights.
    fn gradient(&self, from: &[f32], dw: &Disjoint<'_, f32>, spectra: &mut [f32]) {
        let Pass { isa, grid, .. } = self.pass;
        let layout = &self.pass.block_layout;
        let width = layout.channels;
        maps::analyse(
            *isa,
            grid,
            layout,
            &self.maps,
            self.pairs.clone(),
            from,
            spectra,
        );
        let step = self.pass.depth_step();
        let row = self.pass.column_row(step);
        let mut products = Scratch::new(self.pass.column(step));
        let raised = weights::raised(*isa, grid, self.pass.shape);
        let vectors = self.maps.count.div_ceil(lanes(*isa));
        let mut memory = Scratch::new(step * vectors * raised);
        for start in (0..self.pass.source.channels).step_by(step) {
            let count = step.min(self.pass.source.channels - start);
            let memory = &mut memory[..count * vectors * raised];
            for column in 0..=grid.lens()[1] / 2 {
                self.multiply_gradient(column, start, count, spectra, row, &mut products);
                memory
                    .par_chunks_mut(raised)
                    .enumerate()
                    .for_each(|(task, raised)| {
                        let (channel, vector) = (task / vectors, task % vectors);
                        let gradient = Gradient {
                            grid,
                            waves: &self.pass.synthesis,
                            column,
                            from: &products[channel * 2 * width + vector * lanes(*isa)..],
                            stride: row,
                            imaginary: width,
                        };
                        weights::raise_column(*isa, &gradient, raised);
                    });
            }
            self.keep(start, memory, raised, dw);
        }
    }

    /// Multiplies `count` channels of the source from `start` on by the spectra of
    /// this block, into one column of the gradients of the weights.
    fn multiply_gradient(
        &self,
        column: usize,
        start: usize,
        count: usize,
        spectra: &[f32],
        products_row: usize,
        products: &mut [f32],
    ) {
        let (source, layout) = (&self.pass.source_layout, &self.pass.block_layout);
        let frequencies = &self.pass.grid.frequencies;
        let first = frequencies.columns[column];
        products
            .par_chunks_mut(products_row)
            .take(frequencies.rows(column))
            .enumerate()
            .for_each_init(self.sums(count), |sums, (row, c)| {
                let a = &self.source[(first + row) * source.stride + start..];
                let b = &spectra[(first + row) * layout.stride..];
                // As in `multiply`; vectors of `A` that begin before its last row
                // end before the next frequency.
                let product = ComplexProduct {
                    rows: count,
                    depth: 2 * self.pairs.len(),
                    columns: self.columns(),
                    a: a.as_ptr(),
                    a_row: 1,
                    a_depth: source.unit,
                    a_imaginary: source.channels,
                    next_a: a.as_ptr().wrapping_add(source.stride),
                    b: b.as_ptr(),
                    b_depth: layout.unit,
                    b_imaginary: layout.channels,
                    c: c.as_mut_ptr(),
                    c_row: 2 * layout.channels,
                    c_imaginary: layout.channels,
                    conjugate_a: true,
                    accumulate: false,
                };
                multiply(self.pass.isa, &product, sums);
            });
    }

    /// Makes memory for the sums of a product over some channels of the source.
    fn sums(&self, channels: usize) -> impl Fn() -> Scratch + Sync + Send {
        let len = product::sums(2 * self.pairs.len(), channels);
        move || Scratch::new(len)
    }

    /// Channels of this block, rounded up to whole vectors.
    fn columns(&self) -> usize {
        self.maps.count.next_multiple_of(lanes(self.pass.isa))
    }

    /// Transforms back to the gradients of the weights between channels of the
    /// source from `start` on and the channels of this block.
    fn keep(&self, start: usize, memory: &[f32], raised: usize, dw: &Disjoint<'_, f32>) {
        let Pass {
            isa, grid, shape, ..
        } = self.pass;
        let (taps, lanes) = (shape.taps(), lanes(*isa));
        let vectors = self.maps.count.div_ceil(lanes);
        let buffers = || [0, 1].map(|_| Scratch::new(lanes * taps));
        memory.par_chunks(raised).enumerate().for_each_init(
            buffers,
            |[turned, sum], (task, raised)| {
                let (row, vector) = (task / vectors, task % vectors);
                let first = self.maps.first + vector * lanes;
                let used = lanes.min(self.maps.first + self.maps.count - first);
                let at = ((start + row) * shape.channels_in + first) * taps;
                // SAFETY: every task has its own channels.
                let dw = unsafe { dw.part(at, used * taps) };
                weights::prefetch(*isa, dw);
                weights::synthesise(*isa, grid, &self.pass.synthesis, raised, turned);
                if self.pairs.start == 0 {
                    transpose(*isa, turned, lanes, taps, used, dw, taps);
                } else {
                    transpose(*isa, turned, lanes, taps, used, sum, taps);
                    for (dw, sum) in dw.iter_mut().zip(&**sum) {
                        *dw += sum;
                    }
                }
            },
        );
    }
}
