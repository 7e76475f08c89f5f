//! Memory for what lies between the transforms and the products.

use rayon::prelude::*;

use crate::gemm::lanes;
use crate::isa::Isa;
use crate::pairs::pair_own_rows;
use crate::scratch::{Demand, Scratch};

/// Floats between frequencies beyond what they need: with a power of two, a
/// transform would write all its values to a few cache sets.
const SKEW: usize = 112;

/// What the words of a matrix hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// One value each: `[row][column]`.
    Single,
    /// Pairs of neighbouring columns: `[row][column / 2]`.
    ColumnPairs,
    /// Pairs of neighbouring rows, the last odd one with zeros: `[row / 2][column]`.
    RowPairs,
}

/// Matrices, one per frequency; columns are channels.
pub(crate) struct Spectra {
    pub values: Scratch,
    /// Rows of values, whatever the format.
    pub rows: usize,
    pub layout: Layout,
}

/// Where a value lies.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Layout {
    pub format: Format,
    /// Words from one row (or pair of rows) to the next: the columns, rounded up to
    /// whole vectors (or their pairs).
    pub row: usize,
    /// Words from one frequency to the next.
    pub frequency: usize,
}

impl Layout {
    fn new(isa: Isa, format: Format, rows: usize, columns: usize) -> Self {
        let columns = columns.next_multiple_of(lanes(isa));
        let (lines, row) = match format {
            Format::Single => (rows, columns),
            Format::ColumnPairs => (rows, columns / 2),
            Format::RowPairs => (rows.div_ceil(2), columns),
        };
        Self {
            format,
            row,
            frequency: lines * row + SKEW,
        }
    }
}

impl Spectra {
    pub(crate) fn new(
        isa: Isa,
        format: Format,
        frequencies: usize,
        rows: usize,
        columns: usize,
    ) -> Self {
        let layout = Layout::new(isa, format, rows, columns);
        Self {
            values: Scratch::new(frequencies * layout.frequency),
            rows,
            layout,
        }
    }

    /// What [`new`](Self::new) takes.
    pub(crate) fn demand(
        isa: Isa,
        format: Format,
        frequencies: usize,
        rows: usize,
        columns: usize,
    ) -> Demand {
        Demand::floats(frequencies * Layout::new(isa, format, rows, columns).frequency)
    }

    /// Pairs the rows of every matrix.
    pub(crate) fn pair_rows(&mut self, isa: Isa) {
        let (rows, Layout { row, frequency, .. }) = (self.rows, self.layout);
        self.values
            .par_chunks_mut(frequency)
            .for_each(|matrix| pair_own_rows(isa, matrix, rows, row));
        self.layout.format = Format::RowPairs;
    }

    /// The matrix of one frequency.
    pub(crate) fn matrix(&self, frequency: usize) -> &[f32] {
        &self.values[frequency * self.layout.frequency..][..self.layout.frequency]
    }
}
