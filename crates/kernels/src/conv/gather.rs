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
    let image = gather.all_channels * plane;
    let step = gather.step[1];
    for (k, row) in depth.zip(to.chunks_mut(stride)) {
        let channel = gather.first_channel + k / gather.taps.len();
        let [tap_y, tap_x] = gather.taps[k % gather.taps.len()];
        for run in runs {
            let out = &mut row[run.at..run.at + run.len];
            let y = (run.row * gather.step[0]) as isize + tap_y;
            let x = (run.column * step) as isize + tap_x;
            if y < 0 || y >= height as isize {
                fill_zero::<S>(out);
                continue;
            }
            // Positions `low .. high` of the run lie inside the map.
            let low = if x >= 0 { 0 } else { (-x) as usize };
            let (low, room) = if step == 1 {
                (low, (width as isize - x).max(0) as usize)
            } else {
                let room = (width as isize - x).max(0) as usize;
                (low.div_ceil(step), room.div_ceil(step))
            };
            let low = low.min(run.len);
            let high = room.min(run.len).max(low);
            if low > 0 || high < run.len {
                fill_zero::<S>(out);
            }
            if low == high {
                continue;
            }
            let from = run.image * image + channel * plane + y as usize * width;
            let first = (from as isize + x + (low * step) as isize) as usize;
            let source = &gather.source[first..first + (high - low - 1) * step + 1];
            if step == 1 {
                copy::<S>(source, &mut out[low..high]);
            } else {
                for (to, pixel) in out[low..high].iter_mut().zip(source.iter().step_by(step)) {
                    *to = *pixel;
                }
            }
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
