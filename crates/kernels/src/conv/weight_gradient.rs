//! Weight gradient as a matrix product over all output pixels of the batch.
//!
//! `dw[o, k] = Σ dy[o, pixel] · columns[k, pixel]`. Lanes run along `o`: `dy` is
//! transposed once, and the gathered columns are broadcast as they lie.

use rayon::prelude::*;

use super::gather::Gather;
use super::product::{forward_gather, forward_taps};
use super::shape::ConvShape;
use crate::disjoint::Disjoint;
use crate::gemm::{Left, Panel, TileSize, lanes, multiply_panel};
use crate::isa::Isa;
use crate::scratch::Scratch;
use crate::transpose::transpose;

/// Output pixels of one block.
const BLOCK: usize = 256;
/// Rows `k` of one task: a multiple of every tile height.
const ROWS: usize = 48;
/// Parts that a product is cut into where it is large enough.
const PARTS: usize = 16;
/// Gathered rows are this far apart: not a power of two, so that the rows of one
/// tile fall into different cache sets.
const STRIDE: usize = BLOCK + 16;

pub(crate) fn backward_weight(isa: Isa, shape: &ConvShape, x: &[f32], dy: &[f32], dw: &mut [f32]) {
    let taps = forward_taps(shape);
    let depth = shape.depth();
    let channels = shape.channels_out / shape.groups;
    for (group, dw) in dw.chunks_mut(channels * depth).enumerate() {
        let gather = forward_gather(shape, &taps, x, group);
        let turned = Turned::new(isa, shape, dy, group);
        gradient(isa, &gather, &turned, dw);
    }
}

/// `dy` of one group as `[block][panel][pixel of the block][channel of the panel]`.
struct Turned {
    values: Scratch,
    /// Channels rounded up to whole vectors.
    padded: usize,
}

impl Turned {
    fn new(isa: Isa, shape: &ConvShape, dy: &[f32], group: usize) -> Self {
        let channels = shape.channels_out / shape.groups;
        let padded = channels.next_multiple_of(lanes(isa));
        let [rows, columns] = shape.output();
        let plane = rows * columns;
        let pixels = shape.batch * plane;
        let panel = panel_width(isa);
        let mut values = Scratch::new(pixels.div_ceil(BLOCK) * BLOCK * padded);
        values
            .par_chunks_mut(BLOCK * padded)
            .enumerate()
            .for_each(|(block, values)| {
                let first = block * BLOCK;
                let last = (first + BLOCK).min(pixels);
                for start in (0..padded).step_by(panel) {
                    let width = panel.min(padded - start);
                    let panel = &mut values[start * BLOCK..][..width * BLOCK];
                    let used = width.min(channels - start);
                    let mut pixel = first;
                    while pixel < last {
                        let (image, at) = (pixel / plane, pixel % plane);
                        let len = (plane - at).min(last - pixel);
                        let channel = group * channels + start;
                        let from = &dy[(image * shape.channels_out + channel) * plane + at..];
                        transpose(
                            isa,
                            from,
                            plane,
                            used,
                            len,
                            &mut panel[(pixel - first) * width..],
                            width,
                        );
                        pixel += len;
                    }
                    if used < width {
                        for row in panel.chunks_mut(width) {
                            row[used..].fill(0.0);
                        }
                    }
                }
            });
        Self { values, padded }
    }
}

fn panel_width(isa: Isa) -> usize {
    TileSize::square(isa).vectors * lanes(isa)
}

fn gradient(isa: Isa, gather: &Gather<'_>, turned: &Turned, dw: &mut [f32]) {
    let depth = gather.depth();
    let padded = turned.padded;
    let blocks = gather.columns().div_ceil(BLOCK);
    let row_parts = depth.div_ceil(ROWS);
    let splits = PARTS.div_ceil(row_parts).clamp(1, blocks);
    let blocks_per_split = blocks.div_ceil(splits);
    let splits = blocks.div_ceil(blocks_per_split);

    // Each split sums its own blocks; the splits are added in order below.
    let mut partial = Scratch::new(splits * depth * padded);
    let shared = Disjoint::new(&mut partial);
    (0..splits * row_parts).into_par_iter().for_each(|part| {
        let (split, row_part) = (part / row_parts, part % row_parts);
        let first = row_part * ROWS;
        let rows = ROWS.min(depth - first);
        let at = (split * depth + first) * padded;
        // SAFETY: every task has its own rows of its own split.
        let sums = unsafe { shared.part(at, rows * padded) };
        let blocks = split * blocks_per_split..((split + 1) * blocks_per_split).min(blocks);
        sum_blocks(isa, gather, turned, first..first + rows, blocks, sums);
    });

    let (sums, others) = partial.split_at_mut(depth * padded);
    sums.par_chunks_mut(padded)
        .enumerate()
        .for_each(|(k, sums)| {
            for split in others.chunks(depth * padded) {
                for (sum, value) in sums.iter_mut().zip(&split[k * padded..]) {
                    *sum += value;
                }
            }
        });
    let sums = &*sums;
    let lanes = lanes(isa);
    dw.par_chunks_mut(depth * lanes)
        .enumerate()
        .for_each(|(group, dw)| {
            let channels = dw.len() / depth;
            transpose(
                isa,
                &sums[group * lanes..],
                padded,
                depth,
                channels,
                dw,
                depth,
            );
        });
}

fn sum_blocks(
    isa: Isa,
    gather: &Gather<'_>,
    turned: &Turned,
    rows: std::ops::Range<usize>,
    blocks: std::ops::Range<usize>,
    sums: &mut [f32],
) {
    let tile = TileSize::square(isa);
    let padded = turned.padded;
    let panel = panel_width(isa);
    let mut gathered = Scratch::new(rows.len() * STRIDE);
    let (mut runs, mut pieces) = (Vec::new(), Vec::new());
    for block in blocks.clone() {
        let first = block * BLOCK;
        let pixels = BLOCK.min(gather.columns() - first);
        runs.clear();
        gather.runs(first..first + pixels, 0, &mut runs);
        gather.pieces(&runs, &mut pieces);
        gather.pack(isa, &pieces, rows.clone(), &mut gathered, STRIDE);
        let dy = &turned.values[block * BLOCK * padded..][..BLOCK * padded];
        for start in (0..padded).step_by(panel) {
            let width = panel.min(padded - start);
            multiply_panel(
                isa,
                &Panel {
                    rows: rows.len(),
                    depth: pixels,
                    vectors: width / lanes(isa),
                    tile_rows: tile.rows,
                    a: gathered.as_ptr(),
                    left: Left::Rows { stride: STRIDE },
                    b: dy[start * BLOCK..][..width * BLOCK].as_ptr(),
                    b_stride: width,
                    c: sums[start..][..(rows.len() - 1) * padded + width].as_mut_ptr(),
                    c_stride: padded,
                    accumulate: block > blocks.start,
                },
            );
        }
    }
}
