//! A part of a product: some rows of some panels, a block of the depth at a time.

use std::ops::Range;

use super::cut::DEPTH_BLOCK;
use super::operands::Operands;
use super::target::Segment;
use super::write_back::{Targets, ask_for, write_back};
use crate::conv::gather::Piece;
use crate::conv::weight_rows::WeightRows;
use crate::gemm::{Ahead, Left, Panel, lanes, multiply_panel};
use crate::scratch::Scratch;

pub(super) struct Part<'a> {
    product: &'a Operands<'a>,
    rows: Range<usize>,
    panels: Range<usize>,
    /// Where each panel goes.
    columns: Vec<Columns>,
    /// Weights and columns of one block where they are not packed for all parts.
    left: Option<Scratch>,
    right: Option<Scratch>,
    /// What is copied for the columns.
    pieces: Vec<Piece>,
    /// The sums of all tiles, `[panel][row][column]`, or nothing: tiles that go to several planes
    /// are put there once instead of with every block.
    kept: Scratch,
    /// The sums of one tile.
    corner: [f32; 512],
}

/// Where the columns of one panel go.
struct Columns {
    /// Vectors that hold columns.
    vectors: usize,
    segments: Vec<Segment>,
}

/// Some of the depth.
struct Block {
    depth: Range<usize>,
    /// The first word, and how many there are.
    first: usize,
    words: usize,
}

impl<'a> Part<'a> {
    pub(super) fn new(product: &'a Operands<'a>, index: usize) -> Self {
        let first = index % product.cut.row_parts * product.cut.rows_per_part;
        let rows = first..(first + product.cut.rows_per_part).min(product.target.channels);
        let first = index / product.cut.row_parts * product.cut.panels_per_part;
        let panels = first..(first + product.cut.panels_per_part).min(product.cut.panels);
        let columns = panels.clone().map(|panel| {
            let range = product.panel(panel);
            Columns {
                vectors: range.len().div_ceil(lanes(product.isa)),
                segments: product.target.segments(product.gather, range),
            }
        });
        let own_left = product.left.is_none() && !matches!(product.weights, WeightRows::Packed(_));
        let own_right = product.right.is_none();
        let mut part = Self {
            columns: columns.collect(),
            left: None,
            right: None,
            pieces: Vec::new(),
            kept: Scratch::new(0),
            corner: [0.0; 512],
            product,
            rows,
            panels,
        };
        part.left = own_left.then(|| Scratch::new(part.product.cut.own_left(part.rows.len())));
        part.right = own_right.then(|| Scratch::new(part.product.cut.own_right(part.panels.len())));
        if own_right {
            part.pieces = product.pieces(part.panels.clone(), part.product.cut.words);
        }
        let kept = part.product.cut.kept(part.rows.len(), part.panels.len());
        part.kept = Scratch::new(kept);
        part
    }

    pub(super) fn multiply(mut self) {
        let product = self.product;
        let depth = product.gather.depth();
        let mut ahead = Ahead::default();
        for start in (0..depth).step_by(product.block()) {
            let depth = start..(start + product.block()).min(depth);
            let block = Block {
                first: start / product.precision.per_word(),
                words: product.precision.words(depth.len()),
                depth,
            };
            self.pack(&block);
            self.ask(&block, &mut ahead);
            self.multiply_block(&block, &mut ahead);
        }
    }

    fn pack(&mut self, block: &Block) {
        let (product, words) = (self.product, self.product.cut.words);
        if let Some(right) = &mut self.right {
            let panels = self.panels.len();
            product.pack_columns(&self.pieces, block.depth.clone(), words, panels, right);
        }
        if let Some(left) = &mut self.left {
            product.pack_rows(self.rows.clone(), block.depth.clone(), left);
        }
    }

    /// What is packed next: of these rows and columns, or the first block of those behind them.
    fn ask(&self, block: &Block, ahead: &mut Ahead) {
        let product = self.product;
        let depth = product.gather.depth();
        let follows = block.depth.end < depth;
        let first = if follows { block.depth.end } else { 0 };
        let depth = first..(first + product.block()).min(depth);
        ahead.clear();
        if self.right.is_some() {
            if follows {
                product.gather.ask(&self.pieces, depth.clone(), ahead);
            } else {
                let last = self.panels.end + product.cut.panels_per_part;
                let next = self.panels.end..last.min(product.cut.panels);
                let pieces = product.pieces(next, DEPTH_BLOCK);
                product.gather.ask(&pieces, depth.clone(), ahead);
            }
        }
        if self.left.is_some() {
            let rows = if follows {
                self.rows.clone()
            } else {
                let last = self.rows.end + product.cut.rows_per_part;
                self.rows.end..last.min(product.target.channels)
            };
            product.weights.ask(rows, depth, ahead);
        }
    }

    fn multiply_block(&mut self, block: &Block, ahead: &mut Ahead) {
        let height = self.product.cut.tile.rows;
        let mut tiles = self.rows.len().div_ceil(height) * self.columns.len();
        for row in self.rows.clone().step_by(height) {
            let rows = row..(row + height).min(self.rows.end);
            for panel in 0..self.columns.len() {
                // As late as there is time: what is asked for takes the place of weights that
                // have been used.
                let late = tiles * block.words < 2 * ahead.len();
                let lines = ahead.take(if late { block.words } else { 0 });
                self.tile(block, rows.clone(), panel, lines);
                tiles -= 1;
            }
        }
    }

    /// The weights of a tile.
    fn a(&self, block: &Block, row: usize) -> &[f32] {
        let (product, height) = (self.product, self.product.cut.tile.rows);
        let all = row * product.words() + block.first * height;
        let a = match (&self.left, &product.left, product.weights) {
            (Some(left), _, _) => &left[(row - self.rows.start) * block.words..],
            (_, Some(left), _) => &left[all..],
            (_, _, WeightRows::Packed(left)) => &left[all..],
            _ => unreachable!("the weights are packed for the part or for all"),
        };
        &a[..block.words * height]
    }

    /// The columns of a panel.
    fn b(&self, block: &Block, panel: usize) -> &[f32] {
        let (product, width) = (self.product, self.product.cut.width);
        let b = match (&self.right, &product.right) {
            (Some(right), _) => &right[panel * self.product.cut.words * width..],
            (_, Some(right)) => {
                let panel = self.panels.start + panel;
                &right[(panel * product.words() + block.first) * width..]
            }
            _ => unreachable!("the columns are packed for the part or for all"),
        };
        &b[..block.words * width]
    }

    /// One register tile: the channels `rows` of one panel.
    fn tile(&mut self, block: &Block, rows: Range<usize>, panel: usize, ahead: &[*const f32]) {
        let product = self.product;
        let (isa, width, plane) = (product.isa, product.cut.width, product.target.plane());
        let (first, count) = (rows.start * plane, rows.len());
        let is_first = block.depth.start == 0;
        let is_last = block.depth.end == product.gather.depth();
        let keeps = !self.kept.is_empty();
        let (a, b) = (
            self.a(block, rows.start).as_ptr(),
            self.b(block, panel).as_ptr(),
        );
        let columns = &self.columns[panel];
        let sums = if keeps {
            let row = panel * self.rows.len() + rows.start - self.rows.start;
            &mut self.kept[row * width..][..count * width]
        } else {
            &mut self.corner[..count * width]
        };
        // Weights and columns are as long as the block.
        let mut tile = Panel {
            precision: product.precision,
            rows: count,
            depth: block.words,
            vectors: columns.vectors,
            tile_rows: product.cut.tile.rows,
            a,
            left: Left::Columns {
                stride: product.cut.tile.rows,
            },
            b,
            b_stride: width,
            c: sums.as_mut_ptr(),
            c_stride: width,
            accumulate: keeps && !is_first,
        };
        let step = product.target.step[1];
        if let [segment] = &columns.segments[..]
            && segment.len == columns.vectors * lanes(isa)
            && step == 1
        {
            let len = (count - 1) * plane + segment.len;
            // The pixels of this tile belong to this part only.
            tile.c = product.out.pointer(segment.offset + first, len);
            tile.c_stride = plane;
            tile.accumulate = !is_first;
            multiply_panel(isa, &tile, ahead);
            return;
        }
        if keeps && !is_last {
            multiply_panel(isa, &tile, ahead);
            return;
        }
        let targets = Targets {
            segments: &columns.segments,
            step,
            first,
            plane,
            rows: count,
        };
        ask_for(isa, &targets, product.out);
        multiply_panel(isa, &tile, ahead);
        write_back(isa, sums, width, &targets, !keeps && !is_first, product.out);
    }
}
