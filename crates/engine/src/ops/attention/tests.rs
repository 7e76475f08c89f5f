use proptest::prelude::*;

use super::*;
use crate::ops::check::{self, Reference};

fn ours(v: &[Tensor<1>], shape: [usize; 4], heads: usize) -> Tensor<1> {
    // Scores far enough apart that the softmax matters.
    attention(v[0].clone().reshape(shape).mul_scalar(3.0), heads).flatten(0, 3)
}

fn agrees(batch: usize, heads: usize, dim: usize, tokens: usize) {
    let shape = [batch, 3 * heads * dim, tokens, 1];
    check::agree(
        &[check::random(1, shape.iter().product())],
        |v| ours(v, shape, heads),
        |v| {
            let qkv = check::input(v[0].clone().reshape(shape).mul_scalar(3.0));
            check::output::<4>(composed::<Reference>(qkv, heads)).flatten(0, 3)
        },
    );
}

#[test]
fn equals_burn() {
    for [batch, heads, dim, tokens] in [
        [1, 1, 1, 1],
        [2, 3, 4, 7],
        [2, 2, 5, 13],
        [1, 2, 64, 49],
        [1, 3, 16, 197],
    ] {
        agrees(batch, heads, dim, tokens);
    }
}

#[test]
fn bits_do_not_depend_on_threads() {
    let shape = [3, 3 * 2 * 9, 53, 1];
    let inputs = [check::random(1, shape.iter().product())];
    check::same_bits_on_any_number_of_threads(&inputs, |v| ours(v, shape, 2));
}

#[test]
fn nan_stays_in_its_head() {
    let shape = [1, 3 * 2 * 4, 5, 1];
    let mut qkv = check::random(1, shape.iter().product());
    qkv[2] = f32::NAN;
    let results = check::value_and_gradients(&[qkv], |v| ours(v, shape, 2));
    for (index, y) in results[0].iter().enumerate() {
        // The query of token 2 of the first head.
        assert_eq!(y.is_nan(), index < 20 && index % 5 == 2, "{index}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]
    /// Tokens in another order give outputs in that order.
    #[test]
    fn order_of_tokens_does_not_matter(
        heads in 1..4usize, dim in 1..9usize, tokens in 2..70usize, turn in 1..70usize,
    ) {
        let shape = [1, 3 * heads * dim, tokens, 1];
        let qkv = check::random(1, shape.iter().product());
        let rotated = |values: &[f32]| {
            let mut values = values.to_vec();
            for row in values.chunks_mut(tokens) {
                row.rotate_left(turn % tokens);
            }
            values
        };
        let forward = |qkv: Vec<f32>| {
            check::value_and_gradients(&[qkv], |v| ours(v, shape, heads)).swap_remove(0)
        };
        let (plain, moved) = (forward(qkv.clone()), forward(rotated(&qkv)));
        check::close("output", &moved, &rotated(&plain), 1e-5);
    }

    #[test]
    fn any_shape(batch in 1..3usize, heads in 1..4usize, dim in 1..20usize, tokens in 1..110usize) {
        agrees(batch, heads, dim, tokens);
    }
}
