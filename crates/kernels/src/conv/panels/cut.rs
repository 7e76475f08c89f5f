//! How a product is cut into parts, and what is packed for them.

use super::{DEPTH_BLOCK, PAIRED, PANELS, PARTS};
use crate::gemm::{TileSize, lanes};
use crate::isa::Isa;
use crate::precision::Precision;
use crate::scratch::{Demand, steps};

/// Extents of a product, whatever its operands hold.
#[derive(Clone, Copy)]
pub(crate) struct Extents {
    /// Rows of the result.
    pub channels: usize,
    /// What each result sums over.
    pub depth: usize,
    pub columns: usize,
    /// Whether the weights lie as the product reads them.
    pub is_packed: bool,
}

/// The parts of a product: some rows and some panels of columns each.
#[derive(Clone, Copy)]
pub(super) struct Cut {
    pub tile: TileSize,
    /// Columns of one panel.
    pub width: usize,
    pub panels: usize,
    pub panels_per_part: usize,
    pub row_parts: usize,
    pub rows_per_part: usize,
    /// Words along the depth of the product, and of one block of it.
    all_words: usize,
    pub words: usize,
    precision: Precision,
    extents: Extents,
}

impl Cut {
    pub(super) fn new(isa: Isa, precision: Precision, extents: Extents) -> Self {
        let tile = TileSize::wide(isa);
        let width = tile.vectors * lanes(isa);
        let panels = extents.columns.div_ceil(width);
        let panels_per_part = panels.min(PANELS);
        let column_parts = panels.div_ceil(panels_per_part);
        // Few columns: cut the rows as well.
        let channels = extents.channels;
        let row_parts = if column_parts >= PARTS / 2 {
            1
        } else {
            PARTS.div_ceil(column_parts)
        };
        let rows_per_part = channels.div_ceil(row_parts).next_multiple_of(tile.rows);
        let all_words = precision.words(extents.depth);
        Self {
            tile,
            width,
            panels,
            panels_per_part,
            row_parts: channels.div_ceil(rows_per_part),
            rows_per_part,
            all_words,
            words: DEPTH_BLOCK.min(all_words),
            precision,
            extents,
        }
    }

    fn column_parts(&self) -> usize {
        self.panels.div_ceil(self.panels_per_part)
    }

    pub(super) fn parts(&self) -> usize {
        self.column_parts() * self.row_parts
    }

    /// Words of the weights, packed for all parts; none where each part packs its own
    /// or they are packed already.
    pub(super) fn left(&self) -> Option<usize> {
        let rows = self.extents.channels.next_multiple_of(self.tile.rows);
        (self.column_parts() > 1 && !self.extents.is_packed).then_some(rows * self.all_words)
    }

    /// Words of the columns, packed for all parts; none where each part packs its own.
    pub(super) fn right(&self) -> Option<usize> {
        (self.row_parts > 1).then_some(self.panels * self.all_words * self.width)
    }

    /// Words of one block of `rows` rows that a part packs for itself.
    pub(super) fn own_left(&self, rows: usize) -> usize {
        rows.next_multiple_of(self.tile.rows) * self.words
    }

    /// Words of one block of `panels` panels that a part packs for itself.
    pub(super) fn own_right(&self, panels: usize) -> usize {
        panels * self.words * self.width
    }

    /// Floats of some columns on their way to pairs.
    pub(super) fn lines(&self, panels: usize) -> usize {
        panels * PAIRED * self.width
    }

    /// What all parts share.
    pub(super) fn shared(&self) -> Demand {
        let packed = [self.left(), self.right()].into_iter().flatten();
        packed
            .map(Demand::floats)
            .fold(Demand::default(), Demand::and)
    }

    /// What one part takes.
    pub(super) fn part(&self) -> Demand {
        // The last part may be smaller, and its blocks of another size.
        let rows = steps(self.extents.channels, self.rows_per_part);
        let panels = steps(self.panels, self.panels_per_part);
        Demand::one_of([0, 1].map(|which| self.part_of(rows[which], panels[which])))
    }

    fn part_of(&self, rows: usize, panels: usize) -> Demand {
        let mut part = Demand::default();
        if self.left().is_none() && !self.extents.is_packed {
            part = part.and(Demand::floats(self.own_left(rows)));
        }
        if self.right().is_none() {
            part = part.and(Demand::floats(self.own_right(panels)));
        }
        match self.precision {
            Precision::Single => part,
            Precision::Bf16 => part.and(Demand::floats(self.lines(panels))),
        }
    }
}

/// What jobs of these extents take that are done together.
pub(crate) fn demand(
    isa: Isa,
    precision: Precision,
    jobs: impl Iterator<Item = Extents>,
    threads: usize,
) -> Demand {
    let cuts: Vec<Cut> = jobs
        .map(|extents| Cut::new(isa, precision, extents))
        .collect();
    let shared = cuts.iter().map(Cut::shared);
    let shared = shared.fold(Demand::default(), Demand::and);
    let part = Demand::one_of(cuts.iter().map(Cut::part));
    let parts = cuts.iter().map(Cut::parts).max().unwrap_or(0);
    shared.and(part.on(threads, parts))
}
