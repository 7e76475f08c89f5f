//! The shape of attention.

use crate::error::{ShapeError, volume};

/// Sequences of tokens, and the heads that their features belong to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AttentionShape {
    /// Sequences.
    pub batch: usize,
    /// Heads.
    pub heads: usize,
    /// Features of one head.
    pub features: usize,
    /// Tokens of a sequence.
    pub tokens: usize,
}

impl AttentionShape {
    /// Values of the output `[batch, heads, features, tokens]`, checked to be at least one and to
    /// fit into memory three times.
    pub fn checked_len(&self) -> Result<usize, ShapeError> {
        let all = volume(&[
            ("queries, keys and values", 3),
            ("batch", self.batch),
            ("heads", self.heads),
            ("features of a head", self.features),
            ("tokens", self.tokens),
        ])?;
        Ok(all / 3)
    }

    /// Values of one head of one sequence.
    pub(super) fn head_len(&self) -> usize {
        self.features * self.tokens
    }

    /// Queries, keys and values of all heads, sequence by sequence.
    pub(super) fn operands<'a>(&self, qkv: &'a [f32]) -> Vec<[&'a [f32]; 3]> {
        let (all, one) = (self.heads * self.head_len(), self.head_len());
        qkv.chunks(3 * all)
            .flat_map(|qkv| {
                (0..self.heads)
                    .map(move |head| [0, 1, 2].map(|which| &qkv[which * all + head * one..][..one]))
            })
            .collect()
    }
}
