//! The gradient of the weights, in register tiles of channels and taps.
//!
//! Lanes run along the pixels on both sides, so that nothing is transposed; the
//! lanes of each sum are added at the very end.

use crate::gemm::lanes;
use crate::isa::Isa;
use crate::scratch::{Demand, Scratch};
use crate::simd::{Simd, dispatch};

/// Pixels that stay in the cache for all taps.
const RUN: usize = 1024;
/// Taps of a register tile.
const TAPS: usize = 3;

/// One band and all channels: `sums[o, t] += Σₚ dy[o, p] · framed[p + offsets[t]]`.
pub(super) struct Dots<'a> {
    pub framed: &'a [f32],
    /// Of each tap, where its first pixel lies in the frame; whole blocks of taps.
    pub offsets: &'a [usize],
    /// One image.
    pub dy: &'a [f32],
    /// Pixels of one channel of the image.
    pub plane: usize,
    /// The first pixel of the band.
    pub first: usize,
    /// Floats of the frame from one output row to the next.
    pub row_step: usize,
    pub rows: usize,
    pub columns: usize,
}

impl Dots<'_> {
    /// Where in `dy` the run starts that follows the one that ends with row `end`
    /// of the `step` channels from `channel` on: the next rows, the next channels,
    /// the next band or the next image.
    fn after(&self, channel: usize, end: usize, step: usize) -> usize {
        let last_row = self.first + self.rows * self.columns;
        if end < self.rows {
            channel * self.plane + self.first + end * self.columns
        } else if (channel + step) * self.plane < self.dy.len() {
            (channel + step) * self.plane + self.first
        } else if last_row < self.plane {
            last_row
        } else {
            self.dy.len()
        }
    }
}

/// Floats of a cache line.
const LINE: usize = 16;

/// The run after this one, fetched from memory while this one is computed.
struct Ahead {
    /// Its first pixel; for address arithmetic only.
    start: *const f32,
    /// Floats from channel to channel.
    plane: usize,
    /// Cache lines of a channel.
    lines: usize,
    /// The line to fetch next.
    line: usize,
}

impl Ahead {
    /// Asks for some more lines.
    #[inline(always)]
    fn ask<S: Simd>(&mut self, lines: usize) {
        for _ in 0..lines {
            S::prefetch_far(self.start.wrapping_add(self.line * LINE));
            self.line += 1;
            if self.line == self.lines {
                self.line = 0;
                self.start = self.start.wrapping_add(self.plane);
            }
        }
    }
}

/// The sums of a register tile: `[channels][taps][lanes]`.
pub(super) struct Block {
    pub channels: usize,
    pub taps: usize,
    pub lanes: usize,
}

pub(super) fn block_size(isa: Isa) -> Block {
    let channels = match isa {
        Isa::Avx512 | Isa::Neon => 8,
        Isa::Avx2 | Isa::Portable => 4,
    };
    Block {
        channels,
        taps: TAPS,
        lanes: lanes(isa),
    }
}

dispatch! {
    /// Adds the band to the sums, `[block of channels][block of taps]`, then as
    /// in [`Block`].
    pub(super) fn add_dots(dots: &Dots<'_>, sums: &mut [f32]) => add_dots_body
}

#[inline(always)]
fn add_dots_body<S: Simd>(dots: &Dots<'_>, sums: &mut [f32]) {
    if S::REGISTERS < 32 {
        blocks_of::<S, 4>(dots, sums);
    } else {
        blocks_of::<S, 8>(dots, sums);
    }
}

/// Rows of a band that stay in the cache for all taps.
fn rows_per_run(rows: usize, columns: usize) -> usize {
    (RUN / columns).clamp(1, rows)
}

/// Floats of one gathered row of some channels.
fn gathered_row(columns: usize, channels: usize, lanes: usize) -> usize {
    channels * columns.next_multiple_of(lanes)
}

/// What [`add_dots`] takes for a band.
pub(super) fn demand(isa: Isa, rows: usize, columns: usize) -> Demand {
    let row = gathered_row(columns, block_size(isa).channels, lanes(isa));
    Demand::floats(rows_per_run(rows, columns) * row)
}

#[inline(always)]
fn blocks_of<S: Simd, const CHANNELS: usize>(dots: &Dots<'_>, sums: &mut [f32]) {
    let reach = dots.offsets.iter().max().copied().unwrap_or(0);
    let last = (dots.rows - 1) * dots.row_step + dots.columns;
    assert!(reach + last <= dots.framed.len(), "frame is too small");
    assert!(
        dots.first + dots.rows * dots.columns <= dots.plane,
        "band leaves the image"
    );
    let channels = dots.dy.len() / dots.plane;
    let rows_per_run = rows_per_run(dots.rows, dots.columns);
    let floats = gathered_row(dots.columns, CHANNELS, S::LANES);
    let mut gathered = Scratch::new(rows_per_run * floats);
    let tile = CHANNELS * TAPS * S::LANES;
    for (block, sums) in sums
        .chunks_mut(tile * (dots.offsets.len() / TAPS))
        .enumerate()
    {
        // Fewer channels: the last again, for nothing.
        let dy: [&[f32]; CHANNELS] = std::array::from_fn(|channel| {
            let channel = (block * CHANNELS + channel).min(channels - 1);
            &dots.dy[channel * dots.plane + dots.first..][..dots.rows * dots.columns]
        });
        for row in (0..dots.rows).step_by(rows_per_run) {
            let rows = rows_per_run.min(dots.rows - row);
            let part = row * dots.columns..(row + rows) * dots.columns;
            gather::<S, CHANNELS>(dy.map(|dy| &dy[part.clone()]), dots.columns, &mut gathered);
            let start = dots.after(block * CHANNELS, row + rows, CHANNELS);
            let mut ahead = Ahead {
                start: dots.dy.as_ptr().wrapping_add(start),
                plane: dots.plane,
                lines: (rows_per_run * dots.columns).div_ceil(LINE),
                line: 0,
            };
            let lines = (CHANNELS * ahead.lines).div_ceil(dots.offsets.len() / TAPS);
            for (offsets, sums) in dots
                .offsets
                .chunks_exact(TAPS)
                .zip(sums.chunks_exact_mut(tile))
            {
                ahead.ask::<S>(lines);
                // SAFETY: the pixels of these rows under each tap lie in the frame
                // by the assertion, and there is memory for as many rows.
                unsafe {
                    let x: [*const f32; TAPS] = std::array::from_fn(|tap| {
                        dots.framed.as_ptr().add(row * dots.row_step + offsets[tap])
                    });
                    tile_of::<S, CHANNELS>(dots, rows, gathered.as_ptr(), x, sums);
                }
            }
        }
    }
}

/// Rows of `columns` pixels as `[row][vector][channel]`, zeros behind their ends:
/// planes that lie a power of two apart would drive each other out of the cache.
#[inline(always)]
fn gather<S: Simd, const CHANNELS: usize>(dy: [&[f32]; CHANNELS], columns: usize, to: &mut [f32]) {
    let vectors = columns.div_ceil(S::LANES);
    let row = vectors * CHANNELS * S::LANES;
    for (channel, dy) in dy.into_iter().enumerate() {
        for (dy, to) in dy.chunks_exact(columns).zip(to.chunks_exact_mut(row)) {
            for (dy, to) in dy
                .chunks(S::LANES)
                .zip(to.chunks_exact_mut(CHANNELS * S::LANES))
            {
                let to = &mut to[channel * S::LANES..][..S::LANES];
                // SAFETY: both slices are as long as is read and written.
                unsafe { S::store(to.as_mut_ptr(), S::load_some(dy.as_ptr(), dy.len())) };
            }
        }
    }
}

/// # Safety
/// `rows` rows are readable from `dy` on, as [`gather`] makes them, and from each
/// `x` on, as far apart as `dots` says.
#[inline(always)]
unsafe fn tile_of<S: Simd, const CHANNELS: usize>(
    dots: &Dots<'_>,
    rows: usize,
    mut dy: *const f32,
    x: [*const f32; TAPS],
    sums: &mut [f32],
) {
    assert_eq!(
        sums.len(),
        CHANNELS * TAPS * S::LANES,
        "sums of another tile"
    );
    let own = sums.as_mut_ptr();
    // SAFETY: the sums are as long as asserted.
    let mut sums: [[S::V; TAPS]; CHANNELS] = std::array::from_fn(|channel| {
        std::array::from_fn(|tap| unsafe { S::load(own.add((channel * TAPS + tap) * S::LANES)) })
    });
    let whole = dots.columns / S::LANES;
    let rest = dots.columns % S::LANES;
    for row in 0..rows {
        // SAFETY: by the contract.
        unsafe {
            let mut x = x.map(|x| x.add(row * dots.row_step));
            for _ in 0..whole {
                let pixels = x.map(|x| S::load(x));
                dy = step::<S, CHANNELS>(&mut sums, dy, pixels);
                x = x.map(|x| x.add(S::LANES));
            }
            if rest > 0 {
                let pixels = x.map(|x| S::load_part(x, rest));
                dy = step::<S, CHANNELS>(&mut sums, dy, pixels);
            }
        }
    }
    for channel in 0..CHANNELS {
        for tap in 0..TAPS {
            // SAFETY: as above.
            unsafe {
                S::store(
                    own.add((channel * TAPS + tap) * S::LANES),
                    sums[channel][tap],
                )
            };
        }
    }
}

/// Adds one vector of pixels of each channel; yields where the next ones are.
///
/// # Safety
/// `CHANNELS` vectors are readable from `dy` on.
#[inline(always)]
unsafe fn step<S: Simd, const CHANNELS: usize>(
    sums: &mut [[S::V; TAPS]; CHANNELS],
    dy: *const f32,
    x: [S::V; TAPS],
) -> *const f32 {
    for channel in 0..CHANNELS {
        // SAFETY: by the contract.
        let dy = unsafe { S::load(dy.add(channel * S::LANES)) };
        for tap in 0..TAPS {
            sums[channel][tap] = S::fma(dy, x[tap], sums[channel][tap]);
        }
    }
    dy.wrapping_add(CHANNELS * S::LANES)
}

dispatch! {
    /// `dw[o, t]`, `depth` taps of each channel, from the lanes of its sum; `taps`
    /// is the depth in whole blocks.
    pub(super) fn reduce(sums: &[f32], taps: usize, depth: usize, dw: &mut [f32]) => reduce_body
}

#[inline(always)]
fn reduce_body<S: Simd>(sums: &[f32], taps: usize, depth: usize, dw: &mut [f32]) {
    let block = if S::REGISTERS < 32 { 4 } else { 8 };
    for (channel, dw) in dw.chunks_mut(depth).enumerate() {
        let first = channel / block * block * taps + channel % block * TAPS;
        for (tap, dw) in dw.iter_mut().enumerate() {
            let at = first + tap / TAPS * TAPS * block + tap % TAPS;
            let lanes = &sums[at * S::LANES..][..S::LANES];
            // SAFETY: the slice is one vector.
            *dw = S::sum(unsafe { S::load(lanes.as_ptr()) });
        }
    }
}
