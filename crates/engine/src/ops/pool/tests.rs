use super::*;
use crate::ops::check::{self, Reference};

fn windows(kernel: usize, stride: usize, padding: usize, ceil: bool) -> PoolGeometry {
    PoolGeometry {
        kernel: [kernel; 2],
        stride: [stride; 2],
        padding: [padding; 2],
        ceil,
    }
}

const SHAPES: [[usize; 4]; 5] = [
    [2, 3, 8, 8],
    [1, 5, 7, 9],
    [3, 17, 5, 5],
    [2, 1, 33, 31],
    [1, 2, 3, 2],
];

fn every_window() -> [PoolGeometry; 7] {
    [
        windows(5, 3, 2, false),
        windows(3, 2, 1, false),
        windows(2, 2, 0, false),
        windows(2, 2, 0, true),
        windows(3, 1, 1, false),
        windows(3, 2, 1, true),
        PoolGeometry {
            kernel: [2, 1],
            stride: [1, 2],
            padding: [1, 0],
            ceil: false,
        },
    ]
}

#[test]
fn maxima_equal_burn() {
    for shape in SHAPES {
        for g in every_window() {
            check::agree(
                &[check::random(1, shape.iter().product())],
                |v| max_pool(v[0].clone().reshape(shape), g).flatten(0, 3),
                |v| {
                    let x = check::input(v[0].clone().reshape(shape));
                    check::output::<4>(composed_max::<Reference>(x, g)).flatten(0, 3)
                },
            );
        }
    }
}

#[test]
fn means_equal_burn() {
    for shape in SHAPES {
        for g in every_window() {
            check::agree(
                &[check::random(1, shape.iter().product())],
                |v| average_pool(v[0].clone().reshape(shape), g).flatten(0, 3),
                |v| {
                    let x = check::input(v[0].clone().reshape(shape));
                    check::output::<4>(composed_average::<Reference>(x, g)).flatten(0, 3)
                },
            );
        }
        check::agree(
            &[check::random(1, shape.iter().product())],
            |v| global_average(v[0].clone().reshape(shape)).flatten(0, 1),
            |v| {
                let x = check::input(v[0].clone().reshape(shape));
                check::output::<2>(composed_map::<Reference>(x)).flatten(0, 1)
            },
        );
    }
}

// torch.nn.functional.avg_pool2d(torch.arange(1., 37).reshape(1, 1, 6, 6), 3, 2, 1,
//     ceil_mode=True), PyTorch 2.13: a window that reaches past the border is divided by what
// lies inside the border only.
#[test]
fn means_at_the_border_are_those_of_pytorch() {
    let x = (1..37).map(|v| v as f32).collect();
    let y = &check::value_and_gradients(&[x], |v| {
        average_pool(v[0].clone().reshape([1, 1, 6, 6]), windows(3, 2, 1, true)).flatten(0, 3)
    })[0];
    let expected = [
        2.0, 4.0, 5.333333, 3.0, 9.0, 15.0, 17.0, 9.0, 17.0, 27.0, 29.0, 15.0, 10.5, 16.5, 17.5,
        9.0,
    ];
    check::close("y", y, &expected, 1e-6);
}

#[test]
fn views_that_do_not_lie_in_order() {
    let view = |v: &[Tensor<1>]| v[0].clone().reshape([3, 2, 6, 7]).permute([1, 0, 3, 2]);
    let x = [check::random(1, 3 * 2 * 6 * 7)];
    let g = windows(3, 2, 1, false);
    check::agree(
        &x,
        |v| {
            let y = max_pool(view(v), g) + average_pool(view(v), g);
            Tensor::cat(
                vec![y.flatten::<1>(0, 3), global_average(view(v)).flatten(0, 1)],
                0,
            )
        },
        |v| {
            let x = || check::input(view(v));
            let y = check::output::<4>(composed_max::<Reference>(x(), g))
                + check::output(composed_average::<Reference>(x(), g));
            let mean: Tensor<2> = check::output(composed_map::<Reference>(x()));
            Tensor::cat(vec![y.flatten::<1>(0, 3), mean.flatten(0, 1)], 0)
        },
    );
}

#[test]
fn bits_do_not_depend_on_threads() {
    let shape = [5, 7, 19, 17];
    let x = [check::random(1, shape.iter().product())];
    let g = windows(3, 2, 1, false);
    check::same_bits_on_any_number_of_threads(&x, |v| {
        let x = v[0].clone().reshape(shape);
        (max_pool(x.clone(), g) + average_pool(x.clone(), g)).flatten(0, 3)
    });
    check::same_bits_on_any_number_of_threads(&x, |v| {
        global_average(v[0].clone().reshape(shape)).flatten(0, 1)
    });
}
