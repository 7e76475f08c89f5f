//! Where the columns of a product go.

use std::ops::Range;

use crate::conv::gather::{Gather, Run};

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
    /// Where `columns` go, in runs that are as long as they can be.
    pub(super) fn segments(&self, gather: &Gather<'_>, columns: Range<usize>) -> Vec<Segment> {
        let mut runs = Vec::new();
        gather.runs(columns, 0, &mut runs);
        let mut segments: Vec<Segment> = Vec::with_capacity(runs.len());
        for run in &runs {
            let offset = self.offset(gather.grid, run);
            match segments.last_mut() {
                // Rows that follow each other in memory.
                Some(last) if self.step[1] == 1 && last.offset + last.len == offset => {
                    last.len += run.len;
                }
                _ => segments.push(Segment {
                    at: run.at,
                    len: run.len,
                    offset,
                }),
            }
        }
        segments
    }

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

    pub(super) fn plane(&self) -> usize {
        self.size[0] * self.size[1]
    }
}

/// Columns of a panel that go to pixels of one plane, `step` apart.
pub(super) struct Segment {
    pub at: usize,
    pub len: usize,
    /// The first pixel, in channel 0.
    pub offset: usize,
}
