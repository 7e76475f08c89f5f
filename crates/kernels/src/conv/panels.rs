//! A blocked matrix product whose right side is gathered from maps panel by panel
//! and whose result goes to maps.

mod part;
mod target;
mod write_back;

pub(crate) use target::Target;

use std::ops::Range;

use rayon::prelude::*;

use self::part::Part;
use super::gather::{Gather, Piece};
use super::weight_rows::WeightRows;
use crate::disjoint::Disjoint;
use crate::gemm::{TileSize, lanes};
use crate::isa::Isa;
use crate::pairs::pair_rows;
use crate::precision::Precision;
use crate::scratch::Scratch;

/// Words along the depth of one packed block: with 48 columns it fills half of a
/// 1 MiB second-level cache with four panels.
const DEPTH_BLOCK: usize = 512;
/// Rows of columns that are gathered before they are paired: within the first-level
/// cache.
const PAIRED: usize = 16;
/// Panels that share one pass over the weights.
const PANELS: usize = 4;
/// Parts that a product is cut into where it is large enough.
const PARTS: usize = 16;

/// `target[m, column] = Σₖ weights[m, k] · gather[k, column]`
pub(crate) struct Job<'a> {
    pub gather: Gather<'a>,
    pub weights: WeightRows<'a>,
    pub target: Target,
}

/// Computes jobs that write to different pixels of the same maps; what they have
/// in common at one place stays in the cache.
pub(crate) fn multiply(isa: Isa, precision: Precision, jobs: &[Job<'_>], out: &Disjoint<'_, f32>) {
    let products: Vec<Product<'_>> = jobs
        .iter()
        .map(|job| Product::new(isa, precision, job, out))
        .collect();
    let parts = products.iter().map(Product::parts).max().unwrap_or(0);
    (0..parts).into_par_iter().for_each(|part| {
        for product in products.iter().filter(|product| part < product.parts()) {
            Part::new(product, part).multiply();
        }
    });
}

struct Product<'a> {
    isa: Isa,
    precision: Precision,
    tile: TileSize,
    /// Columns of one panel.
    width: usize,
    panels: usize,
    panels_per_part: usize,
    row_parts: usize,
    rows_per_part: usize,
    gather: &'a Gather<'a>,
    weights: &'a WeightRows<'a>,
    target: &'a Target,
    out: &'a Disjoint<'a, f32>,
    /// The weights as `[row tile][word of depth][row]`.
    left: Option<Scratch>,
    /// The columns as `[panel][word of depth][column]`.
    right: Option<Scratch>,
}

impl<'a> Product<'a> {
    fn new(isa: Isa, precision: Precision, job: &'a Job<'_>, out: &'a Disjoint<'_, f32>) -> Self {
        let tile = TileSize::wide(isa);
        let width = tile.vectors * lanes(isa);
        let panels = job.gather.columns().div_ceil(width);
        let column_parts = panels.div_ceil(PANELS);
        let panels_per_part = panels.div_ceil(column_parts);
        // Few columns: cut the rows as well.
        let channels = job.target.channels;
        let row_parts = if column_parts >= PARTS / 2 {
            1
        } else {
            PARTS.div_ceil(column_parts)
        };
        let rows_per_part = channels.div_ceil(row_parts).next_multiple_of(tile.rows);
        let mut product = Self {
            isa,
            precision,
            tile,
            width,
            panels,
            panels_per_part,
            row_parts: channels.div_ceil(rows_per_part),
            rows_per_part,
            gather: &job.gather,
            weights: &job.weights,
            target: &job.target,
            out,
            left: None,
            right: None,
        };
        // What several parts need is packed once for all of them.
        if column_parts > 1 && !matches!(job.weights, WeightRows::Packed(_)) {
            product.left = Some(product.pack_left());
        }
        if product.row_parts > 1 {
            product.right = Some(product.pack_right());
        }
        product
    }

    fn parts(&self) -> usize {
        self.panels.div_ceil(self.panels_per_part) * self.row_parts
    }

    fn pack_left(&self) -> Scratch {
        let (depth, height) = (self.gather.depth(), self.tile.rows);
        let words = self.precision.words(depth);
        let channels = self.target.channels;
        let mut packed = Scratch::new(channels.div_ceil(height) * words * height);
        // Eight tiles at a time: where rows lie side by side, longer reads.
        const TILES: usize = 8;
        packed
            .par_chunks_mut(TILES * words * height)
            .enumerate()
            .for_each(|(block, packed)| {
                let first = block * TILES * height;
                let rows = first..(first + TILES * height).min(channels);
                self.pack_rows(rows, 0..depth, packed);
            });
        packed
    }

    /// Writes the weights of `rows` for the columns `depth`.
    fn pack_rows(&self, rows: Range<usize>, depth: Range<usize>, to: &mut [f32]) {
        let height = self.tile.rows;
        self.weights
            .pack(self.isa, self.precision, rows, depth, to, height);
    }

    fn pack_right(&self) -> Scratch {
        let depth = self.gather.depth();
        let words = self.precision.words(depth);
        let mut packed = Scratch::new(self.panels * words * self.width);
        packed
            .par_chunks_mut(words * self.width)
            .enumerate()
            .for_each(|(panel, packed)| {
                let pieces = self.pieces(panel..panel + 1, DEPTH_BLOCK);
                packed
                    .par_chunks_mut(DEPTH_BLOCK * self.width)
                    .enumerate()
                    .for_each(|(block, packed)| {
                        let first = block * self.block();
                        let rows = first..(first + self.block()).min(depth);
                        self.pack_columns(&pieces, rows, DEPTH_BLOCK, 1, packed);
                    });
            });
        packed
    }

    /// Words along the depth.
    fn words(&self) -> usize {
        self.precision.words(self.gather.depth())
    }

    /// Operands along the depth of one block.
    fn block(&self) -> usize {
        DEPTH_BLOCK * self.precision.per_word()
    }

    /// What [`pack_columns`](Self::pack_columns) copies for `panels`, each with
    /// `words` words along the depth.
    fn pieces(&self, panels: Range<usize>, words: usize) -> Vec<Piece> {
        let rows = match self.precision {
            Precision::Single => words,
            Precision::Bf16 => PAIRED,
        };
        let (mut runs, mut pieces) = (Vec::new(), Vec::new());
        for (index, panel) in panels.enumerate() {
            let at = index * rows * self.width;
            self.gather.runs(self.panel(panel), at, &mut runs);
        }
        self.gather.pieces(&runs, &mut pieces);
        pieces
    }

    /// Writes the rows `depth` of some panels, `words · width` words apart.
    fn pack_columns(
        &self,
        pieces: &[Piece],
        depth: Range<usize>,
        words: usize,
        panels: usize,
        to: &mut [f32],
    ) {
        let (isa, width) = (self.isa, self.width);
        match self.precision {
            Precision::Single => {
                self.gather.pack(isa, pieces, depth, to, width);
                return;
            }
            Precision::Bf16 => {}
        }
        let mut lines = Scratch::new(panels * PAIRED * width);
        for start in depth.clone().step_by(PAIRED) {
            let rows = start..(start + PAIRED).min(depth.end);
            let count = rows.len();
            self.gather.pack(isa, pieces, rows, &mut lines, width);
            for (panel, lines) in lines.chunks(PAIRED * width).enumerate() {
                let at = panel * words + (start - depth.start) / 2;
                let to = &mut to[at * width..][..count.div_ceil(2) * width];
                pair_rows(isa, lines, count, width, to);
            }
        }
    }

    /// The columns of a panel.
    fn panel(&self, panel: usize) -> Range<usize> {
        let first = panel * self.width;
        first..(first + self.width).min(self.gather.columns())
    }
}
