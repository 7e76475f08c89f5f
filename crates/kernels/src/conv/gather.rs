//! Reading convolution columns straight from feature maps.

mod pack;

use std::ops::Range;

use crate::gemm::Ahead;
use crate::isa::Isa;

/// The matrix `[channel × tap, image × grid position]` of a convolution, never
/// stored: entry `((c, t), (n, gy, gx))` is the pixel
/// `(gy · step[0] + taps[t][0], gx · step[1] + taps[t][1])` of channel `c` of
/// image `n`, zero outside the map.
#[derive(Clone)]
pub(crate) struct Gather<'a> {
    /// `[batch, all channels, height, width]`
    pub source: &'a [f32],
    pub channels: usize,
    pub all_channels: usize,
    pub first_channel: usize,
    pub size: [usize; 2],
    pub taps: &'a [[isize; 2]],
    pub step: [usize; 2],
    pub grid: [usize; 2],
    pub batch: usize,
}

/// Columns that follow each other on one row of the grid.
#[derive(Clone, Copy)]
pub(crate) struct Run {
    /// Position of the first within its panel.
    pub at: usize,
    pub len: usize,
    pub image: usize,
    pub row: usize,
    pub column: usize,
}

impl Gather<'_> {
    /// The same matrix with each plane as one row, if every column is the pixel
    /// under it: longer runs.
    pub(crate) fn flattened(self) -> Self {
        if !self.plain() {
            return self;
        }
        let line = [1, self.size[0] * self.size[1]];
        Self {
            size: line,
            grid: line,
            ..self
        }
    }

    /// Whether every column is the pixel under it.
    pub(crate) fn plain(&self) -> bool {
        self.taps == [[0, 0]] && self.step == [1, 1] && self.grid == self.size
    }

    pub(crate) fn columns(&self) -> usize {
        self.batch * self.grid[0] * self.grid[1]
    }

    pub(crate) fn depth(&self) -> usize {
        self.channels * self.taps.len()
    }

    /// Cuts `columns` into runs; the first lies `at` floats behind the start of
    /// its row.
    pub(crate) fn runs(&self, columns: Range<usize>, at: usize, runs: &mut Vec<Run>) {
        let [rows, width] = self.grid;
        let mut column = columns.start;
        while column < columns.end {
            let (line, x) = (column / width, column % width);
            let len = (width - x).min(columns.end - column);
            runs.push(Run {
                at: at + column - columns.start,
                len,
                image: line / rows,
                row: line % rows,
                column: x,
            });
            column += len;
        }
    }

    /// What to copy for `runs`: the part of each inside the map, tap by tap.
    pub(crate) fn pieces(&self, runs: &[Run], pieces: &mut Vec<Piece>) {
        pieces.clear();
        for &tap in self.taps {
            pieces.extend(runs.iter().map(|run| Piece::new(self, run, tap)));
        }
    }

    /// Writes rows `depth` of the columns in `pieces` to `to`, `stride` floats
    /// apart. Positions that belong to no run are left as they are.
    pub(crate) fn pack(
        &self,
        isa: Isa,
        pieces: &[Piece],
        depth: Range<usize>,
        to: &mut [f32],
        stride: usize,
    ) {
        pack::pack(isa, self, pieces, depth, to, stride);
    }

    /// Adds to `ahead` what [`pack`](Self::pack) would read of the columns in `pieces`; nothing
    /// with several taps, which read everything several times, nor of short runs on large planes,
    /// whose lines are too many.
    pub(crate) fn ask(&self, pieces: &[Piece], channels: Range<usize>, ahead: &mut Ahead) {
        if self.taps.len() > 1 {
            return;
        }
        let plane = self.size[0] * self.size[1];
        if plane < 2 * LINE {
            self.ask_images(pieces, channels, ahead);
            return;
        }
        let mut spans: Vec<Range<usize>> = Vec::new();
        for piece in pieces.iter().filter(|piece| piece.low < piece.high) {
            let end = piece.first + (piece.high - piece.low - 1) * self.step[1] + 1;
            match spans.last_mut() {
                Some(last) if last.end == piece.first => last.end = end,
                _ => spans.push(piece.first..end),
            }
        }
        spans.retain(|span| span.len() >= LINE);
        for channel in channels {
            for span in &spans {
                ahead.add(&self.source[channel * plane..][span.clone()]);
            }
        }
    }

    /// Adds the planes of every image in `pieces`, which follow each other.
    fn ask_images(&self, pieces: &[Piece], channels: Range<usize>, ahead: &mut Ahead) {
        let plane = self.size[0] * self.size[1];
        let image = self.all_channels * plane;
        let mut last = None;
        for piece in pieces.iter().filter(|piece| piece.low < piece.high) {
            let index = piece.first / image;
            if last.replace(index) != Some(index) {
                let first = index * image + (self.first_channel + channels.start) * plane;
                ahead.add(&self.source[first..][..channels.len() * plane]);
            }
        }
    }
}

/// Floats of a cache line.
const LINE: usize = 16;

/// One run under one tap.
#[derive(Clone, Copy)]
pub(crate) struct Piece {
    at: usize,
    len: usize,
    /// Positions `low .. high` of the run lie inside the map.
    low: usize,
    high: usize,
    /// Pixel of position `low` in the first channel of the gather.
    first: usize,
}

impl Piece {
    fn new(gather: &Gather<'_>, run: &Run, [tap_y, tap_x]: [isize; 2]) -> Self {
        let [height, width] = gather.size;
        let step = gather.step[1];
        let y = (run.row * gather.step[0]) as isize + tap_y;
        let x = (run.column * step) as isize + tap_x;
        let empty = Self {
            at: run.at,
            len: run.len,
            low: 0,
            high: 0,
            first: 0,
        };
        if y < 0 || y >= height as isize {
            return empty;
        }
        let low = ((-x).max(0) as usize).div_ceil(step).min(run.len);
        let high = ((width as isize - x).max(0) as usize).div_ceil(step);
        let high = high.min(run.len).max(low);
        if low == high {
            return empty;
        }
        let pixel = y * width as isize + x + (low * step) as isize;
        let plane = run.image * gather.all_channels + gather.first_channel;
        Self {
            low,
            high,
            first: plane * height * width + pixel.max(0) as usize,
            ..empty
        }
    }
}
