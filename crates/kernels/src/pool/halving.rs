//! Windows of 3 × 3 with stride 2 and padding 1, which halve a map: the pooling of
//! nearly every network, in registers.
//!
//! Vectors run along the windows of a row: their taps are the even pixels of a row,
//! the odd ones, and the odd ones moved by one.

use super::shape::PoolShape;
use crate::gemm::lanes;
use crate::isa::Isa;
use crate::scratch::Demand;
use crate::simd::{Simd, take};

/// The shape of one plane and its windows.
#[derive(Clone, Copy)]
pub(crate) struct Halving {
    height: usize,
    width: usize,
    rows: usize,
    columns: usize,
}

/// Takes results, vector by vector.
pub(crate) trait Sink<S: Simd> {
    /// Takes `count ≤ LANES` values from `column` of `row` on.
    ///
    /// # Safety
    /// The plane has them.
    unsafe fn put(&mut self, row: usize, column: usize, count: usize, values: [S::V; 2]);
}

/// Where the pixels of a vector of windows lie within a row.
#[derive(Clone, Copy)]
struct Span {
    /// The first window.
    start: usize,
    /// Pixels of the lower and the upper vector of the pair that starts at pixel
    /// `2 · start`.
    low: usize,
    high: usize,
}

impl Span {
    #[inline(always)]
    fn new<S: Simd>(start: usize, width: usize) -> Self {
        let pixels = width.saturating_sub(2 * start);
        let low = pixels.min(S::LANES);
        Self {
            start,
            low,
            high: (pixels - low).min(S::LANES),
        }
    }

    /// The pixels left of, in and right of the middle of each window, times
    /// `sign`; `pad` (times `sign`) where there is none.
    ///
    /// # Safety
    /// `row` starts a row of pixels.
    #[inline(always)]
    unsafe fn taps<S: Simd>(self, row: *const f32, sign: f32, pad: f32) -> [S::V; 3] {
        let (vector, none) = (S::splat(sign), S::splat(pad * sign));
        // SAFETY: the counts end with the row.
        unsafe {
            let from = row.add(2 * self.start);
            let before = if self.start > 0 {
                *from.sub(1) * sign
            } else {
                pad
            };
            let (mut low, mut high) = (none, none);
            if self.low > 0 {
                low = take::<S>(from, self.low, none);
            }
            if self.high > 0 {
                high = take::<S>(from.add(S::LANES), self.high, none);
            }
            let [middle, right] = S::deinterleave(S::mul(low, vector), S::mul(high, vector));
            [S::shift_in(right, before), middle, right]
        }
    }

    /// Hands `even` and `odd` pixels of a row to `sink`.
    ///
    /// # Safety
    /// The plane has the row.
    #[inline(always)]
    unsafe fn put<S: Simd>(self, row: usize, even: S::V, odd: S::V, sink: &mut impl Sink<S>) {
        let [low, high] = S::interleave(even, odd);
        // SAFETY: the counts end with the row.
        unsafe {
            sink.put(row, 2 * self.start, self.low, [low; 2]);
            if self.high > 0 {
                sink.put(row, 2 * self.start + S::LANES, self.high, [high; 2]);
            }
        }
    }
}

/// Vectors of a row that are worked on together: what they hold of one row waits
/// for the next, so that memory is read in order.
pub(crate) const ROW: usize = 8;
/// Rows of pixels between the one that is worked on and the one asked for.
const AHEAD: usize = 8;

impl Halving {
    /// Whether one vector spans a row of windows. It can then stay in registers,
    /// with `BLOCKS = 1` instead of [`ROW`] below.
    #[inline(always)]
    pub(crate) fn fits<S: Simd>(&self) -> bool {
        self.columns <= S::LANES
    }

    /// The windows of `pool`, if they are of this kind.
    pub(crate) fn of(pool: &PoolShape) -> Option<Self> {
        let [rows, columns] = pool.output();
        let halves = pool.kernel == [3, 3] && pool.stride == [2, 2] && pool.padding == [1, 1];
        halves.then_some(Self {
            height: pool.map.height,
            width: pool.map.width,
            rows,
            columns,
        })
    }

    pub(crate) fn width(&self) -> usize {
        self.width
    }

    /// Windows of a row.
    pub(crate) fn columns(&self) -> usize {
        self.columns
    }

    /// Pixels of a plane.
    pub(crate) fn pixels(&self) -> usize {
        self.height * self.width
    }

    /// Windows of a plane.
    pub(crate) fn windows(&self) -> usize {
        self.rows * self.columns
    }

    /// Floats of so many planes of gradients, with what must be readable behind them.
    pub(crate) fn padded_planes(&self, planes: usize, lanes: usize) -> usize {
        planes * self.padded_len() + lanes
    }

    /// What so many planes of gradients take.
    pub(crate) fn demand(&self, isa: Isa, planes: usize) -> Demand {
        Demand::floats(self.padded_planes(planes, lanes(isa)))
    }

    /// Values of one plane of gradients, with a column and a row of zeros at the
    /// far ends; a vector more must be readable after the last plane.
    pub(crate) fn padded_len(&self) -> usize {
        (self.rows + 1) * (self.columns + 1)
    }

    /// The largest `x · sign` of each window and its index.
    ///
    /// # Safety
    /// `x` has a plane of pixels; `sink` may work on every window.
    #[inline(always)]
    pub(crate) unsafe fn winners<S: Simd, const NAN: bool, const BLOCKS: usize>(
        &self,
        x: *const f32,
        sign: f32,
        sink: &mut impl Sink<S>,
    ) {
        for tile in (0..self.columns).step_by(BLOCKS * S::LANES) {
            let mut best = [[S::splat(f32::NEG_INFINITY), index::<S>(3)]; BLOCKS];
            best[0][1] = S::add(leftmost::<S>(tile), index::<S>(3));
            for row in 0..self.rows {
                let starts = (tile..self.columns).step_by(S::LANES);
                for (start, best) in starts.zip(&mut best) {
                    let span = Span::new::<S>(start, self.width);
                    let left = leftmost::<S>(start);
                    let mut last = *best;
                    for below in 0..self.height.saturating_sub(2 * row).min(2) {
                        // SAFETY: a row of the plane.
                        let [at_left, at_middle, at_right] = unsafe {
                            let from = x.add((2 * row + below) * self.width);
                            span.taps::<S>(from, sign, f32::NEG_INFINITY)
                        };
                        last = S::winner::<NAN>([at_left, left], [at_middle, index::<S>(1)]);
                        last = S::winner::<NAN>(last, [at_right, index::<S>(2)]);
                        let first = index::<S>(if below == 0 { 3 } else { 6 });
                        *best = S::winner::<NAN>(*best, [last[0], S::add(last[1], first)]);
                    }
                    // SAFETY: windows of this plane.
                    unsafe { sink.put(row, start, S::LANES.min(self.columns - start), *best) };
                    // The lowest row of these windows is the highest of the next.
                    *best = last;
                }
            }
        }
    }

    /// The largest `x · sign` of each window (twice, for want of an index).
    ///
    /// # Safety
    /// `x` has a plane of pixels; `sink` may work on every window.
    #[inline(always)]
    pub(crate) unsafe fn maxima<S: Simd, const BLOCKS: usize>(
        &self,
        x: *const f32,
        sign: f32,
        sink: &mut impl Sink<S>,
    ) {
        for tile in (0..self.columns).step_by(BLOCKS * S::LANES) {
            let mut best = [S::splat(f32::MIN); BLOCKS];
            for row in 0..self.rows {
                let starts = (tile..self.columns).step_by(S::LANES);
                for (start, best) in starts.zip(&mut best) {
                    let span = Span::new::<S>(start, self.width);
                    let mut last = *best;
                    for below in 0..self.height.saturating_sub(2 * row).min(2) {
                        // SAFETY: a row of the plane. The padding is finite, since it
                        // is multiplied by gradients of zero.
                        let [left, middle, right] = unsafe {
                            let from = x.add((2 * row + below) * self.width);
                            if BLOCKS > 1 {
                                let ahead = from.wrapping_add(AHEAD * self.width + 2 * start);
                                S::prefetch(ahead);
                                S::prefetch(ahead.wrapping_add(16));
                            }
                            span.taps::<S>(from, sign, f32::MIN)
                        };
                        last = S::max(left, S::max(middle, right));
                        *best = S::max(*best, last);
                    }
                    let count = S::LANES.min(self.columns - start);
                    // SAFETY: windows of this plane.
                    unsafe { sink.put(row, start, count, [*best; 2]) };
                    *best = last;
                }
            }
        }
    }

    /// The gradient of each pixel (twice): the sum of those of the at most four
    /// windows that it won.
    ///
    /// # Safety
    /// `gradients` has a padded plane and a vector more, `winners` a plane of
    /// window indices; `sink` may work on every pixel.
    #[inline(always)]
    pub(crate) unsafe fn gather<S: Simd, const BLOCKS: usize>(
        &self,
        gradients: *const f32,
        winners: *const u8,
        sink: &mut impl Sink<S>,
    ) {
        let columns = self.width.div_ceil(2);
        for tile in (0..columns).step_by(BLOCKS * S::LANES) {
            let mut above = [[[S::splat(0.0); 2]; 2]; BLOCKS];
            for (start, above) in (tile..columns).step_by(S::LANES).zip(&mut above) {
                // SAFETY: as the contract says.
                *above = unsafe { self.neighbours::<S>(gradients, winners, 0, start) };
            }
            for row in 0..self.height.div_ceil(2) {
                for (start, above) in (tile..columns).step_by(S::LANES).zip(&mut above) {
                    let span = Span::new::<S>(start, self.width);
                    let [here, right] = *above;
                    let even = won::<S>(here, 4);
                    let odd = S::add(won::<S>(here, 5), won::<S>(right, 3));
                    // SAFETY: pixels of this plane.
                    unsafe { span.put::<S>(2 * row, even, odd, sink) };
                    if 2 * row + 1 >= self.height {
                        continue;
                    }
                    // SAFETY: as the contract says, a row of zeros after the last.
                    *above = unsafe { self.neighbours::<S>(gradients, winners, row + 1, start) };
                    let [below, corner] = *above;
                    let even = S::add(won::<S>(here, 7), won::<S>(below, 1));
                    let odd = S::add(
                        S::add(won::<S>(here, 8), won::<S>(right, 6)),
                        S::add(won::<S>(below, 2), won::<S>(corner, 0)),
                    );
                    // SAFETY: pixels of this plane.
                    unsafe { span.put::<S>(2 * row + 1, even, odd, sink) };
                }
            }
        }
    }

    /// Gradients and winners of the windows from `start` on in `row`, and of their
    /// right neighbours. Where there is no window the gradient is zero.
    ///
    /// # Safety
    /// As for [`gather`](Self::gather).
    #[inline(always)]
    unsafe fn neighbours<S: Simd>(
        &self,
        gradients: *const f32,
        winners: *const u8,
        row: usize,
        start: usize,
    ) -> [[S::V; 2]; 2] {
        let windows = self.rows * self.columns;
        let at = (row * self.columns + start).min(windows);
        let after = (at + 1).min(windows);
        // SAFETY: within the padded plane or the vector after it; the counts end
        // with the indices.
        unsafe {
            let from = gradients.add(row * (self.columns + 1) + start);
            let (count, count_after) = (windows - at, windows - after);
            [
                [
                    S::load(from),
                    S::load_bytes(winners.add(at), S::LANES.min(count)),
                ],
                [
                    S::load(from.add(1)),
                    S::load_bytes(winners.add(after), S::LANES.min(count_after)),
                ],
            ]
        }
    }
}

/// The gradients of the windows that pixel `place` of each won.
#[inline(always)]
fn won<S: Simd>([gradient, winner]: [S::V; 2], place: u8) -> S::V {
    S::where_equal(winner, index::<S>(place), gradient)
}

/// The index of the leftmost pixel of the windows from `start` on: the very first
/// window has no left column.
#[inline(always)]
fn leftmost<S: Simd>(start: usize) -> S::V {
    let first = if start == 0 { 1.0 } else { 0.0 };
    S::shift_in(S::splat(0.0), first)
}

#[inline(always)]
fn index<S: Simd>(place: u8) -> S::V {
    S::splat(f32::from(place))
}
