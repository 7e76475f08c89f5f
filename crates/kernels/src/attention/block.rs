//! Neighbouring queries, taken out of a head and put back.

use crate::isa::Isa;
use crate::simd::{Simd, dispatch};

/// Most queries of a block: whole panels of every instruction set.
pub(super) const QUERIES: usize = 48;
/// Columns that a block is padded to a multiple of: whole vectors of every instruction set.
const VECTOR: usize = 16;

/// Neighbouring queries.
#[derive(Clone, Copy)]
pub(super) struct Block {
    pub first: usize,
    pub count: usize,
    /// `count` in whole vectors.
    pub columns: usize,
}

impl Block {
    /// The blocks of so many tokens.
    pub(super) fn all(tokens: usize) -> impl Iterator<Item = Self> {
        (0..tokens).step_by(QUERIES).map(move |first| {
            let count = QUERIES.min(tokens - first);
            Self {
                first,
                count,
                columns: count.next_multiple_of(VECTOR),
            }
        })
    }

    /// The block's columns of rows of `tokens` values, times `scale`; zeros in the columns
    /// beyond.
    pub(super) fn gather(self, isa: Isa, from: &[f32], tokens: usize, scale: f32, to: &mut [f32]) {
        gather(isa, self, from, tokens, scale, to);
    }

    /// The inverse of [`gather`](Self::gather), times the factor of each column.
    pub(super) fn scatter(
        self,
        isa: Isa,
        from: &[f32],
        factors: &[f32; QUERIES],
        to: &mut [f32],
        tokens: usize,
    ) {
        scatter(isa, self, from, factors, to, tokens);
    }
}

dispatch! {
    fn gather(block: Block, from: &[f32], tokens: usize, scale: f32, to: &mut [f32])
        => gather_body
}

#[inline(always)]
fn gather_body<S: Simd>(block: Block, from: &[f32], tokens: usize, scale: f32, to: &mut [f32]) {
    let rows = to.chunks_mut(block.columns).zip(from.chunks(tokens));
    for (to, from) in rows {
        let from = &from[block.first..][..block.count];
        let (to, rest) = to.split_at_mut(block.count);
        times::<S>(from, &[scale; QUERIES], to);
        rest.fill(0.0);
    }
}

dispatch! {
    fn scatter(
        block: Block,
        from: &[f32],
        factors: &[f32; QUERIES],
        to: &mut [f32],
        tokens: usize,
    ) => scatter_body
}

#[inline(always)]
fn scatter_body<S: Simd>(
    block: Block,
    from: &[f32],
    factors: &[f32; QUERIES],
    to: &mut [f32],
    tokens: usize,
) {
    let rows = to.chunks_mut(tokens).zip(from.chunks(block.columns));
    for (to, from) in rows {
        times::<S>(
            &from[..block.count],
            factors,
            &mut to[block.first..][..block.count],
        );
    }
}

/// Lane by lane.
#[inline(always)]
fn times<S: Simd>(from: &[f32], factors: &[f32; QUERIES], to: &mut [f32]) {
    let len = to.len();
    assert!(from.len() == len && len <= QUERIES, "rows of a block");
    for at in (0..len).step_by(S::LANES) {
        let count = S::LANES.min(len - at);
        // SAFETY: `at + count` is at most the length of each.
        unsafe {
            let value = S::load_some(from.as_ptr().add(at), count);
            let factor = S::load_some(factors.as_ptr().add(at), count);
            S::store_some(to.as_mut_ptr().add(at), S::mul(value, factor), count);
        }
    }
}
