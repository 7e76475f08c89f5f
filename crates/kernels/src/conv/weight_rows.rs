//! The left side of a convolution's product: rows of weights, packed for the
//! register tile.

use std::ops::Range;

use crate::isa::Isa;
use crate::simd::{Simd, dispatch};
use crate::transpose::transpose;

/// The weights `[out, in, taps]` of one group, seen as a matrix.
pub(crate) enum WeightRows<'a> {
    /// `[out, (in, tap)]`: as they lie.
    Forward { w: &'a [f32], depth: usize },
    /// `[in, (out, kept tap)]`: for the gradient of the input.
    Backward {
        w: &'a [f32],
        depth: usize,
        taps: usize,
        kept: &'a [usize],
    },
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
            Self::Backward {
                w,
                depth: all,
                taps: 1,
                ..
            } => {
                let from = &w[depth.start * all + first..];
                copy_columns(isa, from, all, rows, depth.len(), to, stride);
            }
            Self::Backward {
                w,
                depth: all,
                taps,
                kept,
            } => {
                for (column, to) in depth.zip(to.chunks_mut(stride)) {
                    let (out, tap) = (column / kept.len(), kept[column % kept.len()]);
                    let from = &w[out * all + first * taps + tap..];
                    for (row, to) in to.iter_mut().take(rows).enumerate() {
                        *to = from[row * taps];
                    }
                }
            }
        }
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
