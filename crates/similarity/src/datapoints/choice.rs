//! Some of many, all choices equally likely.

use rand::seq::SliceRandom as _;
use rand_chacha::ChaCha8Rng;

/// `count` of `0..of`, all choices equally likely, ascending; all where there are no more.
pub(crate) fn choose(draw: &mut ChaCha8Rng, of: usize, count: usize) -> Vec<usize> {
    let mut all: Vec<usize> = (0..of).collect();
    let (chosen, _) = all.partial_shuffle(draw, count.min(of));
    let mut chosen = chosen.to_vec();
    chosen.sort_unstable();
    chosen
}
