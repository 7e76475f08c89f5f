//! A part of a product: some rows of some panels, a block of the depth at a time.

use std::ops::Range;

use super::target::Segment;
use super::write_back::{Targets, ask_for, write_back};
use super::{DEPTH_BLOCK, Product};
use crate::conv::gather::Piece;
use crate::conv::weight_rows::WeightRows;
use crate::gemm::{Ahead, Left, Panel, lanes, multiply_panel};
use crate::scratch::Scratch;

/// Sums that a part keeps: within half of the second-level cache.
const KEPT: usize = 128 << 10;

pub(super) struct Part<'a> {
    product: &'a Product<'a>,
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
    pub(super) fn new(product: &'a Product<'a>, index: usize) -> Self {
        let first = index % product.row_parts * product.rows_per_part;
        let rows = first..(first + product.rows_per_part).min(product.target.channels);
        let first = index / product.row_parts * product.panels_per_part;
        let panels = first..(first + product.panels_per_part).min(product.panels);
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
        part.left = own_left.then(|| Scratch::new(part.left_len()));
        part.right = own_right.then(|| Scratch::new(part.right_len()));
        if own_right {
            part.pieces = product.pieces(part.panels.clone(), part.words());
        }
        part.kept = Scratch::new(part.kept_len());
        part
    }

    /// Words of one block of depth.
    fn words(&self) -> usize {
        DEPTH_BLOCK.min(self.product.words())
    }

    /// Weights of one block.
    fn left_len(&self) -> usize {
        self.rows.len().next_multiple_of(self.product.tile.rows) * self.words()
    }

    /// Columns of one block.
    fn right_len(&self) -> usize {
        self.panels.len() * self.words() * self.product.width
    }

    /// All sums where they are few and there are several blocks, else none.
    fn kept_len(&self) -> usize {
        let all = self.rows.len() * self.panels.len() * self.product.width;
        let blocks = self.product.words().div_ceil(DEPTH_BLOCK);
        if blocks > 1 && all <= KEPT { all } else { 0 }
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
        let (product, words) = (self.product, self.words());
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
                let last = self.panels.end + product.panels_per_part;
                let next = self.panels.end..last.min(product.panels);
                let pieces = product.pieces(next, DEPTH_BLOCK);
                product.gather.ask(&pieces, depth.clone(), ahead);
            }
        }
        if self.left.is_some() {
            let rows = if follows {
                self.rows.clone()
            } else {
                let last = self.rows.end + product.rows_per_part;
                self.rows.end..last.min(product.target.channels)
            };
            product.weights.ask(rows, depth, ahead);
        }
    }

    fn multiply_block(&mut self, block: &Block, ahead: &mut Ahead) {
        let height = self.product.tile.rows;
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
        let (product, height) = (self.product, self.product.tile.rows);
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
        let (product, width) = (self.product, self.product.width);
        let b = match (&self.right, &product.right) {
            (Some(right), _) => &right[panel * self.words() * width..],
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
        let (isa, width, plane) = (product.isa, product.width, product.target.plane());
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
            tile_rows: product.tile.rows,
            a,
            left: Left::Columns {
                stride: product.tile.rows,
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
