//! Tensors made of the pretrained entries in other places.

use rand::RngExt as _;
use rand::seq::SliceRandom as _;
use rand_chacha::ChaCha8Rng;

/// The entries in random order.
pub(super) fn shuffled(values: &[f32], stream: &mut ChaCha8Rng) -> Vec<f32> {
    let mut values = values.to_vec();
    values.shuffle(stream);
    values
}

/// As many entries, each drawn from all of them with equal chances.
pub(super) fn bootstrapped(values: &[f32], stream: &mut ChaCha8Rng) -> Vec<f32> {
    let draw = |_| values[stream.random_range(0..values.len())];
    (0..values.len()).map(draw).collect()
}
