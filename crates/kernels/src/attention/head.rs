//! One head of one sequence, a block of queries at a time.
//!
//! Scores lie as `[key][query]`: lanes are queries, and keys and values are read where they lie.

use super::product::{Factor, Size, multiply};
use super::shape::AttentionShape;
use super::softmax::{softmax, softmax_backward};
use crate::gemm::lanes;
use crate::isa::Isa;
use crate::scratch::{Demand, Scratch};
use crate::transpose::transpose;

/// Queries of a block: whole panels of every instruction set.
const QUERIES: usize = 48;

/// Queries, keys and values of a head, each `[features, tokens]`.
pub(super) type Slices<'a> = [&'a [f32]; 3];

pub(super) struct Head {
    isa: Isa,
    features: usize,
    tokens: usize,
    /// What scores are multiplied with.
    scale: f32,
}

/// Neighbouring queries.
#[derive(Clone, Copy)]
struct Block {
    first: usize,
    count: usize,
    /// `count` in whole vectors.
    columns: usize,
}

impl Head {
    pub(super) fn new(isa: Isa, shape: &AttentionShape) -> Self {
        Self {
            isa,
            features: shape.features,
            tokens: shape.tokens,
            scale: 1.0 / (shape.features as f32).sqrt(),
        }
    }

    fn blocks(&self) -> impl Iterator<Item = Block> {
        let (tokens, lanes) = (self.tokens, lanes(self.isa));
        (0..tokens).step_by(QUERIES).map(move |first| {
            let count = QUERIES.min(tokens - first);
            Block {
                first,
                count,
                columns: count.next_multiple_of(lanes),
            }
        })
    }

    /// Floats of a block: of its features, and of its scores.
    fn block(&self) -> [usize; 2] {
        [self.features, self.tokens].map(|rows| rows * QUERIES)
    }

    /// Tokens in whole vectors.
    fn padded_tokens(&self) -> usize {
        self.tokens.next_multiple_of(lanes(self.isa))
    }

    /// What [`forward`](Self::forward) takes.
    pub(super) fn forward_demand(&self) -> Demand {
        let [features, scores] = self.block().map(Demand::floats);
        features.times(2).and(scores)
    }

    /// What [`backward`](Self::backward) takes.
    pub(super) fn backward_demand(&self) -> Demand {
        let [features, scores] = self.block().map(Demand::floats);
        let all = self.padded_tokens();
        let whole = Demand::floats(self.features * all).times(2);
        let turned = Demand::floats(QUERIES * all);
        features
            .times(3)
            .and(scores.times(2))
            .and(whole)
            .and(turned)
    }

    /// The output for `[queries, keys, values]`.
    pub(super) fn forward(&self, [q, k, v]: Slices<'_>, y: &mut [f32]) {
        let [features, tokens] = self.block();
        let mut queries = Scratch::new(features);
        let mut scores = Scratch::new(tokens);
        let mut means = Scratch::new(features);
        for block in self.blocks() {
            self.gather(block, q, self.scale, &mut queries);
            let scores = &mut scores[..self.tokens * block.columns];
            self.probabilities(block, k, &queries, scores);
            let size = self.features_by_queries(block);
            let values = Factor::Rows(v, self.tokens);
            multiply(self.isa, size, values, scores, &mut means, false);
            self.scatter(block, &means, 1.0, y);
        }
    }

    /// The gradients of `[queries, keys, values]`.
    pub(super) fn backward(
        &self,
        [q, k, v]: Slices<'_>,
        dy: &[f32],
        [dq, dk, dv]: [&mut [f32]; 3],
    ) {
        let (features, tokens) = (self.features, self.tokens);
        let all = self.padded_tokens();
        let [block_features, block_scores] = self.block();
        let mut queries = Scratch::new(block_features);
        let mut block_dy = Scratch::new(block_features);
        let mut block_dq = Scratch::new(block_features);
        let mut probabilities = Scratch::new(block_scores);
        let mut gradients = Scratch::new(block_scores);
        let mut turned = Scratch::new(QUERIES * all);
        // Columns beyond the last token only reach columns that nobody reads.
        turned.fill(0.0);
        let mut whole = [(); 2].map(|()| Scratch::new(features * all));
        for block in self.blocks() {
            let columns = block.columns;
            let probabilities = &mut probabilities[..tokens * columns];
            let gradients = &mut gradients[..tokens * columns];
            self.gather(block, q, self.scale, &mut queries);
            self.gather(block, dy, 1.0, &mut block_dy);
            self.probabilities(block, k, &queries, probabilities);
            let values = Factor::Columns(v, tokens);
            let size = self.keys_by_queries(block);
            multiply(self.isa, size, values, &block_dy, gradients, false);
            softmax_backward(self.isa, probabilities, gradients, columns);

            let keys = Factor::Rows(k, tokens);
            let size = self.features_by_queries(block);
            multiply(self.isa, size, keys, gradients, &mut block_dq, false);
            self.scatter(block, &block_dq, self.scale, dq);

            let size = Size {
                rows: features,
                depth: columns,
                columns: all,
            };
            let sides = [(&*gradients, &queries), (&*probabilities, &block_dy)];
            for ((matrix, left), whole) in sides.into_iter().zip(&mut whole) {
                transpose(self.isa, matrix, columns, tokens, columns, &mut turned, all);
                let left = Factor::Rows(left, columns);
                multiply(self.isa, size, left, &turned, whole, block.first > 0);
            }
        }
        for (whole, gradient) in whole.iter().zip([dk, dv]) {
            for (row, gradient) in whole.chunks(all).zip(gradient.chunks_mut(tokens)) {
                gradient.copy_from_slice(&row[..tokens]);
            }
        }
    }

    /// `[key][query]`, each query's adding up to 1.
    fn probabilities(&self, block: Block, k: &[f32], queries: &[f32], scores: &mut [f32]) {
        let keys = Factor::Columns(k, self.tokens);
        let size = self.keys_by_queries(block);
        multiply(self.isa, size, keys, queries, scores, false);
        softmax(self.isa, scores, block.columns);
    }

    fn keys_by_queries(&self, block: Block) -> Size {
        Size {
            rows: self.tokens,
            depth: self.features,
            columns: block.columns,
        }
    }

    fn features_by_queries(&self, block: Block) -> Size {
        Size {
            rows: self.features,
            depth: self.tokens,
            columns: block.columns,
        }
    }

    /// The columns of a block times `scale`, zeros where it ends within a vector.
    fn gather(&self, block: Block, from: &[f32], scale: f32, to: &mut [f32]) {
        let rows = to.chunks_mut(block.columns).zip(from.chunks(self.tokens));
        for (to, from) in rows {
            let (to, rest) = to.split_at_mut(block.count);
            for (to, from) in to.iter_mut().zip(&from[block.first..]) {
                *to = from * scale;
            }
            rest.fill(0.0);
        }
    }

    /// The inverse of [`gather`](Self::gather), times `scale`.
    fn scatter(&self, block: Block, from: &[f32], scale: f32, to: &mut [f32]) {
        let rows = to.chunks_mut(self.tokens).zip(from.chunks(block.columns));
        for (to, from) in rows {
            for (to, from) in to[block.first..].iter_mut().zip(&from[..block.count]) {
                *to = from * scale;
            }
        }
    }
}
