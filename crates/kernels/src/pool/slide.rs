//! Sums over windows that slide along a plane: first down the rows of a window, then
//! along what that leaves, lanes over columns both times.

use std::ops::Range;

use crate::scratch::{Demand, Scratch};
use crate::simd::{Simd, dispatch};

/// Windows of a plane.
pub(crate) struct Slide {
    /// Columns of the plane.
    pub width: usize,
    /// Zeros before the first column, and columns from one to the next: zeros lie
    /// between them as well.
    pub lead: usize,
    pub spread: usize,
    /// Columns of a window, zeros included, and from one window to the next.
    pub taps: usize,
    pub step: usize,
    /// Windows of a row.
    pub columns: usize,
    /// The rows of the plane that the windows of each row sum.
    pub rows: Vec<Range<usize>>,
}

impl Slide {
    /// Floats of a row with its zeros.
    fn line(&self) -> usize {
        ((self.columns - 1) * self.step + self.taps).max(self.lead + self.width * self.spread)
    }

    /// Memory for [`slide_plane`]: a row of sums, and one among zeros.
    pub(crate) fn memory(&self) -> [Scratch; 2] {
        let [sums, mut line] = self.floats().map(Scratch::new);
        line.fill(0.0);
        [sums, line]
    }

    fn floats(&self) -> [usize; 2] {
        [self.width, self.line() + SLACK]
    }

    /// What [`memory`](Self::memory) takes.
    pub(crate) fn demand(&self) -> Demand {
        let [sums, line] = self.floats().map(Demand::floats);
        sums.and(line)
    }
}

/// Floats behind a line that its last vector may read.
const SLACK: usize = 16;

dispatch! {
    /// `to[window] = Σ plane[pixels of the window]`
    pub(crate) fn slide_plane(
        slide: &Slide,
        plane: &[f32],
        memory: &mut [Scratch; 2],
        to: &mut [f32],
    ) => slide_body
}

#[inline(always)]
fn slide_body<S: Simd>(slide: &Slide, plane: &[f32], memory: &mut [Scratch; 2], to: &mut [f32]) {
    let [sums, line] = memory;
    let (width, columns) = (slide.width, slide.columns);
    assert!(
        sums.len() == width
            && line.len() == slide.line() + SLACK
            && to.len() == slide.rows.len() * columns,
        "planes of another shape"
    );
    for (rows, to) in slide.rows.iter().zip(to.chunks_exact_mut(columns)) {
        let from = &plane[rows.start.min(rows.end) * width..rows.end * width];
        let inner = &mut line[slide.lead..];
        match slide.spread {
            1 => sum_down::<S>(from, &mut inner[..width]),
            spread => {
                sum_down::<S>(from, sums);
                for (to, sum) in inner.iter_mut().step_by(spread).zip(&**sums) {
                    *to = *sum;
                }
            }
        }
        for start in (0..columns).step_by(S::LANES) {
            let count = S::LANES.min(columns - start);
            let mut sum = S::splat(0.0);
            for tap in 0..slide.taps {
                // SAFETY: windows of the line; what is read beyond the last ends
                // within the slack.
                let value = unsafe {
                    let from = line.as_ptr().add(start * slide.step + tap);
                    match slide.step {
                        1 => S::load(from),
                        2 => S::load_even(from, count),
                        step => load_far::<S>(from, step, count),
                    }
                };
                sum = S::add(sum, value);
            }
            // SAFETY: the row of the target has these windows.
            unsafe { S::store_some(to.as_mut_ptr().add(start), sum, count) };
        }
    }
}

/// `to` gets the sum of the rows of `from`, which are as long.
#[inline(always)]
fn sum_down<S: Simd>(from: &[f32], to: &mut [f32]) {
    let width = to.len();
    for start in (0..width).step_by(S::LANES) {
        let count = S::LANES.min(width - start);
        let mut sum = S::splat(0.0);
        for row in from.chunks_exact(width) {
            // SAFETY: the row has these columns.
            sum = S::add(sum, unsafe { S::load_some(row.as_ptr().add(start), count) });
        }
        // SAFETY: as long as the rows.
        unsafe { S::store_some(to.as_mut_ptr().add(start), sum, count) };
    }
}

/// # Safety
/// `count` floats from `from` on, `step` apart, are readable.
#[inline(always)]
unsafe fn load_far<S: Simd>(from: *const f32, step: usize, count: usize) -> S::V {
    let mut lanes = [0.0_f32; 16];
    for (lane, value) in lanes[..count.min(16)].iter_mut().enumerate() {
        // SAFETY: by the contract.
        *value = unsafe { *from.add(lane * step) };
    }
    // SAFETY: no vector has more than 16 lanes.
    unsafe { S::load(lanes.as_ptr()) }
}
