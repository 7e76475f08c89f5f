//! Self-attention.

use engine::BufferId;

use super::builder::Builder;
use super::launch::{Argument, int};
use super::maps::MapType;

/// The widest head that there are kernels for.
pub const MOST_FEATURES: usize = 128;

/// Sequences, tokens of each, and numbers of a token of a head.
pub(super) struct Extents {
    sequences: usize,
    tokens: usize,
    heads: usize,
    features: usize,
}

/// A kernel, and the tokens of one of its blocks.
pub(super) type Tiles = (&'static str, usize);

/// `softmax(query keyᵀ / √features) value` of every head.
///
/// # Panics
/// Panics if a head has more than 128 features.
pub fn attention(b: &mut Builder<'_>, heads: usize, qkv: BufferId, y: BufferId) {
    let extents = Extents::of(b, heads, qkv);
    let operands = [b.of(qkv), b.of(y)];
    let choice = [
        ("attention_wide", 128),
        ("attention_64", 64),
        ("attention_128", 32),
    ];
    extents.launch(b, choice, &operands, &[]);
}

/// The gradient of [`attention`].
///
/// # Panics
/// Panics if a head has more than 128 features.
pub fn attention_gradient(
    b: &mut Builder<'_>,
    heads: usize,
    qkv: BufferId,
    dy: BufferId,
    dqkv: BufferId,
) {
    let extents = Extents::of(b, heads, qkv);
    let [tops, slopes] = extents.statistics(b);
    let read = [b.of(qkv), b.of(dy), tops, slopes];
    let choice = [
        ("attention_statistics_wide", 128),
        ("attention_statistics_64", 64),
        ("attention_statistics_128", 32),
    ];
    extents.launch(b, choice, &read, &[]);
    let operands = [&read[..], &[b.of(dqkv)]].concat();
    let choice = [
        ("attention_query_gradient_wide", 128),
        ("attention_query_gradient_64", 32),
        ("attention_query_gradient_128", 16),
    ];
    extents.launch(b, choice, &operands, &[]);
    let choice = [
        ("attention_key_gradient_wide", 128),
        ("attention_key_gradient_64", 32),
        ("attention_key_gradient_128", 16),
    ];
    extents.launch(b, choice, &operands, &[]);
}

impl Extents {
    fn of(b: &Builder<'_>, heads: usize, qkv: BufferId) -> Self {
        let map = b.map(qkv);
        Self::new(map.batch, map.plane(), heads, map.channels / 3 / heads)
    }

    /// # Panics
    /// Panics if a head has more than 128 features.
    pub fn new(sequences: usize, tokens: usize, heads: usize, features: usize) -> Self {
        assert!(
            features <= MOST_FEATURES,
            "a head of {features} features is too large"
        );
        Self {
            sequences,
            tokens,
            heads,
            features,
        }
    }

    /// Room for two numbers of every query of every head.
    pub fn statistics(&self, b: &mut Builder<'_>) -> [Argument; 2] {
        let queries = self.sequences * self.heads * self.tokens;
        [(); 2].map(|()| b.scratch(queries * size_of::<f32>()))
    }

    /// Launches the first of three kernels that takes such heads: up to 64 features in whole wide
    /// loads on tensor cores, up to 64, up to 128. The extents stand between operands and `last`.
    pub fn launch(
        &self,
        b: &mut Builder<'_>,
        choice: [Tiles; 3],
        operands: &[Argument],
        last: &[Argument],
    ) {
        let on_tensor_cores = b.maps == MapType::Bf16 && b.is_wide(self.features);
        let (kernel, tokens) = match self.features {
            ..=64 if on_tensor_cores => choice[0],
            ..=64 => choice[1],
            _ => choice[2],
        };
        let extents = [self.tokens, self.heads, self.features].map(int);
        let blocks = self.tokens.div_ceil(tokens) * self.heads * self.sequences;
        let arguments = [operands, &extents, last].concat();
        b.launch(kernel, [blocks as u32, 1], arguments);
    }
}
