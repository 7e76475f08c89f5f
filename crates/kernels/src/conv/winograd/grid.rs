//! How maps are cut into tiles.

use std::ops::Range;

use super::kind::{Extent, Kind};
use crate::conv::ConvShape;
use crate::gemm::lanes;
use crate::isa::Isa;
use crate::scratch::Demand;

/// What tiles are taken from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// The input maps; neighbouring tiles overlap.
    Input,
    /// The gradient of the output maps, for the gradient of the weights.
    OutputGradient,
}

/// Pixels of sixteen channels that a transform has before it: within the
/// second-level cache.
const STRIP_PIXELS: usize = 1024;

/// The tiles of a batch. A band is one row of tiles of one image; bands are
/// numbered through the batch, tiles through the bands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Grid {
    pub kind: Kind,
    pub batch: usize,
    /// Size of the maps the tiles are cut from, and of those they make.
    pub input: [usize; 2],
    pub output: [usize; 2],
    /// Pixels before the first pixel of a map that its first tile starts.
    pub lead: [usize; 2],
    /// Pixels that the first tiles make before the first pixel of a map.
    pub trim: [usize; 2],
    /// Tiles down and across a map.
    pub tiles: [usize; 2],
}

impl Grid {
    /// The tiles from the input to the output of `shape`.
    pub(crate) fn forward(shape: &ConvShape) -> Self {
        let maps = [[shape.height, shape.width], shape.output()];
        match shape.stride {
            [1, 1] => Self::stride_one(shape.batch, maps, shape.padding),
            _ => {
                let kind = Kind::of_stride_two(maps[1]);
                Self::new(kind, shape.batch, maps, [shape.padding, [0, 0]])
            }
        }
    }

    /// The tiles from the gradient of the output of `shape` to that of the input.
    pub(crate) fn backward(shape: &ConvShape) -> Self {
        let maps = [shape.output(), [shape.height, shape.width]];
        match shape.stride {
            [1, 1] => {
                let padding = shape.padding.map(|padding| 2 - padding);
                Self::stride_one(shape.batch, maps, padding)
            }
            _ => {
                let lead = shape.padding.map(|padding| usize::from(padding == 0));
                // Tiles start at a pixel that meets the middle tap.
                let trim = shape.padding.map(|padding| (padding + 1) % 2);
                let kind = Kind::of_stride_two_back([0, 1].map(|axis| maps[1][axis] + trim[axis]));
                Self::new(kind, shape.batch, maps, [lead, trim])
            }
        }
    }

    fn stride_one(batch: usize, maps: [[usize; 2]; 2], padding: [usize; 2]) -> Self {
        let tiny = maps[0].iter().all(|size| *size <= 2) && padding == [1, 1];
        if tiny {
            Self::new(Kind::Two, batch, maps, [[0, 0]; 2])
        } else {
            Self::new(Kind::of_stride_one(maps[1]), batch, maps, [padding, [0, 0]])
        }
    }

    fn new(
        kind: Kind,
        batch: usize,
        [input, output]: [[usize; 2]; 2],
        [lead, trim]: [[usize; 2]; 2],
    ) -> Self {
        Self {
            kind,
            batch,
            input,
            output,
            lead,
            trim,
            tiles: kind.tiles([0, 1].map(|axis| output[axis] + trim[axis])),
        }
    }

    /// Products for a pair of channels of an image.
    pub(crate) fn products(&self) -> usize {
        self.kind
            .cost([0, 1].map(|axis| self.output[axis] + self.trim[axis]))
    }

    pub(crate) fn bands(&self) -> usize {
        self.batch * self.tiles[0]
    }

    fn extent(&self, side: Side) -> Extent {
        match side {
            Side::Input => self.kind.input(),
            Side::OutputGradient => self.kind.output(),
        }
    }

    /// Pixels across all tiles of one side.
    pub(crate) fn columns(&self, side: Side) -> usize {
        let columns = self.extent(side).under(self.tiles[1]);
        match side {
            // A stride may leave out the last pixels.
            Side::Input => columns.max(self.lead[1] + self.input[1]),
            Side::OutputGradient => columns,
        }
    }

    /// Bands of the longest run of one side, and its pixels.
    pub(crate) fn longest(&self, side: Side) -> (usize, usize) {
        let (columns, extent) = (self.columns(side), self.extent(side));
        let overlap = extent.pixels - extent.step;
        let fit = (STRIP_PIXELS / columns).saturating_sub(overlap) / extent.step;
        let bands = fit.clamp(1, self.tiles[0]);
        (bands, extent.under(bands) * columns)
    }

    /// Pixels, and points between the two dimensions, of a run of one side.
    pub(crate) fn analysed(&self, side: Side) -> usize {
        self.longest(side).1 + self.extent(side).points * self.columns(side)
    }

    /// What a transform of maps takes.
    pub(crate) fn analysis(&self, isa: Isa, side: Side) -> Demand {
        Demand::floats(self.analysed(side) * lanes(isa))
    }

    /// What a transform to output maps takes.
    pub(crate) fn synthesis(&self, isa: Isa) -> Demand {
        Demand::floats(self.longest(Side::OutputGradient).1 * lanes(isa))
    }

    /// `bands` cut into runs of at most `longest` bands of one image.
    pub(crate) fn runs(&self, bands: Range<usize>, longest: usize) -> impl Iterator<Item = Run> {
        let down = self.tiles[0];
        let mut next = bands.start;
        std::iter::from_fn(move || {
            let (image, first) = (next / down, next % down);
            let count = (down - first).min(longest).min(bands.end - next);
            let run = Run {
                image,
                first,
                count,
                at: next - bands.start,
            };
            next += count;
            (count > 0).then_some(run)
        })
    }
}

/// Neighbouring bands of one image.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Run {
    pub image: usize,
    /// The first band within the image.
    pub first: usize,
    /// Bands.
    pub count: usize,
    /// The first band within the range that was cut.
    pub at: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_cover_their_bands_in_order() {
        let grid = Grid::new(Kind::Four, 3, [[18, 9]; 2], [[1, 1], [0, 0]]);
        assert_eq!(grid.tiles, [5, 3]);
        for (range, longest) in [(0..15, 2), (3..11, 5), (4..5, 9), (7..7, 1)] {
            let mut next = range.start;
            for run in grid.runs(range.clone(), longest) {
                assert_eq!(run.image * 5 + run.first, next);
                assert_eq!(run.at, next - range.start);
                assert!(run.count <= longest && run.first + run.count <= 5);
                next += run.count;
            }
            assert_eq!(next, range.end);
        }
    }
}
