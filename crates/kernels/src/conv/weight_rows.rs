//! The left side of a convolution's product: rows of weights, packed for the
//! register tile.

use std::ops::Range;

use rayon::prelude::*;

use crate::disjoint::Disjoint;
use crate::isa::Isa;
use crate::scratch::Scratch;
use crate::simd::{Simd, dispatch};
use crate::transpose::{transpose, transpose_body};

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
    /// Writes the rows `rows` of the columns `depth` as `[row tile][column][row of
    /// the tile]`, tiles of `height` rows.
    pub(crate) fn pack(
        &self,
        isa: Isa,
        rows: Range<usize>,
        depth: Range<usize>,
        to: &mut [f32],
        height: usize,
    ) {
        match *self {
            Self::Forward { w, depth: all } => {
                let tiles = to.chunks_mut(depth.len() * height);
                for (first, to) in rows.clone().step_by(height).zip(tiles) {
                    let count = height.min(rows.end - first);
                    let from = &w[first * all + depth.start..];
                    transpose(isa, from, all, count, depth.len(), to, height);
                }
            }
            Self::Backward { w, depth: all } => {
                let from = &w[depth.start * all + rows.start..];
                copy_columns(isa, from, all, rows.len(), depth.len(), to, height);
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
        // Eight tiles at a time: long reads, and the lines being written stay near.
        const TILES: usize = 8;
        let task = Turn {
            w,
            channels_in,
            channels_out,
            taps,
            kept,
            starts: &starts,
            height,
            to: Disjoint::new(&mut values),
        };
        (0..tiles.div_ceil(TILES))
            .into_par_iter()
            .for_each(|block| {
                let first = block * TILES * height;
                turn(isa, &task, first..(first + TILES * height).min(channels_in));
            });
        Self { values, starts }
    }

    pub(crate) fn phase(&self, phase: usize) -> WeightRows<'_> {
        WeightRows::Packed(&self.values[self.starts[phase]..])
    }
}

struct Turn<'a> {
    w: &'a [f32],
    channels_in: usize,
    channels_out: usize,
    taps: usize,
    kept: &'a [&'a [usize]],
    starts: &'a [usize],
    height: usize,
    to: Disjoint<'a, f32>,
}

dispatch! {
    /// Packs the tiles of some input channels.
    fn turn(task: &Turn<'_>, channels: Range<usize>) => turn_body
}

#[inline(always)]
fn turn_body<S: Simd>(task: &Turn<'_>, channels: Range<usize>) {
    let height = task.height;
    // As many whole tiles as a vector holds.
    let step = S::LANES / height * height;
    let mut square = vec![0.0; S::LANES * task.taps];
    for out in 0..task.channels_out {
        for channel in channels.clone().step_by(step) {
            let rows = step.min(channels.end - channel);
            let from = &task.w[(out * task.channels_in + channel) * task.taps..];
            transpose_body::<S>(from, task.taps, rows, task.taps, &mut square, S::LANES);
            for at in (0..rows).step_by(height) {
                let tile = (channel + at) / height;
                for (kept, start) in task.kept.iter().zip(task.starts) {
                    let to = start + (tile * task.channels_out + out) * kept.len() * height;
                    // SAFETY: every task has its own tiles.
                    let to = unsafe { task.to.part(to, kept.len() * height) };
                    for (to, tap) in to.chunks_exact_mut(height).zip(*kept) {
                        copy_short(&square[tap * S::LANES + at..][..height], to);
                    }
                }
            }
        }
    }
}

/// A copy that is one move for whole tiles.
#[inline(always)]
fn copy_short(from: &[f32], to: &mut [f32]) {
    match (
        <&[f32; 8]>::try_from(from),
        <&mut [f32; 8]>::try_from(&mut *to),
    ) {
        (Ok(from), Ok(to)) => *to = *from,
        _ => to.iter_mut().zip(from).for_each(|(to, from)| *to = *from),
    }
}

dispatch! {
    /// Copies `rows` floats for each of `columns`, which are `stride` apart, to
    /// tiles of `height` rows.
    fn copy_columns(
        from: &[f32],
        stride: usize,
        rows: usize,
        columns: usize,
        to: &mut [f32],
        height: usize,
    ) => copy_columns_body
}

#[inline(always)]
fn copy_columns_body<S: Simd>(
    from: &[f32],
    stride: usize,
    rows: usize,
    columns: usize,
    to: &mut [f32],
    height: usize,
) {
    /// Columns that are asked for before they are read.
    const AHEAD: usize = 8;
    for column in 0..columns {
        let from = &from[column * stride..][..rows];
        for at in (0..rows).step_by(16) {
            S::prefetch(from.as_ptr().wrapping_add(AHEAD * stride + at));
        }
        for (tile, from) in from.chunks(height).enumerate() {
            let to = &mut to[(tile * columns + column) * height..][..from.len()];
            copy_short(from, to);
        }
    }
}
