//! Smooth random texture.

use super::stream::Stream;

/// Value noise over the unit square: random values on a lattice, joined smoothly.
pub struct Cloud {
    cells: usize,
    values: Vec<f32>,
}

impl Cloud {
    /// Noise with `cells × cells` bumps (at least 1) across the unit square.
    pub fn draw(cells: usize, stream: &mut Stream) -> Self {
        let values = (0..(cells + 1) * (cells + 1))
            .map(|_| stream.jitter(1.0))
            .collect();
        Self { cells, values }
    }

    /// Value at `[u, v]`, -1 to 1; positions outside the unit square take its edge.
    pub fn at(&self, [u, v]: [f32; 2]) -> f32 {
        let (column, right) = self.cell(u);
        let (row, down) = self.cell(v);
        let first = row * (self.cells + 1) + column;
        let second = first + self.cells + 1;
        let top = self.values[first] + right * (self.values[first + 1] - self.values[first]);
        let bottom = self.values[second] + right * (self.values[second + 1] - self.values[second]);
        top + down * (bottom - top)
    }

    /// Lattice cell of a coordinate and the eased share of the way through it.
    fn cell(&self, position: f32) -> (usize, f32) {
        let scaled = position.clamp(0.0, 1.0) * self.cells as f32;
        let cell = (scaled as usize).min(self.cells - 1);
        let share = scaled - cell as f32;
        (cell, share * share * (3.0 - 2.0 * share))
    }
}
