//! What a product reads, packed as its parts need it.

use std::ops::Range;

use rayon::prelude::*;

use super::cut::{Cut, DEPTH_BLOCK, Extents, PAIRED};
use super::target::Target;
use crate::conv::gather::{Gather, Piece};
use crate::conv::weight_rows::WeightRows;
use crate::disjoint::Disjoint;
use crate::isa::Isa;
use crate::pairs::pair_rows;
use crate::precision::Precision;
use crate::scratch::Scratch;

/// `target[m, column] = Σₖ weights[m, k] · gather[k, column]`
pub(crate) struct Job<'a> {
    pub gather: Gather<'a>,
    pub weights: WeightRows<'a>,
    pub target: Target,
}

impl Job<'_> {
    fn extents(&self) -> Extents {
        Extents {
            channels: self.target.channels,
            depth: self.gather.depth(),
            columns: self.gather.columns(),
            is_packed: matches!(self.weights, WeightRows::Packed(_)),
        }
    }
}

/// The operands of one product, and where it goes.
pub(super) struct Operands<'a> {
    pub isa: Isa,
    pub precision: Precision,
    pub cut: Cut,
    pub gather: &'a Gather<'a>,
    pub weights: &'a WeightRows<'a>,
    pub target: &'a Target,
    pub out: &'a Disjoint<'a, f32>,
    /// The weights as `[row tile][word of depth][row]`.
    pub left: Option<Scratch>,
    /// The columns as `[panel][word of depth][column]`.
    pub right: Option<Scratch>,
}

impl<'a> Operands<'a> {
    pub fn new(
        isa: Isa,
        precision: Precision,
        job: &'a Job<'_>,
        out: &'a Disjoint<'_, f32>,
    ) -> Self {
        let mut product = Self {
            isa,
            precision,
            cut: Cut::new(isa, precision, job.extents()),
            gather: &job.gather,
            weights: &job.weights,
            target: &job.target,
            out,
            left: None,
            right: None,
        };
        // What several parts need is packed once for all of them.
        product.left = product.cut.left().map(|words| product.pack_left(words));
        product.right = product.cut.right().map(|words| product.pack_right(words));
        product
    }

    fn pack_left(&self, words: usize) -> Scratch {
        let (depth, height) = (self.gather.depth(), self.cut.tile.rows);
        let channels = self.target.channels;
        let mut packed = Scratch::new(words);
        // Eight tiles at a time: where rows lie side by side, longer reads.
        const TILES: usize = 8;
        packed
            .par_chunks_mut(TILES * self.words() * height)
            .enumerate()
            .for_each(|(block, packed)| {
                let first = block * TILES * height;
                let rows = first..(first + TILES * height).min(channels);
                self.pack_rows(rows, 0..depth, packed);
            });
        packed
    }

    /// Writes the weights of `rows` for the columns `depth`.
    pub fn pack_rows(&self, rows: Range<usize>, depth: Range<usize>, to: &mut [f32]) {
        let height = self.cut.tile.rows;
        self.weights
            .pack(self.isa, self.precision, rows, depth, to, height);
    }

    fn pack_right(&self, words: usize) -> Scratch {
        let (depth, width) = (self.gather.depth(), self.cut.width);
        let mut packed = Scratch::new(words);
        packed
            .par_chunks_mut(self.words() * width)
            .enumerate()
            .for_each(|(panel, packed)| {
                let pieces = self.pieces(panel..panel + 1, DEPTH_BLOCK);
                packed
                    .par_chunks_mut(DEPTH_BLOCK * width)
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
    pub fn words(&self) -> usize {
        self.precision.words(self.gather.depth())
    }

    /// Operands along the depth of one block.
    pub fn block(&self) -> usize {
        DEPTH_BLOCK * self.precision.per_word()
    }

    /// What [`pack_columns`](Self::pack_columns) copies for `panels`, each with
    /// `words` words along the depth.
    pub fn pieces(&self, panels: Range<usize>, words: usize) -> Vec<Piece> {
        let rows = match self.precision {
            Precision::Single => words,
            Precision::Bf16 => PAIRED,
        };
        let (mut runs, mut pieces) = (Vec::new(), Vec::new());
        for (index, panel) in panels.enumerate() {
            let at = index * rows * self.cut.width;
            self.gather.runs(self.panel(panel), at, &mut runs);
        }
        self.gather.pieces(&runs, &mut pieces);
        pieces
    }

    /// Writes the rows `depth` of some panels, `words · width` words apart.
    pub fn pack_columns(
        &self,
        pieces: &[Piece],
        depth: Range<usize>,
        words: usize,
        panels: usize,
        to: &mut [f32],
    ) {
        let (isa, width) = (self.isa, self.cut.width);
        match self.precision {
            Precision::Single => {
                self.gather.pack(isa, pieces, depth, to, width);
                return;
            }
            Precision::Bf16 => {}
        }
        let mut lines = Scratch::new(self.cut.lines(panels));
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
    pub fn panel(&self, panel: usize) -> Range<usize> {
        let first = panel * self.cut.width;
        first..(first + self.cut.width).min(self.gather.columns())
    }
}
