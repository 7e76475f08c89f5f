//! Weight gradient as a matrix product over all output pixels of the batch.
//!
//! `dw[o, k] = Σ dy[o, pixel] · columns[k, pixel]`. Lanes run along one of the
//! two, which is transposed for that; the other is broadcast as it lies. The
//! shape decides which.

use std::ops::Range;

use rayon::prelude::*;

use super::gather::Gather;
use super::product::{forward_gather, forward_taps};
use super::shape::ConvShape;
use crate::disjoint::Disjoint;
use crate::gemm::{Left, Panel, TileSize, lanes, multiply_panel};
use crate::isa::Isa;
use crate::pairs::pair_neighbours;
use crate::precision::Precision;
use crate::scratch::{Demand, Scratch};
use crate::transpose::{transpose, transpose_pairs};

/// Output pixels of one block.
const BLOCK: usize = 256;
/// Rows that are gathered at a time: a multiple of every tile height.
const ROWS: usize = 48;
/// Parts that a product is cut into where it is large enough.
const PARTS: usize = 16;
/// Sums that all splits of the pixels may hold together.
const PARTIAL_SUMS: usize = 1 << 20;
/// Gathered rows are this far apart: not a power of two, so that the rows of one
/// tile fall into different cache sets.
const STRIDE: usize = BLOCK + 16;
/// Floats of the rows that are gathered at a time.
const GATHERED_ROWS: usize = ROWS * STRIDE;

pub(crate) fn backward_weight(
    isa: Isa,
    precision: Precision,
    shape: &ConvShape,
    x: &[f32],
    dy: &[f32],
    dw: &mut [f32],
) {
    let taps = forward_taps(shape);
    let depth = shape.depth();
    let channels = shape.channels_out / shape.groups;
    for (group, dw) in dw.chunks_mut(channels * depth).enumerate() {
        let columns = forward_gather(shape, &taps, x, group);
        let [rows, width] = shape.output();
        let pixels = Gather {
            source: dy,
            channels,
            all_channels: shape.channels_out,
            first_channel: group * channels,
            size: [rows, width],
            taps: &[[0, 0]],
            step: [1, 1],
            grid: [rows, width],
            batch: shape.batch,
        }
        .flattened();
        let sum = |rows: &Gather<'_>, columns: &Gather<'_>, sums: &mut [f32]| {
            let sum = Sum {
                isa,
                precision,
                rows,
                columns,
            };
            sum.all(sums);
        };
        let lanes = lanes(isa);
        if !lanes_along_columns(isa, shape) {
            // `[columns, channels]`, to be transposed.
            let padded = channels.next_multiple_of(lanes);
            let mut sums = Scratch::new(depth * padded);
            sum(&columns, &pixels, &mut sums);
            dw.par_chunks_mut(depth * lanes)
                .enumerate()
                .for_each(|(group, dw)| {
                    let rows = dw.len() / depth;
                    let sums = &sums[group * lanes..];
                    transpose(isa, sums, padded, depth, rows, dw, depth);
                });
        } else if depth.is_multiple_of(lanes) {
            sum(&pixels, &columns, dw);
        } else {
            let padded = depth.next_multiple_of(lanes);
            let mut sums = Scratch::new(channels * padded);
            sum(&pixels, &columns, &mut sums);
            dw.par_chunks_mut(depth)
                .zip(sums.par_chunks(padded))
                .for_each(|(dw, sums)| dw.copy_from_slice(&sums[..depth]));
        }
    }
}

/// Whether transposing the columns costs less than transposing `dy` and, in the
/// end, the sums; counted in half cycles.
fn lanes_along_columns(isa: Isa, shape: &ConvShape) -> bool {
    let [rows, width] = shape.output();
    let pixels = shape.batch * rows * width;
    let (depth, channels) = (shape.depth(), shape.channels_out / shape.groups);
    let lanes = lanes(isa);
    let moves = if shape.taps() == 1 { 1 } else { 2 };
    let along_columns = channels * depth.div_ceil(lanes) * 2 + depth * moves;
    let along_channels = depth * channels.div_ceil(lanes) * 2 + channels;
    along_columns * pixels < along_channels * pixels + channels * depth
}

/// What [`backward_weight`] takes.
pub(crate) fn demand(isa: Isa, precision: Precision, shape: &ConvShape, threads: usize) -> Demand {
    let [rows, width] = shape.output();
    let (pixels, depth) = (shape.batch * rows * width, shape.depth());
    let (channels, lanes) = (shape.channels_out / shape.groups, lanes(isa));
    let is_along_columns = lanes_along_columns(isa, shape);
    let [height, along] = match is_along_columns {
        true => [channels, depth],
        false => [depth, channels],
    };
    let padded = along.next_multiple_of(lanes);
    let is_direct = is_along_columns && padded == along;
    let sums = (!is_direct).then(|| Demand::floats(height * padded));
    // Planes of `dy` are turned as they lie; columns only where they are planes.
    let is_plane =
        !is_along_columns || shape.taps() == 1 && shape.stride == [1, 1] && shape.padding == [0, 0];
    let has_whole_words = (rows * width).is_multiple_of(precision.per_word());
    let is_gathered = !(is_plane && has_whole_words);
    let gathered = is_gathered.then(|| Demand::floats(gathered_columns(isa)));
    let cut = Cut::new(height, padded, pixels);
    sums.unwrap_or_default()
        .and(cut.demand(precision, gathered.unwrap_or_default(), threads))
}

/// Floats of the columns of one panel that are gathered before they are turned.
fn gathered_columns(isa: Isa) -> usize {
    panel_width(isa) * STRIDE
}

/// How the sums of `height` rows are cut into parts.
#[derive(Clone, Copy)]
struct Cut {
    height: usize,
    /// Columns in whole vectors.
    padded: usize,
    /// Blocks of pixels, of all and of one split.
    blocks: usize,
    blocks_per_split: usize,
    /// Parts along the pixels, whose sums are added in the end.
    splits: usize,
    row_parts: usize,
    rows_per_part: usize,
}

impl Cut {
    fn new(height: usize, padded: usize, pixels: usize) -> Self {
        let blocks = pixels.div_ceil(BLOCK);
        let splits = (PARTIAL_SUMS / (height * padded)).clamp(1, PARTS.min(blocks));
        let blocks_per_split = blocks.div_ceil(splits);
        let splits = blocks.div_ceil(blocks_per_split);
        // Few splits: cut the rows as well.
        let row_parts = if splits >= PARTS / 2 {
            1
        } else {
            PARTS / splits
        };
        let rows_per_part = height.div_ceil(row_parts).next_multiple_of(ROWS / 4);
        Self {
            height,
            padded,
            blocks,
            blocks_per_split,
            splits,
            row_parts: height.div_ceil(rows_per_part),
            rows_per_part,
        }
    }

    /// Words of the columns, turned for all parts; none where each part turns its own.
    fn turned(&self, precision: Precision) -> Option<usize> {
        (self.row_parts > 1).then(|| self.blocks * self.turned_block(precision))
    }

    /// Words of one block of columns, turned.
    fn turned_block(&self, precision: Precision) -> usize {
        precision.words(BLOCK) * self.padded
    }

    /// Sums of all splits but the first.
    fn others(&self) -> usize {
        (self.splits - 1) * self.height * self.padded
    }

    /// What the sums take, where turning a panel takes `gathered`.
    fn demand(&self, precision: Precision, gathered: Demand, threads: usize) -> Demand {
        let shared = Demand::floats(self.others());
        let rows = Demand::floats(GATHERED_ROWS);
        let parts = self.splits * self.row_parts;
        match self.turned(precision) {
            Some(words) => {
                let turning = gathered.times(threads);
                let parts = shared.and(rows.on(threads, parts));
                Demand::floats(words).and(turning.then(parts))
            }
            None => {
                let block = Demand::floats(self.turned_block(precision));
                shared.and(rows.and(block).and(gathered).on(threads, parts))
            }
        }
    }
}

fn panel_width(isa: Isa) -> usize {
    TileSize::square(isa).vectors * lanes(isa)
}

/// `sums[r, l] = Σ rows[r, pixel] · columns[l, pixel]`, lanes along `l`, which is
/// padded to whole vectors in `sums`.
struct Sum<'a> {
    isa: Isa,
    precision: Precision,
    rows: &'a Gather<'a>,
    columns: &'a Gather<'a>,
}

impl Sum<'_> {
    fn all(&self, sums: &mut [f32]) {
        let height = self.rows.depth();
        let padded = sums.len() / height;
        let cut = Cut::new(height, padded, self.rows.columns());
        let Cut {
            blocks,
            splits,
            blocks_per_split,
            row_parts,
            rows_per_part,
            ..
        } = cut;

        // What several parts need is transposed once for all of them.
        let turned = cut.turned(self.precision);
        let turned = turned.map(|words| self.turn_all(words, padded));
        // Each split sums its own blocks; the splits are added in order below.
        let mut others = Scratch::new(cut.others());
        let shared = [Disjoint::new(sums), Disjoint::new(&mut others)];
        (0..splits * row_parts).into_par_iter().for_each(|part| {
            let (split, row_part) = (part / row_parts, part % row_parts);
            let first = row_part * rows_per_part;
            let last = (first + rows_per_part).min(height);
            let len = (last - first) * padded;
            // SAFETY: every task has its own rows of its own split.
            let sums = unsafe {
                match split {
                    0 => shared[0].part(first * padded, len),
                    _ => shared[1].part(((split - 1) * height + first) * padded, len),
                }
            };
            let blocks = split * blocks_per_split..((split + 1) * blocks_per_split).min(blocks);
            self.blocks(turned.as_deref(), first..last, blocks, sums);
        });
        if splits > 1 {
            sums.par_chunks_mut(ROWS * padded)
                .enumerate()
                .for_each(|(part, sums)| {
                    let at = part * ROWS * padded;
                    for split in others.chunks(height * padded) {
                        for (sum, value) in sums.iter_mut().zip(&split[at..]) {
                            *sum += value;
                        }
                    }
                });
        }
    }

    /// Words of a block of pixels.
    fn words(&self) -> usize {
        self.precision.words(BLOCK)
    }

    fn turn_all(&self, words: usize, padded: usize) -> Scratch {
        let panel = panel_width(self.isa);
        let mut turned = Scratch::new(words);
        turned
            .par_chunks_mut(self.words() * padded)
            .enumerate()
            .for_each(|(block, turned)| {
                turned
                    .par_chunks_mut(self.words() * panel)
                    .enumerate()
                    .for_each(|(index, turned)| self.turn(block, index * panel, turned));
            });
        turned
    }

    /// One block of pixels as `[panel][word of pixels][row of the panel]`, from row
    /// `start` on as many panels as there is room for.
    fn turn(&self, block: usize, start: usize, turned: &mut [f32]) {
        let (isa, gather) = (self.isa, self.columns);
        let end = start + turned.len() / self.words();
        let depth = gather.depth();
        let panel = panel_width(isa);
        let first = block * BLOCK;
        let last = (first + BLOCK).min(gather.columns());
        let (mut runs, mut pieces) = (Vec::new(), Vec::new());
        gather.runs(first..last, 0, &mut runs);
        // Planes can be transposed as they lie, columns of several taps cannot, nor
        // those where a word begins in one run and ends in the next.
        let per_word = self.precision.per_word();
        let direct = gather.plain() && runs.iter().all(|run| run.at.is_multiple_of(per_word));
        let mut gathered = None;
        if !direct {
            gather.pieces(&runs, &mut pieces);
            gathered = Some(Scratch::new(gathered_columns(isa)));
        }
        for (start, to) in (start..end)
            .step_by(panel)
            .zip(turned.chunks_mut(panel * self.words()))
        {
            let width = panel.min(end - start);
            let used = width.min(depth - start);
            match &mut gathered {
                None => {
                    let plane = gather.size[0] * gather.size[1];
                    for run in &runs {
                        let channel =
                            run.image * gather.all_channels + gather.first_channel + start;
                        let from = &gather.source[channel * plane + run.column..];
                        let to = &mut to[run.at / per_word * width..];
                        self.transpose(from, plane, used, run.len, to, width);
                    }
                }
                Some(gathered) => {
                    gather.pack(isa, &pieces, start..start + used, gathered, STRIDE);
                    self.transpose(gathered, STRIDE, used, last - first, to, width);
                }
            }
            if used < width {
                for row in to.chunks_mut(width) {
                    row[used..].fill(0.0);
                }
            }
        }
    }

    /// Transposes the words of `rows` rows.
    fn transpose(
        &self,
        from: &[f32],
        from_stride: usize,
        rows: usize,
        columns: usize,
        to: &mut [f32],
        to_stride: usize,
    ) {
        match self.precision {
            Precision::Single => {
                transpose(self.isa, from, from_stride, rows, columns, to, to_stride);
            }
            Precision::Bf16 => {
                transpose_pairs(self.isa, from, from_stride, rows, columns, to, to_stride);
            }
        }
    }

    /// Sums over `blocks` for the rows `range`; the columns are `turned` already or
    /// will be, block by block.
    fn blocks(
        &self,
        turned: Option<&[f32]>,
        range: Range<usize>,
        blocks: Range<usize>,
        sums: &mut [f32],
    ) {
        let (isa, rows) = (self.isa, self.rows);
        let tile = TileSize::square(isa);
        let padded = sums.len() / range.len();
        let panel = panel_width(isa);
        let block_len = self.words() * padded;
        let mut gathered = Scratch::new(GATHERED_ROWS);
        let mut local = turned.is_none().then(|| Scratch::new(block_len));
        let (mut runs, mut pieces) = (Vec::new(), Vec::new());
        for block in blocks.clone() {
            let first = block * BLOCK;
            let pixels = BLOCK.min(rows.columns() - first);
            runs.clear();
            rows.runs(first..first + pixels, 0, &mut runs);
            rows.pieces(&runs, &mut pieces);
            let turned = match (&mut local, turned) {
                (Some(local), _) => {
                    self.turn(block, 0, local);
                    &local[..]
                }
                (None, Some(turned)) => &turned[block * block_len..][..block_len],
                (None, None) => unreachable!("the columns are transposed for the part or for all"),
            };
            for (sums, row) in sums
                .chunks_mut(ROWS * padded)
                .zip(range.clone().step_by(ROWS))
            {
                let count = ROWS.min(range.end - row);
                rows.pack(isa, &pieces, row..row + count, &mut gathered, STRIDE);
                match self.precision {
                    Precision::Single => {}
                    Precision::Bf16 => {
                        pair_neighbours(isa, &mut gathered, STRIDE, count, pixels);
                    }
                }
                for start in (0..padded).step_by(panel) {
                    let width = panel.min(padded - start);
                    multiply_panel(
                        isa,
                        &Panel {
                            precision: self.precision,
                            rows: count,
                            depth: self.precision.words(pixels),
                            vectors: width / lanes(isa),
                            tile_rows: tile.rows,
                            a: gathered.as_ptr(),
                            left: Left::Rows { stride: STRIDE },
                            b: turned[start * self.words()..][..width * self.words()].as_ptr(),
                            b_stride: width,
                            c: sums[start..][..(count - 1) * padded + width].as_mut_ptr(),
                            c_stride: padded,
                            accumulate: block > blocks.start,
                        },
                    );
                }
            }
        }
    }
}
