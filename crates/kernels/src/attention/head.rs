//! One head of one sequence, a block of queries at a time.
//!
//! Scores lie as `[key][query]`: lanes are queries, and keys and values are read where they lie.

use super::block::{Block, QUERIES};
use super::product::{Factor, Size, multiply};
use super::shape::AttentionShape;
use super::softmax::{exponentials, softmax_backward};
use crate::gemm::{Ahead, lanes};
use crate::isa::Isa;
use crate::scratch::{Demand, Scratch};
use crate::transpose::transpose;

/// Queries, keys and values of a head, each `[features, tokens]`.
pub(crate) type Slices<'a> = [&'a [f32]; 3];

pub(crate) struct Head {
    isa: Isa,
    features: usize,
    tokens: usize,
    /// What scores are multiplied with.
    scale: f32,
}

impl Head {
    pub(crate) fn new(isa: Isa, shape: &AttentionShape) -> Self {
        Self {
            isa,
            features: shape.features,
            tokens: shape.tokens,
            scale: 1.0 / (shape.features as f32).sqrt(),
        }
    }

    /// What [`forward`](Self::forward) takes.
    pub(crate) fn forward_demand(&self) -> Demand {
        let [block, scores] = [self.block_len(), self.scores_len()].map(Demand::floats);
        block.times(2).and(scores)
    }

    /// What [`backward`](Self::backward) takes.
    pub(crate) fn backward_demand(&self) -> Demand {
        let [block, scores] = [self.block_len(), self.scores_len()].map(Demand::floats);
        let [turned, sums] = [self.turned_len(), self.sums_len()].map(Demand::floats);
        block
            .times(3)
            .and(scores.times(2))
            .and(turned)
            .and(sums.times(2))
    }

    /// The output for `[queries, keys, values]`; `bias` `[key][query]` is added to the scores. What
    /// follows needs `next`.
    pub(crate) fn forward(
        &self,
        [q, k, v]: Slices<'_>,
        bias: Option<&[f32]>,
        y: &mut [f32],
        next: &[&[f32]],
    ) {
        let isa = self.isa;
        let ahead = &mut ask(&[v, y], next);
        let [mut queries, mut means] = [(); 2].map(|()| Scratch::new(self.block_len()));
        let mut scores = Scratch::new(self.scores_len());
        for block in Block::all(self.tokens) {
            block.gather(isa, q, self.tokens, self.scale, &mut queries);
            let scores = &mut scores[..self.tokens * block.columns];
            let factors = self.exponentials(block, [k, &queries], bias, scores, ahead);
            let size = self.features_by_queries(block);
            let values = Factor::Rows(v, self.tokens);
            multiply(isa, size, values, scores, &mut means, false, ahead);
            block.scatter(isa, &means, &factors, y, self.tokens);
        }
    }

    /// The gradients of `[queries, keys, values]`; that of a `bias`, as of [`forward`](Self::forward),
    /// is added to what stands beside it. What follows needs `next`.
    pub(crate) fn backward(
        &self,
        [q, k, v]: Slices<'_>,
        mut bias: Option<(&[f32], &mut [f32])>,
        dy: &[f32],
        [dq, dk, dv]: [&mut [f32]; 3],
        next: &[&[f32]],
    ) {
        let (isa, features, tokens) = (self.isa, self.features, self.tokens);
        let ahead = &mut ask(&[dy, v, dq, dk, dv], next);
        let [mut queries, mut block_dy, mut block_dq] =
            [(); 3].map(|()| Scratch::new(self.block_len()));
        let [mut probabilities, mut gradients] = [(); 2].map(|()| Scratch::new(self.scores_len()));
        let mut turned = Scratch::new(self.turned_len());
        let mut sums = [(); 2].map(|()| Scratch::new(self.sums_len()));
        for block in Block::all(tokens) {
            let columns = block.columns;
            let probabilities = &mut probabilities[..tokens * columns];
            let gradients = &mut gradients[..tokens * columns];
            block.gather(isa, q, tokens, self.scale, &mut queries);
            block.gather(isa, dy, tokens, 1.0, &mut block_dy);
            let own = bias.as_ref().map(|(bias, _)| *bias);
            let factors = self.exponentials(block, [k, &queries], own, probabilities, ahead);
            let values = Factor::Columns(v, tokens);
            let size = self.keys_by_queries(block);
            multiply(isa, size, values, &block_dy, gradients, false, ahead);
            softmax_backward(isa, probabilities, &factors, gradients, columns);
            if let Some((_, dbias)) = &mut bias {
                let rows = dbias.chunks_mut(tokens).zip(gradients.chunks(columns));
                rows.for_each(|(to, from)| add(&mut to[block.first..][..block.count], from));
            }

            let keys = Factor::Rows(k, tokens);
            let size = self.features_by_queries(block);
            multiply(isa, size, keys, gradients, &mut block_dq, false, ahead);
            block.scatter(isa, &block_dq, &[self.scale; QUERIES], dq, tokens);

            let size = self.keys_by_features(block);
            let sides = [(&*gradients, &queries), (&*probabilities, &block_dy)];
            for ((matrix, right), sums) in sides.into_iter().zip(&mut sums) {
                let wide = size.columns;
                transpose(
                    isa,
                    right,
                    columns,
                    features,
                    block.count,
                    &mut turned,
                    wide,
                );
                let matrix = Factor::Rows(matrix, columns);
                multiply(isa, size, matrix, &turned, sums, block.first > 0, ahead);
            }
        }
        for (sums, gradient) in sums.iter().zip([dk, dv]) {
            let wide = self.padded_features();
            transpose(isa, sums, wide, tokens, features, gradient, tokens);
        }
    }

    /// Exponentials of the scores as `[key][query]`, and what makes each query's add up to 1.
    fn exponentials(
        &self,
        block: Block,
        [k, queries]: [&[f32]; 2],
        bias: Option<&[f32]>,
        scores: &mut [f32],
        ahead: &mut Ahead,
    ) -> [f32; QUERIES] {
        let keys = Factor::Columns(k, self.tokens);
        let size = self.keys_by_queries(block);
        multiply(self.isa, size, keys, queries, scores, false, ahead);
        if let Some(bias) = bias {
            let rows = scores
                .chunks_mut(block.columns)
                .zip(bias.chunks(self.tokens));
            rows.for_each(|(to, from)| add(&mut to[..block.count], &from[block.first..]));
        }
        exponentials(self.isa, scores, block.columns)
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

    fn keys_by_features(&self, block: Block) -> Size {
        Size {
            rows: self.tokens,
            depth: block.count,
            columns: self.padded_features(),
        }
    }

    /// Features in whole vectors.
    fn padded_features(&self) -> usize {
        self.features.next_multiple_of(lanes(self.isa))
    }

    /// Values of one block of queries.
    fn block_len(&self) -> usize {
        self.features * QUERIES
    }

    /// Scores of one block of queries.
    fn scores_len(&self) -> usize {
        self.tokens * QUERIES
    }

    /// Values of one block of queries as `[query][feature]`.
    fn turned_len(&self) -> usize {
        QUERIES * self.padded_features()
    }

    /// The gradient of keys or values as `[key][feature]`.
    fn sums_len(&self) -> usize {
        self.tokens * self.padded_features()
    }
}

/// Adds as many numbers as `to` has.
fn add(to: &mut [f32], from: &[f32]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to += from;
    }
}

/// What a head needs after its first scores, and what the next one needs for them.
fn ask(own: &[&[f32]], next: &[&[f32]]) -> Ahead {
    let mut ahead = Ahead::default();
    for values in own.iter().chain(next) {
        ahead.add(values);
    }
    ahead
}
