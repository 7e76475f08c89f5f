//! Reading convolution columns straight from feature maps.

use std::ops::Range;

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
        if self.taps != [[0, 0]] || self.step != [1, 1] || self.grid != self.size {
            return self;
        }
        let line = [1, self.size[0] * self.size[1]];
        Self {
            size: line,
            grid: line,
            ..self
        }
    }

    pub(crate) fn columns(&self) -> usize {
        self.batch * self.grid[0] * self.grid[1]
    }

    pub(crate) fn depth(&self) -> usize {
        self.channels * self.taps.len()
    }

    /// Cuts `columns` into runs.
    pub(crate) fn runs(&self, columns: Range<usize>, runs: &mut Vec<Run>) {
        runs.clear();
        let [rows, width] = self.grid;
        let mut column = columns.start;
        while column < columns.end {
            let (line, x) = (column / width, column % width);
            let len = (width - x).min(columns.end - column);
            runs.push(Run {
                at: column - columns.start,
                len,
                image: line / rows,
                row: line % rows,
                column: x,
            });
            column += len;
        }
    }

    /// Writes rows `depth` of the columns in `runs` to `to`, `stride` floats
    /// apart. Positions that belong to no run are left as they are.
    pub(crate) fn pack(
        &self,
        isa: Isa,
        runs: &[Run],
        depth: Range<usize>,
        to: &mut [f32],
        stride: usize,
    ) {
        pack(isa, self, runs, depth, to, stride);
    }
}

dispatch! {
    fn pack(
        gather: &Gather<'_>,
        runs: &[Run],
        depth: Range<usize>,
        to: &mut [f32],
        stride: usize,
    ) => pack_body
}

/// Taps and runs outside, channels inside: where a run meets the edge of the map
/// is the same for all channels.
#[inline(always)]
fn pack_body<S: Simd>(
    gather: &Gather<'_>,
    runs: &[Run],
    depth: Range<usize>,
    to: &mut [f32],
    stride: usize,
) {
    let [height, width] = gather.size;
    let plane = height * width;
    let taps = gather.taps.len();
    for (tap, &[tap_y, tap_x]) in gather.taps.iter().enumerate() {
        // Channels whose row `channel · taps + tap` is in `depth`.
        let first = depth.start.saturating_sub(tap).div_ceil(taps);
        let last = depth.end.saturating_sub(tap).div_ceil(taps);
        if first >= last {
            continue;
        }
        let top = first * taps + tap - depth.start;
        for run in runs {
            let span = Span::new(gather, run, tap_y, tap_x);
            let image = run.image * gather.all_channels + gather.first_channel;
            let mut from = (image + first) * plane + span.first;
            let mut at = top * stride + run.at;
            for _ in first..last {
                let row = &mut to[at..at + run.len];
                if span.low > 0 || span.high < run.len {
                    fill_zero::<S>(row);
                }
                if span.low < span.high {
                    let row = &mut row[span.low..span.high];
                    let len = (row.len() - 1) * gather.step[1] + 1;
                    let source = &gather.source[from..from + len];
                    match gather.step[1] {
                        1 => copy::<S>(source, row),
                        step => copy_strided::<S>(source, step, row),
                    }
                }
                from += plane;
                at += taps * stride;
            }
        }
    }
}

/// The part of a run that lies inside the map for one tap.
struct Span {
    /// Positions `low .. high` of the run lie inside.
    low: usize,
    high: usize,
    /// Pixel of position `low` within its plane.
    first: usize,
}

impl Span {
    #[inline(always)]
    fn new(gather: &Gather<'_>, run: &Run, tap_y: isize, tap_x: isize) -> Self {
        let [height, width] = gather.size;
        let step = gather.step[1];
        let y = (run.row * gather.step[0]) as isize + tap_y;
        let x = (run.column * step) as isize + tap_x;
        if y < 0 || y >= height as isize {
            return Self {
                low: 0,
                high: 0,
                first: 0,
            };
        }
        let before = (-x).max(0) as usize;
        let room = (width as isize - x).max(0) as usize;
        let (low, high) = if step == 1 {
            (before, room)
        } else {
            (before.div_ceil(step), room.div_ceil(step))
        };
        let low = low.min(run.len);
        let high = high.min(run.len).max(low);
        let first = y * width as isize + x + (low * step) as isize;
        Self {
            low,
            high,
            first: first.max(0) as usize,
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
            store_some::<S>(to.as_mut_ptr().add(at), value, count);
        }
    }
}

/// # Safety
/// `count ≤ LANES` floats at `to` are writable.
#[inline(always)]
unsafe fn store_some<S: Simd>(to: *mut f32, value: S::V, count: usize) {
    // SAFETY: by the contract.
    unsafe {
        if count == S::LANES {
            S::store(to, value);
        } else {
            S::store_part(to, value, count);
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
