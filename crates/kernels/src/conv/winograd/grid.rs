//! How maps are cut into tiles.

use std::ops::Range;

use super::tile::Kind;
use crate::gemm::lanes;
use crate::isa::Isa;
use crate::scratch::Demand;

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
    /// Pixels before its first output pixel that a tile starts.
    pub lead: [usize; 2],
    /// Tiles down and across a map.
    pub tiles: [usize; 2],
}

impl Grid {
    pub(crate) fn new(
        batch: usize,
        input: [usize; 2],
        output: [usize; 2],
        padding: [usize; 2],
    ) -> Self {
        let tiny = input.iter().all(|size| *size <= 2) && padding == [1, 1];
        let kind = if tiny { Kind::Two } else { Kind::Four };
        Self {
            kind,
            batch,
            input,
            output,
            lead: if tiny { [0, 0] } else { padding },
            tiles: output.map(|size| size.div_ceil(kind.output())),
        }
    }

    pub(crate) fn bands(&self) -> usize {
        self.batch * self.tiles[0]
    }

    /// Frequencies of a tile.
    pub(crate) fn frequencies(&self) -> usize {
        self.kind.points() * self.kind.points()
    }

    /// Pixels across all tiles of `extent` pixels each.
    pub(crate) fn columns(&self, extent: usize) -> usize {
        (self.tiles[1] - 1) * self.kind.output() + extent
    }

    /// Bands of the longest run for tiles of `extent` pixels, and its pixels.
    pub(crate) fn longest(&self, extent: usize) -> (usize, usize) {
        let (columns, step) = (self.columns(extent), self.kind.output());
        let overlap = extent - step;
        let fit = (STRIP_PIXELS / columns).saturating_sub(overlap) / step;
        let bands = fit.clamp(1, self.tiles[0]);
        (bands, (bands * step + overlap) * columns)
    }

    /// Pixels, and points between the two dimensions, of a run of tiles of `extent`
    /// pixels.
    pub(crate) fn analysed(&self, extent: usize) -> usize {
        self.longest(extent).1 + self.kind.points() * self.columns(extent)
    }

    /// What a transform of input maps takes, which is more than that of gradients.
    pub(crate) fn analysis(&self, isa: Isa) -> Demand {
        Demand::floats(self.analysed(self.kind.input()) * lanes(isa))
    }

    /// What a transform to output maps takes.
    pub(crate) fn synthesis(&self, isa: Isa) -> Demand {
        Demand::floats(self.longest(self.kind.output()).1 * lanes(isa))
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
        let grid = Grid::new(3, [18, 9], [18, 9], [1, 1]);
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
