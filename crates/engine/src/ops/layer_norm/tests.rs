use proptest::prelude::*;

use super::*;
use crate::ops::check::{self, Reference};

fn inputs(shape: [usize; 4]) -> [Vec<f32>; 3] {
    [
        check::random(1, shape.iter().product()),
        check::random(2, shape[1]),
        check::random(3, shape[1]),
    ]
}

fn ours(v: &[Tensor<1>], shape: [usize; 4]) -> Tensor<1> {
    let x = v[0].clone().reshape(shape);
    layer_norm(x, v[1].clone(), v[2].clone(), 1e-5).flatten(0, 3)
}

#[test]
fn equals_burn() {
    for shape in [
        [2, 5, 3, 4],
        [3, 40, 1, 1],
        [2, 1, 2, 2],
        [1, 7, 13, 1],
        [2, 24, 197, 1],
        [2, 3, 20, 21],
    ] {
        check::agree(
            &inputs(shape),
            |v| ours(v, shape),
            |v| {
                let x = check::input(v[0].clone().reshape(shape));
                let [gamma, beta] = [1, 2].map(|i| check::input(v[i].clone()));
                let y = composed::<Reference>(x, gamma, beta, 1e-5);
                check::output::<4>(y).flatten(0, 3)
            },
        );
    }
}

#[test]
fn bits_do_not_depend_on_threads() {
    for shape in [[3, 40, 17, 19], [7, 40, 1, 1]] {
        check::same_bits_on_any_number_of_threads(&inputs(shape), |v| ours(v, shape));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    /// The output forgets where `x` lies and how wide it is spread, and the gradient of `x` is
    /// orthogonal to both directions.
    #[test]
    fn shift_and_scale_do_not_matter(
        batch in 1..3usize, channels in 8..40usize, rows in 1..5usize, columns in 1..30usize,
        shift in -30.0..30.0_f32, scale in 1.0..9.0_f32,
    ) {
        let shape = [batch, channels, rows, columns];
        let plain = inputs(shape);
        let mut moved = plain.clone();
        moved[0].iter_mut().for_each(|x| *x = *x * scale + shift);
        let plain_results = check::value_and_gradients(&plain, |v| ours(v, shape));
        let results = check::value_and_gradients(&moved, |v| ours(v, shape));
        check::close("output", &results[0], &plain_results[0], 1e-3);

        let plane = rows * columns;
        let (x, dx) = (&plain[0], &plain_results[1]);
        for pixel in 0..batch * plane {
            let at = |c: usize| (pixel / plane * channels + c) * plane + pixel % plane;
            let sum: f64 = (0..channels).map(|c| f64::from(dx[at(c)])).sum();
            let along: f64 = (0..channels).map(|c| f64::from(dx[at(c)] * x[at(c)])).sum();
            let size: f64 = (0..channels).map(|c| f64::from(dx[at(c)].abs())).sum();
            prop_assert!(sum.abs() <= 1e-5 * size.max(1e-3), "{sum} of {size}");
            // Epsilon breaks the second one a little.
            prop_assert!(along.abs() <= 1e-3 * size.max(1e-3), "{along} of {size}");
        }
    }
}
