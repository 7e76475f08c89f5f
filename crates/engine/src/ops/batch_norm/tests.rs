use kernels::Precision;

use super::*;
use crate::ops::check::{self, Reference};
use crate::ops::conv2d;
use networks::ConvGeometry;

const EPSILON: f64 = 1e-5;
const WINDOW: PoolGeometry = PoolGeometry {
    kernel: [3; 2],
    stride: [2; 2],
    padding: [1; 2],
    ceil: false,
};

fn as_burn_has_it(x: Tensor<4>, gamma: Tensor<1>, beta: Tensor<1>, then: Then) -> BatchNormed {
    let (y, mean, variance) = composed::<Reference>(
        check::input(x),
        check::input(gamma),
        check::input(beta),
        EPSILON,
        then,
    );
    BatchNormed {
        y: check::output(y),
        mean: check::output(mean),
        variance: check::output(variance),
        recipe: Recipe::default(),
    }
}

fn inputs(shape: [usize; 4]) -> [Vec<f32>; 3] {
    let x = check::random(1, shape.iter().product());
    let gamma = check::random(2, shape[1]).iter().map(|v| v + 0.3).collect();
    [
        x.iter().map(|v| 2.0 * v + 0.7).collect(),
        gamma,
        check::random(3, shape[1]),
    ]
}

#[test]
fn equals_burn_whatever_follows() {
    let padless = PoolGeometry {
        kernel: [2; 2],
        stride: [2; 2],
        padding: [0; 2],
        ceil: false,
    };
    for shape in [
        [4, 3, 8, 8],
        [1, 5, 7, 9],
        [3, 17, 5, 5],
        [2, 1, 33, 31],
        [2, 4, 2, 3],
    ] {
        for then in [
            Then::Nothing,
            Then::Relu,
            Then::ReluMaxPool(WINDOW),
            Then::ReluMaxPool(padless),
        ] {
            let on = |f: fn(Tensor<4>, Tensor<1>, Tensor<1>, Then) -> BatchNormed| {
                move |v: &[Tensor<1>]| {
                    let x = v[0].clone().reshape(shape);
                    f(x, v[1].clone(), v[2].clone(), then).y.flatten(0, 3)
                }
            };
            check::agree(
                &inputs(shape),
                on(|x, gamma, beta, then| normalized(x, gamma, beta, EPSILON, then)),
                on(as_burn_has_it),
            );
        }
    }
}

#[test]
fn views_that_do_not_lie_in_order() {
    for then in [Then::Nothing, Then::Relu, Then::ReluMaxPool(WINDOW)] {
        let on = |f: fn(Tensor<4>, Tensor<1>, Tensor<1>, Then) -> BatchNormed| {
            move |v: &[Tensor<1>]| {
                let x = v[0]
                    .clone()
                    .reshape([3, 2, 6, 7])
                    .swap_dims(0, 1)
                    .swap_dims(2, 3);
                let y = f(x, v[1].clone(), v[2].clone(), then).y;
                y.swap_dims(2, 3).flatten(0, 3)
            }
        };
        let mut inputs = inputs([2, 3, 6, 7]);
        inputs[0].truncate(3 * 2 * 6 * 7);
        check::agree(
            &inputs,
            on(|x, gamma, beta, then| normalized(x, gamma, beta, EPSILON, then)),
            on(as_burn_has_it),
        );
    }
}

#[test]
fn statistics_are_those_of_the_batch() {
    let device = check::device();
    let values = [1.0, 2.0, 3.0, 6.0];
    let x = Tensor::<1>::from_floats(values, &device)
        .reshape([2, 1, 1, 2])
        .require_grad();
    let normed = batch_norm_train(
        x,
        Tensor::ones([1], &device),
        Tensor::zeros([1], &device),
        0.0,
        false,
    );
    assert_eq!(
        normed.mean.to_data().try_to_vec::<f32>().expect("f32"),
        [3.0]
    );
    let variance = normed.variance.to_data().try_to_vec::<f32>().expect("f32")[0];
    assert!((variance - 14.0 / 3.0).abs() < 1e-6);
    let y = normed.y.to_data().try_to_vec::<f32>().expect("f32");
    assert!((y[3] - 3.0 / 3.5_f32.sqrt()).abs() < 1e-6);
}

#[test]
fn inference_uses_given_statistics() {
    let shape = [2, 3, 4, 5];
    let [x, gamma, beta] = inputs(shape);
    let statistics = [vec![0.1, -0.4, 0.9], vec![0.5, 1.5, 0.01]];
    for relu in [false, true] {
        let given = statistics.clone();
        let fixed = move || {
            given
                .clone()
                .map(|v| Tensor::<1>::from_floats(v.as_slice(), &check::device()))
        };
        check::agree(
            &[x.clone(), gamma.clone(), beta.clone()],
            |v| {
                let [mean, variance] = fixed();
                let x = v[0].clone().reshape(shape);
                let (gamma, beta) = (v[1].clone(), v[2].clone());
                batch_norm_inference(x, gamma, beta, mean, variance, EPSILON, relu).flatten(0, 3)
            },
            |v| {
                let [mean, variance] = fixed().map(|v| v.reshape([1, 3, 1, 1]));
                let [gamma, beta] = [1, 2].map(|i| v[i].clone().reshape([1, 3, 1, 1]));
                let x = v[0].clone().reshape(shape);
                let y: Tensor<4> = (x - mean) / (variance + EPSILON).sqrt() * gamma + beta;
                let y = if relu { y.clamp_min(0.0) } else { y };
                y.flatten(0, 3)
            },
        );
    }
}

#[test]
fn bits_do_not_depend_on_threads() {
    let shape = [5, 7, 19, 17];
    for then in [Then::Nothing, Then::Relu, Then::ReluMaxPool(WINDOW)] {
        check::same_bits_on_any_number_of_threads(&inputs(shape), |v| {
            let x = v[0].clone().reshape(shape);
            normalized(x, v[1].clone(), v[2].clone(), EPSILON, then)
                .y
                .flatten(0, 3)
        });
    }
}

const SHAPE: [usize; 4] = [3, 4, 6, 5];

fn map(v: &Tensor<1>) -> Tensor<4> {
    v.clone().reshape(SHAPE)
}

#[test]
fn a_residual_sum_equals_its_parts() {
    let n = SHAPE.iter().product();
    let inputs = [
        check::random(1, n),
        check::random(2, 4),
        check::random(3, 4),
        check::random(4, n),
    ];
    check::agree(
        &inputs,
        |v| {
            let (x, residual) = (map(&v[0]), map(&v[3]));
            batch_norm_add_relu_train(x, v[1].clone(), v[2].clone(), residual, None, EPSILON)
                .y
                .flatten(0, 3)
        },
        |v| {
            let (gamma, beta) = (v[1].clone(), v[2].clone());
            let normed = as_burn_has_it(map(&v[0]), gamma, beta, Then::Nothing);
            (normed.y.flatten::<1>(0, 3) + v[3].clone()).clamp_min(0.0)
        },
    );
}

#[test]
fn a_convolution_of_what_is_computed_again_has_the_same_bits() {
    let n = SHAPE.iter().product();
    let inputs = [
        check::random(1, n),
        check::random(2, 4),
        check::random(3, 4),
        check::random(4, 7 * 4 * 9),
    ];
    let geometry = ConvGeometry {
        stride: [1, 1],
        padding: [1, 1],
        dilation: [1, 1],
        groups: 1,
    };
    for relu in [false, true] {
        let with = |again: bool| {
            check::value_and_gradients(&inputs, |v| {
                let (gamma, beta) = (v[1].clone(), v[2].clone());
                let normed = batch_norm_train(map(&v[0]), gamma, beta, EPSILON, relu);
                let w = v[3].clone().reshape([7, 4, 3, 3]);
                conv2d(
                    normed.y,
                    w,
                    geometry,
                    Precision::Single,
                    again.then_some(normed.recipe),
                )
                .flatten(0, 3)
            })
        };
        assert_eq!(with(true), with(false));
    }
}

#[test]
fn a_chain_of_sums_computed_again_has_the_same_bits() {
    let n = SHAPE.iter().product();
    let inputs = [
        check::random(1, n),
        check::random(2, 4),
        check::random(3, 4),
        check::random(4, 7 * 4),
    ];
    let geometry = ConvGeometry {
        stride: [1, 1],
        padding: [0, 0],
        dilation: [1, 1],
        groups: 1,
    };
    let with = |again: bool| {
        check::value_and_gradients(&inputs, |v| {
            let (gamma, beta) = (|| v[1].clone(), || v[2].clone());
            let keep = |recipe: Recipe| again.then_some(recipe);
            let mut y = map(&v[0]);
            let mut recipe = None;
            for _ in 0..3 {
                let body = y.clone() * 0.5;
                let normed = batch_norm_add_relu_train(body, gamma(), beta(), y, recipe, EPSILON);
                (y, recipe) = (normed.y, keep(normed.recipe));
            }
            let w = v[3].clone().reshape([7, 4, 1, 1]);
            conv2d(y, w, geometry, Precision::Single, recipe).flatten(0, 3)
        })
    };
    assert_eq!(with(true), with(false));
}
