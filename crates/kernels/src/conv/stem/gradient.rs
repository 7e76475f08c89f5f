//! The gradient of the weights, in register tiles of channels and taps.
//!
//! Lanes run along the pixels on both sides, so that nothing is transposed; the
//! lanes of each sum are added at the very end.

use crate::gemm::lanes;
use crate::isa::Isa;
use crate::simd::{Simd, dispatch};

/// Pixels that stay in the first-level cache for all taps.
const RUN: usize = 512;
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

#[inline(always)]
fn blocks_of<S: Simd, const CHANNELS: usize>(dots: &Dots<'_>, sums: &mut [f32]) {
    let reach = dots.offsets.iter().max().copied().unwrap_or(0);
    let last = (dots.rows - 1) * dots.row_step + dots.columns;
    assert!(reach + last <= dots.framed.len(), "frame is too small");
    assert!(dots.first + dots.rows * dots.columns <= dots.plane);
    let channels = dots.dy.len() / dots.plane;
    let rows_per_run = (RUN / dots.columns).max(1);
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
            for (offsets, sums) in dots
                .offsets
                .chunks_exact(TAPS)
                .zip(sums.chunks_exact_mut(tile))
            {
                // SAFETY: the rows lie inside the band, and so do the pixels
                // under each tap in the frame by the assertion.
                unsafe {
                    let dy = dy.map(|dy| dy.as_ptr().add(row * dots.columns));
                    let x: [*const f32; TAPS] = std::array::from_fn(|tap| {
                        dots.framed.as_ptr().add(row * dots.row_step + offsets[tap])
                    });
                    tile_of::<S, CHANNELS>(dots, rows, dy, x, sums);
                }
            }
        }
    }
}

/// # Safety
/// `rows` rows of pixels are readable from each of the pointers on, as far apart
/// as `dots` says.
#[inline(always)]
unsafe fn tile_of<S: Simd, const CHANNELS: usize>(
    dots: &Dots<'_>,
    rows: usize,
    dy: [*const f32; CHANNELS],
    x: [*const f32; TAPS],
    sums: &mut [f32],
) {
    assert_eq!(sums.len(), CHANNELS * TAPS * S::LANES);
    let own = sums.as_mut_ptr();
    // SAFETY: the sums are as long as asserted.
    let mut sums: [[S::V; TAPS]; CHANNELS] = std::array::from_fn(|channel| {
        std::array::from_fn(|tap| unsafe { S::load(own.add((channel * TAPS + tap) * S::LANES)) })
    });
    let whole = dots.columns / S::LANES * S::LANES;
    for row in 0..rows {
        let (at, from) = (row * dots.columns, row * dots.row_step);
        for column in (0..whole).step_by(S::LANES) {
            // SAFETY: by the contract.
            unsafe {
                let x: [S::V; TAPS] = std::array::from_fn(|tap| S::load(x[tap].add(from + column)));
                for channel in 0..CHANNELS {
                    let dy = S::load(dy[channel].add(at + column));
                    for tap in 0..TAPS {
                        sums[channel][tap] = S::fma(dy, x[tap], sums[channel][tap]);
                    }
                }
            }
        }
        let rest = dots.columns - whole;
        if rest > 0 {
            // SAFETY: by the contract.
            unsafe {
                let x: [S::V; TAPS] =
                    std::array::from_fn(|tap| S::load_part(x[tap].add(from + whole), rest));
                for channel in 0..CHANNELS {
                    let dy = S::load_part(dy[channel].add(at + whole), rest);
                    for tap in 0..TAPS {
                        sums[channel][tap] = S::fma(dy, x[tap], sums[channel][tap]);
                    }
                }
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
