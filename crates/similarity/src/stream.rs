//! Named random streams: the only source of randomness.

use rand::SeedableRng as _;
use rand::seq::SliceRandom as _;
use rand_chacha::ChaCha8Rng;
use sha2::{Digest as _, Sha256};

/// The stream for one purpose, derived from a seed and an index (a permutation, an image).
pub(crate) fn stream(seed: u64, purpose: &str, index: u64) -> ChaCha8Rng {
    let mut hash = Sha256::new();
    hash.update(seed.to_le_bytes());
    hash.update((purpose.len() as u64).to_le_bytes());
    hash.update(purpose.as_bytes());
    hash.update(index.to_le_bytes());
    ChaCha8Rng::from_seed(hash.finalize().into())
}

/// `count` of `0..of`, all choices equally likely, ascending; all where there are no more.
pub(crate) fn choose(draw: &mut ChaCha8Rng, of: usize, count: usize) -> Vec<usize> {
    let mut all: Vec<usize> = (0..of).collect();
    let (chosen, _) = all.partial_shuffle(draw, count.min(of));
    let mut chosen = chosen.to_vec();
    chosen.sort_unstable();
    chosen
}
