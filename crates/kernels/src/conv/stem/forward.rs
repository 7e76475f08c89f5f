//! The output of a band, in register tiles of channels and pixels of one row.

use crate::conv::shape::ConvShape;
use crate::disjoint::Disjoint;
use crate::isa::Isa;
use crate::scratch::Scratch;
use crate::simd::{Simd, dispatch};

/// One band and all channels.
pub(super) struct Strip<'a> {
    pub framed: &'a [f32],
    /// Of each weight of a channel, where its first pixel lies in the frame.
    pub offsets: &'a [usize],
    /// As [`pack`] makes them.
    pub weights: &'a [f32],
    /// Floats of the frame from one output row to the next.
    pub row_step: usize,
    pub rows: usize,
    pub columns: usize,
    /// Offset of the first row of channel 0 in the output.
    pub first: usize,
    /// Pixels of one channel of the output.
    pub plane: usize,
}

/// Channels of a register tile on a machine with so many vector registers.
const fn height(registers: usize) -> usize {
    if registers < 32 { 6 } else { 8 }
}

/// Floats of the weights that [`pack`] makes.
pub(super) fn packed_len(shape: &ConvShape) -> usize {
    shape.weight_len()
}

/// The weights as `[tile][depth][channel of the tile]`.
pub(super) fn pack(isa: Isa, shape: &ConvShape, w: &[f32]) -> Scratch {
    let registers = match isa {
        Isa::Avx512 | Isa::Neon => 32,
        Isa::Avx2 | Isa::Portable => 16,
    };
    let depth = shape.depth();
    let mut packed = Scratch::new(packed_len(shape));
    let tile = height(registers) * depth;
    for (packed, w) in packed.chunks_mut(tile).zip(w.chunks(tile)) {
        let rows = w.len() / depth;
        for (k, packed) in packed.chunks_mut(rows).enumerate() {
            for (row, packed) in packed.iter_mut().enumerate() {
                *packed = w[row * depth + k];
            }
        }
    }
    packed
}

dispatch! {
    /// Overwrites the band of `y`, which no other task touches.
    pub(super) fn correlate(strip: &Strip<'_>, y: &Disjoint<'_, f32>) => correlate_body
}

#[inline(always)]
fn correlate_body<S: Simd>(strip: &Strip<'_>, y: &Disjoint<'_, f32>) {
    let high = height(S::REGISTERS);
    let widest = if S::REGISTERS < 32 { 2 } else { 3 };
    let depth = strip.offsets.len();
    let reach = strip.offsets.iter().max().copied().unwrap_or(0);
    let last = (strip.rows - 1) * strip.row_step + strip.columns.next_multiple_of(S::LANES);
    assert!(reach + last <= strip.framed.len(), "frame is too small");
    for (tile, weights) in strip.weights.chunks(high * depth).enumerate() {
        let channel = strip.first + tile * high * strip.plane;
        for row in 0..strip.rows {
            let mut column = 0;
            while column < strip.columns {
                let left = (strip.columns - column).div_ceil(S::LANES);
                // Two and two are better than three and one.
                let vectors = if left == 4 { 2 } else { left.min(widest) };
                let piece = Piece {
                    framed: strip.framed[row * strip.row_step + column..].as_ptr(),
                    offsets: strip.offsets,
                    weights,
                    to: channel + row * strip.columns + column,
                    count: (strip.columns - column).min(vectors * S::LANES),
                    plane: strip.plane,
                };
                // SAFETY: the vectors under every tap lie inside the frame by the
                // assertion.
                unsafe {
                    match vectors {
                        1 => piece_of::<S, 1>(&piece, y),
                        2 => piece_of::<S, 2>(&piece, y),
                        _ => piece_of::<S, 3>(&piece, y),
                    }
                }
                column += vectors * S::LANES;
            }
        }
    }
}

/// Some vectors of pixels and a tile of channels.
struct Piece<'a> {
    framed: *const f32,
    offsets: &'a [usize],
    weights: &'a [f32],
    /// Offset of the first pixel of the first channel in the output.
    to: usize,
    /// Pixels.
    count: usize,
    plane: usize,
}

/// # Safety
/// `VECTORS` vectors from each offset on lie inside the frame, and none but the
/// last begins behind the pixels.
#[inline(always)]
unsafe fn piece_of<S: Simd, const VECTORS: usize>(piece: &Piece<'_>, y: &Disjoint<'_, f32>) {
    // SAFETY: by the contract.
    unsafe {
        match piece.weights.len() / piece.offsets.len() {
            1 => tile_of::<S, 1, VECTORS>(piece, y),
            2 => tile_of::<S, 2, VECTORS>(piece, y),
            3 => tile_of::<S, 3, VECTORS>(piece, y),
            4 => tile_of::<S, 4, VECTORS>(piece, y),
            5 => tile_of::<S, 5, VECTORS>(piece, y),
            6 => tile_of::<S, 6, VECTORS>(piece, y),
            7 => tile_of::<S, 7, VECTORS>(piece, y),
            _ => tile_of::<S, 8, VECTORS>(piece, y),
        }
    }
}

/// # Safety
/// As for [`piece_of`].
#[inline(always)]
unsafe fn tile_of<S: Simd, const ROWS: usize, const VECTORS: usize>(
    piece: &Piece<'_>,
    y: &Disjoint<'_, f32>,
) {
    assert_eq!(
        piece.weights.len(),
        ROWS * piece.offsets.len(),
        "a weight for each tap and channel"
    );
    let to: [*mut f32; ROWS] =
        std::array::from_fn(|row| y.pointer(piece.to + row * piece.plane, piece.count));
    // By the time of the stores the lines are there.
    for to in to {
        for v in 0..VECTORS {
            S::prefetch(to.wrapping_add(v * S::LANES));
        }
    }
    let mut sums = [[S::splat(0.0); VECTORS]; ROWS];
    let mut weights = piece.weights.as_ptr();
    for offset in piece.offsets {
        // SAFETY: the pixels by the contract, the weights by the assertion.
        unsafe {
            let from = piece.framed.add(*offset);
            let pixels: [S::V; VECTORS] = std::array::from_fn(|v| S::load(from.add(v * S::LANES)));
            for row in 0..ROWS {
                let weight = S::splat(*weights.add(row));
                for v in 0..VECTORS {
                    sums[row][v] = S::fma(weight, pixels[v], sums[row][v]);
                }
            }
            weights = weights.add(ROWS);
        }
    }
    for row in 0..ROWS {
        for v in 0..VECTORS {
            let count = S::LANES.min(piece.count - v * S::LANES);
            // SAFETY: the pointer was checked for all pixels, which are this
            // task's own.
            unsafe { S::store_some(to[row].add(v * S::LANES), sums[row][v], count) };
        }
    }
}
