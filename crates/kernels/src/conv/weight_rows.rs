//! The left side of a convolution's product: rows of weights, packed for the
//! register tile.

use std::ops::Range;

use rayon::prelude::*;

use crate::disjoint::Disjoint;
use crate::isa::Isa;
use crate::pairs::pair_lines;
use crate::precision::Precision;
use crate::scratch::Scratch;
use crate::simd::{Simd, dispatch, dispatch_pairs};
use crate::transpose::{transpose, transpose_body, transpose_pairs};

/// The weights `[out, in, taps]` of one group, seen as a matrix.
pub(crate) enum WeightRows<'a> {
    /// `[out, (in, tap)]`: as they lie.
    Forward { w: &'a [f32], depth: usize },
    /// `[in, out]`, of weights `[out, in]`: for the gradient of the input.
    Backward { w: &'a [f32], depth: usize },
    /// Packed already: `[row tile][word of columns][row of the tile]`.
    Packed(&'a [f32]),
}

impl WeightRows<'_> {
    /// Writes the rows `rows` of the columns `depth` as `[row tile][word of
    /// columns][row of the tile]`, tiles of `height` rows.
    pub(crate) fn pack(
        &self,
        isa: Isa,
        precision: Precision,
        rows: Range<usize>,
        depth: Range<usize>,
        to: &mut [f32],
        height: usize,
    ) {
        match *self {
            Self::Forward { w, depth: all } => {
                let tiles = to.chunks_mut(precision.words(depth.len()) * height);
                for (first, to) in rows.clone().step_by(height).zip(tiles) {
                    let count = height.min(rows.end - first);
                    let from = &w[first * all + depth.start..];
                    match precision {
                        Precision::Single => {
                            transpose(isa, from, all, count, depth.len(), to, height);
                        }
                        Precision::Bf16 => {
                            transpose_pairs(isa, from, all, count, depth.len(), to, height);
                        }
                    }
                }
            }
            Self::Backward { w, depth: all } => {
                let from = &w[depth.start * all + rows.start..];
                match precision {
                    Precision::Single => {
                        copy_columns(isa, from, all, rows.len(), depth.len(), to, height);
                    }
                    Precision::Bf16 => {
                        pair_columns(isa, from, all, rows.len(), depth.len(), to, height);
                    }
                }
            }
            Self::Packed(_) => unreachable!("packed weights are used as they are"),
        }
    }
}

/// The weights of one group for the gradient of the input, packed once for all
/// phases: of each, `[row tile of in][word of (out, kept tap)][row of the tile]`.
pub(crate) struct Turned {
    values: Scratch,
    /// Where each phase starts.
    starts: Vec<usize>,
}

impl Turned {
    /// `kept` lists the taps of each phase; `w` is `[out, in, taps]`.
    pub(crate) fn new(
        isa: Isa,
        precision: Precision,
        w: &[f32],
        [channels_out, channels_in]: [usize; 2],
        taps: usize,
        kept: &[&[usize]],
        height: usize,
    ) -> Self {
        let tiles = channels_in.div_ceil(height);
        let channels = [channels_out, channels_in];
        let kept_taps = kept.iter().map(|kept| kept.len());
        let sizes = Self::words(precision, channels, kept_taps, height);
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
            precision,
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

    /// Words of each phase, by the number of taps it keeps.
    pub(crate) fn words(
        precision: Precision,
        [channels_out, channels_in]: [usize; 2],
        kept: impl Iterator<Item = usize>,
        height: usize,
    ) -> impl Iterator<Item = usize> {
        let rows = channels_in.next_multiple_of(height);
        kept.map(move |kept| rows * precision.words(channels_out * kept))
    }

    pub(crate) fn phase(&self, phase: usize) -> WeightRows<'_> {
        WeightRows::Packed(&self.values[self.starts[phase]..])
    }
}

struct Turn<'a> {
    precision: Precision,
    w: &'a [f32],
    channels_in: usize,
    channels_out: usize,
    taps: usize,
    kept: &'a [&'a [usize]],
    starts: &'a [usize],
    height: usize,
    to: Disjoint<'a, f32>,
}

dispatch_pairs! {
    /// Packs the tiles of some input channels.
    fn turn(task: &Turn<'_>, channels: Range<usize>) => turn_body
}

#[inline(always)]
fn turn_body<S: Simd>(task: &Turn<'_>, channels: Range<usize>) {
    /// Output channels that are asked for before they are read.
    const AHEAD: usize = 4;
    let height = task.height;
    // As many whole tiles as a vector holds.
    let step = S::LANES / height * height;
    // The output channels whose operands fill whole words, whatever taps are kept.
    let together = task.precision.per_word();
    let mut square = vec![0.0; together * S::LANES * task.taps];
    let mut pairs = vec![0.0; S::LANES * task.taps];
    for out in (0..task.channels_out).step_by(together) {
        for channel in channels.clone().step_by(step) {
            let rows = step.min(channels.end - channel);
            for (at, square) in square.chunks_mut(S::LANES * task.taps).enumerate() {
                if out + at == task.channels_out {
                    square.fill(0.0);
                    continue;
                }
                let from = &task.w[((out + at) * task.channels_in + channel) * task.taps..];
                // Output channels are too far apart for the hardware to foresee.
                let ahead = AHEAD * task.channels_in * task.taps;
                for line in (0..rows * task.taps).step_by(16) {
                    S::prefetch(from.as_ptr().wrapping_add(ahead + line));
                }
                transpose_body::<S>(from, task.taps, rows, task.taps, square, S::LANES);
            }
            for (kept, start) in task.kept.iter().zip(task.starts) {
                let depth = task.precision.words(task.channels_out * kept.len());
                let first = out / together * kept.len();
                let words = kept.len().min(depth - first);
                match task.precision {
                    Precision::Single => {}
                    Precision::Bf16 => {
                        let operand = |index: usize| {
                            let tap = index / kept.len() * task.taps + kept[index % kept.len()];
                            &square[tap * S::LANES..][..S::LANES]
                        };
                        for (at, pairs) in pairs.chunks_mut(S::LANES).take(words).enumerate() {
                            pair_lines::<S>(operand(2 * at), Some(operand(2 * at + 1)), pairs);
                        }
                    }
                }
                for row in (0..rows).step_by(height) {
                    let tile = (channel + row) / height;
                    let to = start + (tile * depth + first) * height;
                    // SAFETY: every task has its own tiles.
                    let to = unsafe { task.to.part(to, words * height) };
                    for (at, to) in to.chunks_exact_mut(height).enumerate() {
                        let values = match task.precision {
                            Precision::Single => &square[kept[at] * S::LANES..],
                            Precision::Bf16 => &pairs[at * S::LANES..],
                        };
                        copy_short(&values[row..][..height], to);
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

dispatch_pairs! {
    /// [`copy_columns`] of pairs of neighbouring columns.
    fn pair_columns(
        from: &[f32],
        stride: usize,
        rows: usize,
        columns: usize,
        to: &mut [f32],
        height: usize,
    ) => pair_columns_body
}

#[inline(always)]
fn pair_columns_body<S: Simd>(
    from: &[f32],
    stride: usize,
    rows: usize,
    columns: usize,
    to: &mut [f32],
    height: usize,
) {
    /// Columns that are asked for before they are read.
    const AHEAD: usize = 8;
    /// Tiles that are paired at a time.
    const TILES: usize = 8;
    let words = columns.div_ceil(2);
    let mut line = [0.0_f32; 128];
    for word in 0..words {
        let first = &from[2 * word * stride..][..rows];
        let second = (2 * word + 1 < columns).then(|| &from[(2 * word + 1) * stride..][..rows]);
        for column in [AHEAD, AHEAD + 1] {
            for at in (0..rows).step_by(16) {
                S::prefetch(first.as_ptr().wrapping_add(column * stride + at));
            }
        }
        for start in (0..rows).step_by(TILES * height) {
            let count = (TILES * height).min(rows - start);
            let line = &mut line[..count];
            pair_lines::<S>(&first[start..], second.map(|second| &second[start..]), line);
            for (tile, from) in line.chunks(height).enumerate() {
                let tile = start / height + tile;
                let to = &mut to[(tile * words + word) * height..][..from.len()];
                copy_short(from, to);
            }
        }
    }
}
