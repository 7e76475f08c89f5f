//! Copying the columns of a gather.

use std::ops::Range;

use super::{Gather, LINE, Piece};
use crate::simd::{Simd, dispatch};

dispatch! {
    /// Writes rows `depth` of the columns in `pieces`, `stride` floats apart.
    pub(super) fn pack(
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
