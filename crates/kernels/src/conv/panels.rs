//! A blocked matrix product whose right side is gathered from maps panel by panel
//! and whose result goes to maps.

use std::ops::Range;

use rayon::prelude::*;

use super::gather::{Gather, Run};
use crate::disjoint::Disjoint;
use crate::gemm::{Panel, TileSize, lanes, multiply_panel};
use crate::isa::Isa;
use crate::scratch::Scratch;
use crate::simd::{Simd, dispatch};

/// Depth of one packed block: with 48 columns it fills half of a 1 MiB
/// second-level cache with four panels.
const DEPTH_BLOCK: usize = 512;
/// Panels that share one pass over the weights.
const PANELS: usize = 4;
/// Parts that a product is cut into where it is large enough.
const PARTS: usize = 16;

/// Where the columns of a product go: position `(gy, gx)` of the grid to pixel
/// `(gy · step[0] + first[0], gx · step[1] + first[1])` of each target plane.
#[derive(Clone, Copy)]
pub(crate) struct Target {
    pub channels: usize,
    pub all_channels: usize,
    pub first_channel: usize,
    pub size: [usize; 2],
    pub step: [usize; 2],
    pub first: [usize; 2],
}

impl Target {
    /// Pixel of channel 0 that a run starts at.
    fn offset(&self, grid: [usize; 2], run: &Run) -> usize {
        // The grid may have been flattened: count its positions.
        let width = self.grid_width();
        let position = run.row * grid[1] + run.column;
        let y = position / width * self.step[0] + self.first[0];
        let x = position % width * self.step[1] + self.first[1];
        let plane = run.image * self.all_channels + self.first_channel;
        (plane * self.size[0] + y) * self.size[1] + x
    }

    fn grid_width(&self) -> usize {
        (self.size[1] - self.first[1]).div_ceil(self.step[1])
    }

    fn plane(&self) -> usize {
        self.size[0] * self.size[1]
    }
}

/// Columns of a panel that go to pixels of one plane, `step` apart.
struct Segment {
    at: usize,
    len: usize,
    /// The first pixel, in channel 0.
    offset: usize,
}

/// `target[m, column] = Σₖ weights[m, k] · gather[k, column]`
pub(crate) fn multiply(
    isa: Isa,
    gather: &Gather<'_>,
    weights: &[f32],
    target: &Target,
    out: &Disjoint<'_, f32>,
) {
    let tile = TileSize::wide(isa);
    let width = tile.vectors * lanes(isa);
    let columns = gather.columns();
    let panels = columns.div_ceil(width);
    let panels_per_part = panels.div_ceil(PARTS).clamp(1, PANELS);
    let column_parts = panels.div_ceil(panels_per_part);
    // Few columns: cut the rows as well.
    let row_parts = (PARTS / column_parts).clamp(1, target.channels.div_ceil(tile.rows));
    let rows_per_part = target
        .channels
        .div_ceil(row_parts)
        .next_multiple_of(tile.rows);
    let row_parts = target.channels.div_ceil(rows_per_part);

    (0..column_parts * row_parts)
        .into_par_iter()
        .for_each(|part| {
            let first_row = part % row_parts * rows_per_part;
            let rows = rows_per_part.min(target.channels - first_row);
            let first = part / row_parts * panels_per_part * width;
            let last = (first + panels_per_part * width).min(columns);
            Part {
                isa,
                tile,
                width,
                gather,
                weights,
                target,
                out,
                first_row,
                rows,
            }
            .run(first, last);
        });
}

struct Part<'a> {
    isa: Isa,
    tile: TileSize,
    width: usize,
    gather: &'a Gather<'a>,
    weights: &'a [f32],
    target: &'a Target,
    out: &'a Disjoint<'a, f32>,
    first_row: usize,
    rows: usize,
}

impl Part<'_> {
    fn run(&self, first: usize, last: usize) {
        let width = self.width;
        let panels: Vec<Columns> = (first..last)
            .step_by(width)
            .map(|column| self.columns(column..(column + width).min(last)))
            .collect();
        let depth = self.gather.depth();
        if depth == 0 {
            self.zero(&panels);
            return;
        }
        let block = DEPTH_BLOCK.min(depth);
        let mut packed = Scratch::new(panels.len() * block * width);
        let mut corner = [0.0_f32; 512];
        for start in (0..depth).step_by(block) {
            let depth = start..(start + block).min(depth);
            for (columns, packed) in panels.iter().zip(packed.chunks_mut(block * width)) {
                let runs = &columns.runs;
                self.gather
                    .pack(self.isa, runs, depth.clone(), packed, width);
            }
            for row in (0..self.rows).step_by(self.tile.rows) {
                for (columns, packed) in panels.iter().zip(packed.chunks(block * width)) {
                    self.tile(depth.clone(), row, columns, packed, &mut corner);
                }
            }
        }
    }

    fn columns(&self, columns: Range<usize>) -> Columns {
        let mut runs = Vec::new();
        self.gather.runs(columns, &mut runs);
        let mut segments: Vec<Segment> = Vec::with_capacity(runs.len());
        for run in &runs {
            let offset = self.target.offset(self.gather.grid, run);
            match segments.last_mut() {
                // Rows that follow each other in memory.
                Some(last) if self.target.step[1] == 1 && last.offset + last.len == offset => {
                    last.len += run.len;
                }
                _ => segments.push(Segment {
                    at: run.at,
                    len: run.len,
                    offset,
                }),
            }
        }
        Columns { runs, segments }
    }

    /// One register tile: the channels from `row` on of one panel.
    fn tile(
        &self,
        depth: Range<usize>,
        row: usize,
        columns: &Columns,
        packed: &[f32],
        corner: &mut [f32; 512],
    ) {
        let rows = self.tile.rows.min(self.rows - row);
        let plane = self.target.plane();
        let channel = self.first_row + row;
        let accumulate = depth.start > 0;
        let a_stride = self.gather.depth();
        let weights = &self.weights[channel * a_stride..][..rows * a_stride];
        let mut panel = Panel {
            rows,
            depth: depth.len(),
            vectors: self.tile.vectors,
            tile_rows: self.tile.rows,
            a: weights[depth.start..].as_ptr(),
            a_stride,
            b: packed.as_ptr(),
            b_stride: self.width,
            c: corner.as_mut_ptr(),
            c_stride: self.width,
            accumulate: false,
        };
        if let [segment] = &columns.segments[..]
            && segment.len == self.width
            && self.target.step[1] == 1
        {
            let len = (rows - 1) * plane + self.width;
            // The pixels of this tile belong to this part only.
            panel.c = self.out.pointer(segment.offset + channel * plane, len);
            panel.c_stride = plane;
            panel.accumulate = accumulate;
            multiply_panel(self.isa, &panel);
            return;
        }
        multiply_panel(self.isa, &panel);
        let step = self.target.step[1];
        for (index, values) in corner.chunks(self.width).take(rows).enumerate() {
            for segment in &columns.segments {
                let at = segment.offset + (channel + index) * plane;
                // SAFETY: as above; the pixels between two steps are skipped by
                // every task of this phase.
                let to = unsafe { self.out.part(at, (segment.len - 1) * step + 1) };
                let values = &values[segment.at..segment.at + segment.len];
                scatter(self.isa, values, step, accumulate, to);
            }
        }
    }

    /// Pixels that no tap reaches.
    fn zero(&self, panels: &[Columns]) {
        let step = self.target.step[1];
        for segment in panels.iter().flat_map(|columns| &columns.segments) {
            for channel in self.first_row..self.first_row + self.rows {
                let at = segment.offset + channel * self.target.plane();
                // SAFETY: as in `tile`.
                let to = unsafe { self.out.part(at, (segment.len - 1) * step + 1) };
                to.iter_mut().step_by(step).for_each(|v| *v = 0.0);
            }
        }
    }
}

/// One panel: where its columns come from and where they go.
struct Columns {
    runs: Vec<Run>,
    segments: Vec<Segment>,
}

dispatch! {
    /// Puts `values` to every `step`-th place of `to`.
    fn scatter(values: &[f32], step: usize, accumulate: bool, to: &mut [f32]) => scatter_body
}

#[inline(always)]
fn scatter_body<S: Simd>(values: &[f32], step: usize, accumulate: bool, to: &mut [f32]) {
    match (step, accumulate) {
        (1, false) => to.copy_from_slice(values),
        (1, true) => to
            .iter_mut()
            .zip(values)
            .for_each(|(to, value)| *to += value),
        (_, false) => {
            for (to, value) in to.iter_mut().step_by(step).zip(values) {
                *to = *value;
            }
        }
        (_, true) => {
            for (to, value) in to.iter_mut().step_by(step).zip(values) {
                *to += value;
            }
        }
    }
}
