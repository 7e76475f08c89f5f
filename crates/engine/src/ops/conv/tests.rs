use proptest::prelude::*;

use super::*;
use crate::ops::check::{self, Reference};

fn geometry(stride: usize, padding: usize, dilation: usize, groups: usize) -> ConvGeometry {
    ConvGeometry {
        stride: [stride; 2],
        padding: [padding; 2],
        dilation: [dilation; 2],
        groups,
    }
}

fn as_burn_has_it(x: Tensor<4>, w: Tensor<4>, g: ConvGeometry) -> Tensor<4> {
    check::output(composed::<Reference>(check::input(x), check::input(w), g))
}

fn agrees(x: [usize; 4], w: [usize; 4], g: ConvGeometry) {
    let inputs = [
        check::random(1, x.iter().product()),
        check::random(2, w.iter().product()),
    ];
    check::agree(
        &inputs,
        |v| {
            conv2d(
                v[0].clone().reshape(x),
                v[1].clone().reshape(w),
                g,
                Precision::Single,
                None,
            )
            .flatten(0, 3)
        },
        |v| as_burn_has_it(v[0].clone().reshape(x), v[1].clone().reshape(w), g).flatten(0, 3),
    );
}

#[test]
fn shapes_of_the_networks() {
    agrees([2, 3, 17, 15], [32, 3, 7, 7], geometry(2, 3, 1, 1));
    agrees([3, 16, 16, 16], [32, 16, 5, 5], geometry(1, 2, 1, 1));
    agrees([1, 18, 9, 9], [17, 18, 7, 7], geometry(1, 3, 1, 1));
    agrees([2, 16, 13, 13], [24, 16, 3, 3], geometry(1, 1, 1, 1));
    agrees([2, 16, 14, 14], [16, 16, 3, 3], geometry(2, 1, 1, 1));
    agrees([2, 20, 7, 7], [33, 20, 1, 1], geometry(1, 0, 1, 1));
    agrees([2, 20, 7, 7], [8, 20, 1, 1], geometry(2, 0, 1, 1));
    agrees([2, 8, 10, 11], [8, 4, 3, 3], geometry(1, 2, 2, 2));
    agrees([2, 12, 9, 9], [12, 1, 3, 3], geometry(2, 1, 1, 12));
    agrees([1, 1, 1, 1], [1, 1, 1, 1], geometry(1, 0, 1, 1));
}

#[test]
fn views_that_do_not_lie_in_order() {
    let inputs = [
        check::random(1, 2 * 5 * 9 * 8),
        check::random(2, 5 * 6 * 3 * 3),
    ];
    let g = geometry(1, 1, 1, 1);
    let view = |v: &[Tensor<1>]| {
        let x = v[0].clone().reshape([2, 5, 9, 8]).swap_dims(2, 3);
        let w = v[1].clone().reshape([5, 6, 3, 3]).swap_dims(0, 1);
        (x, w)
    };
    check::agree(
        &inputs,
        |v| {
            let (x, w) = view(v);
            conv2d(x, w, g, Precision::Single, None).flatten(0, 3)
        },
        |v| {
            let (x, w) = view(v);
            as_burn_has_it(x, w, g).flatten(0, 3)
        },
    );
}

#[test]
fn gradients_of_a_shared_weight_add_up() {
    let inputs = [
        check::random(1, 2 * 4 * 6 * 6),
        check::random(2, 4 * 4 * 3 * 3),
    ];
    let g = geometry(1, 1, 1, 1);
    let twice = |conv: fn(Tensor<4>, Tensor<4>, ConvGeometry) -> Tensor<4>| {
        move |v: &[Tensor<1>]| {
            let (x, w) = (
                v[0].clone().reshape([2, 4, 6, 6]),
                v[1].clone().reshape([4, 4, 3, 3]),
            );
            (conv(conv(x.clone(), w.clone(), g), w, g) + x).flatten(0, 3)
        }
    };
    check::agree(
        &inputs,
        twice(|x, w, g| conv2d(x, w, g, Precision::Single, None)),
        twice(as_burn_has_it),
    );
}

#[test]
fn untracked_operands_get_no_gradient() {
    let device = check::device();
    let x = Tensor::<4>::ones([1, 2, 4, 4], &device);
    let w = Tensor::<4>::ones([3, 2, 3, 3], &device);
    let g = geometry(1, 1, 1, 1);

    let tracked = w.clone().require_grad();
    let gradients = conv2d(x.clone(), tracked.clone(), g, Precision::Single, None)
        .sum()
        .backward();
    assert!(tracked.grad(&gradients).is_some());
    assert!(x.grad(&gradients).is_none());

    let tracked = x.require_grad();
    let gradients = conv2d(tracked.clone(), w.clone(), g, Precision::Single, None)
        .sum()
        .backward();
    assert!(tracked.grad(&gradients).is_some());
    assert!(w.grad(&gradients).is_none());
}

#[test]
fn every_pass_is_in_the_precision_that_is_asked_for() {
    let device = check::device();
    let tensor = |seed, shape: [usize; 4]| {
        let values = check::random(seed, shape.iter().product());
        Tensor::<1>::from_floats(values.as_slice(), &device).reshape(shape)
    };
    let (x, w) = (tensor(1, [2, 20, 7, 7]), tensor(2, [8, 20, 1, 1]));
    // Output, gradient of `x`, gradient of `w`; the gradients where they are tracked.
    let passes = |precision, tracked: [bool; 2]| {
        let x = x.clone().set_require_grad(tracked[0]);
        let w = w.clone().set_require_grad(tracked[1]);
        let y = conv2d(x.clone(), w.clone(), geometry(1, 0, 1, 1), precision, None);
        let gradients = (y.clone() * y.clone()).sum().backward();
        let gradient = |of: Tensor<4>| of.grad(&gradients).map(Tensor::into_data);
        (y.into_data(), gradient(x), gradient(w))
    };
    let (y, dx, dw) = passes(Precision::Bf16, [true, true]);
    let single = passes(Precision::Single, [true, true]);
    assert!(y != single.0 && dx != single.1 && dw != single.2);
    assert_eq!(
        passes(Precision::Bf16, [true, false]),
        (y.clone(), dx, None)
    );
    assert_eq!(passes(Precision::Bf16, [false, true]), (y, None, dw));
}

#[test]
fn plain_device_gives_the_same_numbers() {
    let plain = burn::tensor::Device::flex();
    let x = Tensor::<1>::from_floats(check::random(1, 2 * 3 * 8 * 8).as_slice(), &plain);
    let w = Tensor::<1>::from_floats(check::random(2, 4 * 3 * 5 * 5).as_slice(), &plain);
    let g = geometry(1, 2, 1, 1);
    let run = |x: Tensor<1>, w: Tensor<1>| {
        conv2d(
            x.reshape([2, 3, 8, 8]),
            w.reshape([4, 3, 5, 5]),
            g,
            Precision::Single,
            None,
        )
        .into_data()
    };
    let device = check::device();
    let tracked = run(
        Tensor::from_data(x.to_data(), &device).require_grad(),
        Tensor::from_data(w.to_data(), &device),
    );
    assert_eq!(run(x, w), tracked);
}

#[test]
fn bits_do_not_depend_on_threads() {
    for (x, w, g) in [
        ([3, 16, 16, 16], [32, 16, 5, 5], geometry(1, 2, 1, 1)),
        ([3, 16, 14, 14], [32, 16, 3, 3], geometry(1, 1, 1, 1)),
        ([3, 32, 7, 7], [16, 32, 1, 1], geometry(1, 0, 1, 1)),
        ([3, 3, 31, 31], [16, 3, 7, 7], geometry(2, 3, 1, 1)),
    ] {
        let inputs = [
            check::random(1, x.iter().product()),
            check::random(2, w.iter().product()),
        ];
        check::same_bits_on_any_number_of_threads(&inputs, |v| {
            conv2d(
                v[0].clone().reshape(x),
                v[1].clone().reshape(w),
                g,
                Precision::Single,
                None,
            )
            .flatten(0, 3)
        });
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn any_geometry(
        batch in 1..3usize, groups in 1..3usize, per_group_in in 1..5usize,
        per_group_out in 1..5usize, height in 5..12usize, width in 5..12usize,
        kernel in 1..4usize, stride in 1..3usize, padding in 0..3usize, dilation in 1..3usize,
    ) {
        agrees(
            [batch, groups * per_group_in, height, width],
            [groups * per_group_out, per_group_in, kernel, kernel],
            geometry(stride, padding, dilation, groups),
        );
    }
}
