//! The left side of a convolution's product: rows of weights, packed for the
//! register tile.

use std::ops::Range;

use rayon::prelude::*;

use crate::disjoint::Disjoint;
use crate::gemm::lanes;
use crate::isa::Isa;
use crate::scratch::Scratch;
use crate::simd::{Simd, dispatch};
use crate::transpose::transpose;

/// The weights `[out, in, taps]` of one group, seen as a matrix.
pub(crate) enum WeightRows<'a> {
    /// `[out, (in, tap)]`: as they lie.
    Forward { w: &'a [f32], depth: usize },
    /// `[in, out]`, of weights `[out, in]`: for the gradient of the input.
    Backward { w: &'a [f32], depth: usize },
    /// Packed already: `[row tile][column][row of the tile]`.
    Packed(&'a [f32]),
}

impl WeightRows<'_> {
    /// Writes the rows `first .. first + rows` of the columns `depth`, one column
    /// every `stride` floats.
    pub(crate) fn pack(
        &self,
        isa: Isa,
        first: usize,
        rows: usize,
        depth: Range<usize>,
        to: &mut [f32],
        stride: usize,
    ) {
        match *self {
            Self::Forward { w, depth: all } => {
                let from = &w[first * all + depth.start..];
                transpose(isa, from, all, rows, depth.len(), to, stride);
            }
            Self::Backward { w, depth: all } => {
                let from = &w[depth.start * all + first..];
                copy_columns(isa, from, all, rows, depth.len(), to, stride);
            }
            Self::Packed(_) => unreachable!("packed weights are used as they are"),
        }
    }
}

/// The weights of one group for the gradient of the input, packed once for all
/// phases: of each, `[row tile of in][(out, kept tap)][row of the tile]`.
pub(crate) struct Turned {
    values: Scratch,
    /// Where each phase starts.
    starts: Vec<usize>,
}

impl Turned {
    /// `kept` lists the taps of each phase; `w` is `[out, in, taps]`.
    pub(crate) fn new(
        isa: Isa,
        w: &[f32],
        [channels_out, channels_in]: [usize; 2],
        taps: usize,
        kept: &[&[usize]],
        height: usize,
    ) -> Self {
        let tiles = channels_in.div_ceil(height);
        let sizes = kept
            .iter()
            .map(|kept| tiles * channels_out * kept.len() * height);
        let mut len = 0;
        let mut starts = Vec::with_capacity(kept.len());
        for size in sizes {
            starts.push(len);
            len += size;
        }
        let mut values = Scratch::new(len);
        let shared = Disjoint::new(&mut values);
        // Eight tiles at a time: long reads, and the lines being written stay near.
        const TILES: usize = 8;
        let lanes = lanes(isa);
        (0..tiles.div_ceil(TILES))
            .into_par_iter()
            .for_each(|block| {
                let first = block * TILES * height;
                let last = (first + TILES * height).min(channels_in);
                let mut square = vec![0.0; lanes * taps];
                for out in 0..channels_out {
                    for channel in (first..last).step_by(lanes) {
                        let rows = lanes.min(last - channel);
                        let from = &w[(out * channels_in + channel) * taps..];
                        transpose(isa, from, taps, rows, taps, &mut square, lanes);
                        for at in (0..rows).step_by(height) {
                            let tile = (channel + at) / height;
                            for (kept, start) in kept.iter().zip(&starts) {
                                let to = start + (tile * channels_out + out) * kept.len() * height;
                                // SAFETY: every task has its own tiles.
                                let to = unsafe { shared.part(to, kept.len() * height) };
                                for (to, tap) in to.chunks_mut(height).zip(*kept) {
                                    to.copy_from_slice(&square[tap * lanes + at..][..height]);
                                }
                            }
                        }
                    }
                }
            });
        Self { values, starts }
    }

    pub(crate) fn phase(&self, phase: usize) -> WeightRows<'_> {
        WeightRows::Packed(&self.values[self.starts[phase]..])
    }
}

dispatch! {
    /// Copies `rows` floats for each of `columns`, `from_stride` and `to_stride`
    /// apart.
    fn copy_columns(
        from: &[f32],
        from_stride: usize,
        rows: usize,
        columns: usize,
        to: &mut [f32],
        to_stride: usize,
    ) => copy_columns_body
}

#[inline(always)]
fn copy_columns_body<S: Simd>(
    from: &[f32],
    from_stride: usize,
    rows: usize,
    columns: usize,
    to: &mut [f32],
    to_stride: usize,
) {
    /// Columns that are asked for before they are read.
    const AHEAD: usize = 16;
    for column in 0..columns {
        let from = &from[column * from_stride..][..rows];
        let to = &mut to[column * to_stride..][..rows];
        S::prefetch(from.as_ptr().wrapping_add(AHEAD * from_stride));
        // Whole tiles as one move.
        match (
            <&[f32; 8]>::try_from(from),
            <&mut [f32; 8]>::try_from(&mut *to),
        ) {
            (Ok(from), Ok(to)) => *to = *from,
            _ => to.copy_from_slice(from),
        }
    }
}
