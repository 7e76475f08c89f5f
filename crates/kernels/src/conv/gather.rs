//! Reading convolution columns straight from feature maps.

use std::ops::Range;

use crate::gemm::Ahead;
use crate::isa::Isa;
use crate::simd::{Simd, dispatch};

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
        pack(isa, self, pieces, depth, to, stride);
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

dispatch! {
    fn pack(
        gather: &Gather<'_>,
        pieces: &[Piece],
        depth: Range<usize>,
        to: &mut [f32],
        stride: usize,
    ) => pack_body
}

/// Rows that are asked for before they are read: planes are too far apart for
/// the machine to foresee them.
const AHEAD: usize = 8;

#[inline(always)]
fn pack_body<S: Simd>(
    gather: &Gather<'_>,
    pieces: &[Piece],
    depth: Range<usize>,
    to: &mut [f32],
    stride: usize,
) {
    let plane = gather.size[0] * gather.size[1];
    if gather.taps.len() == 1 && gather.step[1] == 1 {
        // So few that their lines stay near from piece to piece.
        const CHANNELS: usize = 16;
        for first in depth.clone().step_by(CHANNELS) {
            let to = &mut to[(first - depth.start) * stride..];
            let channels = first..(first + CHANNELS).min(depth.end);
            for piece in pieces {
                pack_plain::<S>(gather, piece, channels.clone(), to, stride);
            }
        }
        return;
    }
    let taps = gather.taps.len();
    let runs = pieces.len() / taps.max(1);
    let step = gather.step[1];
    let ahead = AHEAD.div_ceil(taps.max(1)) * plane;
    for (index, row) in depth.enumerate() {
        let (channel, tap) = (row / taps, row % taps);
        for piece in &pieces[tap * runs..][..runs] {
            let row = &mut to[index * stride + piece.at..][..piece.len];
            if piece.high - piece.low < piece.len {
                fill_zero::<S>(row);
                if piece.low == piece.high {
                    continue;
                }
            }
            let row = &mut row[piece.low..piece.high];
            let len = (row.len() - 1) * step + 1;
            let source = &gather.source[piece.first + channel * plane..][..len];
            if tap == 0 {
                for at in (0..len).step_by(16) {
                    S::prefetch(source.as_ptr().wrapping_add(ahead + at));
                }
            }
            match step {
                1 => copy::<S>(source, row),
                step => copy_strided::<S>(source, step, row),
            }
        }
    }
}

/// One piece of all rows, of neighbouring pixels under a single tap.
#[inline(always)]
fn pack_plain<S: Simd>(
    gather: &Gather<'_>,
    piece: &Piece,
    channels: Range<usize>,
    to: &mut [f32],
    stride: usize,
) {
    if piece.high - piece.low < piece.len {
        for row in 0..channels.len() {
            fill_zero::<S>(&mut to[row * stride + piece.at..][..piece.len]);
        }
    }
    let len = piece.high - piece.low;
    if len == 0 || channels.is_empty() {
        return;
    }
    let plane = gather.size[0] * gather.size[1];
    let rows = Rows {
        count: channels.len(),
        len,
        ahead: AHEAD * plane,
    };
    let from = &gather.source[piece.first + channels.start * plane..];
    let to = &mut to[piece.at + piece.low..];
    match (len / S::LANES, len % S::LANES) {
        (0, _) => copy_rows::<S, 0, true>(rows, from, plane, to, stride),
        (1, 0) => copy_rows::<S, 1, false>(rows, from, plane, to, stride),
        (2, 0) => copy_rows::<S, 2, false>(rows, from, plane, to, stride),
        (3, 0) => copy_rows::<S, 3, false>(rows, from, plane, to, stride),
        _ => {
            for row in 0..rows.count {
                let from = &from[row * plane..][..len];
                for at in (0..len).step_by(LINE) {
                    S::prefetch(from.as_ptr().wrapping_add(rows.ahead + at));
                }
                copy::<S>(from, &mut to[row * stride..][..len]);
            }
        }
    }
}

/// Rows of one length.
#[derive(Clone, Copy)]
struct Rows {
    count: usize,
    len: usize,
    /// How far before a value is read it is asked for.
    ahead: usize,
}

/// Copies rows of `VECTORS` whole vectors, or of fewer than `LANES` values with `PART`.
#[inline(always)]
fn copy_rows<S: Simd, const VECTORS: usize, const PART: bool>(
    rows: Rows,
    from: &[f32],
    from_stride: usize,
    to: &mut [f32],
    to_stride: usize,
) {
    let Rows { count, len, ahead } = rows;
    assert!(
        (count - 1) * from_stride + len <= from.len() && (count - 1) * to_stride + len <= to.len(),
        "rows leave their slices"
    );
    assert!(if PART {
        len < S::LANES
    } else {
        len == VECTORS * S::LANES
    });
    for row in 0..count {
        // SAFETY: `len` values of every row lie inside both slices by the assertions.
        unsafe {
            let from = from.as_ptr().add(row * from_stride);
            let to = to.as_mut_ptr().add(row * to_stride);
            if PART {
                S::prefetch(from.wrapping_add(ahead));
                S::store_part(to, S::load_part(from, len), len);
            }
            for v in 0..VECTORS {
                S::prefetch(from.wrapping_add(ahead + v * S::LANES));
                S::store(to.add(v * S::LANES), S::load(from.add(v * S::LANES)));
            }
        }
    }
}

#[inline(always)]
fn copy_strided<S: Simd>(from: &[f32], step: usize, to: &mut [f32]) {
    if step != 2 {
        for (to, pixel) in to.iter_mut().zip(from.iter().step_by(step)) {
            *to = *pixel;
        }
        return;
    }
    let len = to.len();
    assert_eq!(from.len(), 2 * len - 1, "every second pixel of too few");
    for at in (0..len).step_by(S::LANES) {
        let count = S::LANES.min(len - at);
        // SAFETY: `at + count` is at most `len`.
        unsafe {
            let value = S::load_even(from.as_ptr().add(2 * at), count);
            S::store_some(to.as_mut_ptr().add(at), value, count);
        }
    }
}

/// A copy that costs no call for the short runs of small maps.
#[inline(always)]
fn copy<S: Simd>(from: &[f32], to: &mut [f32]) {
    let len = to.len();
    assert_eq!(from.len(), len, "copy between slices of different lengths");
    let mut at = 0;
    // SAFETY: `at + LANES` (or `at + rest`) never exceeds both lengths.
    unsafe {
        while at + S::LANES <= len {
            S::store(to.as_mut_ptr().add(at), S::load(from.as_ptr().add(at)));
            at += S::LANES;
        }
        let rest = len - at;
        if rest > 0 {
            let value = S::load_part(from.as_ptr().add(at), rest);
            S::store_part(to.as_mut_ptr().add(at), value, rest);
        }
    }
}

#[inline(always)]
fn fill_zero<S: Simd>(to: &mut [f32]) {
    let len = to.len();
    let zero = S::splat(0.0);
    let mut at = 0;
    // SAFETY: `at + LANES` (or `at + rest`) never exceeds the length.
    unsafe {
        while at + S::LANES <= len {
            S::store(to.as_mut_ptr().add(at), zero);
            at += S::LANES;
        }
        let rest = len - at;
        if rest > 0 {
            S::store_part(to.as_mut_ptr().add(at), zero, rest);
        }
    }
}
