//! Memory for what lies between the transforms and the products.

use crate::gemm::lanes;
use crate::isa::Isa;
use crate::scratch::Scratch;

/// Floats between frequencies beyond what they need: with a power of two, a
/// transform would write all its values to a few cache sets.
const SKEW: usize = 112;

/// Matrices `[frequency][row][column]`; columns are channels.
pub(crate) struct Spectra {
    pub values: Scratch,
    pub rows: usize,
    pub layout: Layout,
}

/// Where a value lies.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Layout {
    /// Floats from one row to the next: the columns, rounded up to whole vectors.
    pub row: usize,
    /// Floats from one frequency to the next.
    pub frequency: usize,
}

impl Spectra {
    pub(crate) fn new(isa: Isa, frequencies: usize, rows: usize, columns: usize) -> Self {
        let row = columns.next_multiple_of(lanes(isa));
        let frequency = rows * row + SKEW;
        Self {
            values: Scratch::new(frequencies * frequency),
            rows,
            layout: Layout { row, frequency },
        }
    }

    /// The matrix of one frequency.
    pub(crate) fn matrix(&self, frequency: usize) -> &[f32] {
        &self.values[frequency * self.layout.frequency..][..self.layout.frequency]
    }
}
