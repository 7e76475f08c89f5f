//! Convolutions of operands rounded to bfloat16, on every instruction set of this
//! machine.

mod reference;

use kernels::{
    Algorithm, ConvShape, Isa, Precision, ShapeError, conv_backward_input_with,
    conv_backward_weight_with, conv_forward_with,
};
use proptest::prelude::*;
use reference::{cases, relative_error, values};

/// To nearest, ties to even.
fn rounded(values: &[f32]) -> Vec<f32> {
    let round = |value: &f32| {
        let bits = value.to_bits();
        f32::from_bits((bits + 0x7FFF + (bits >> 16 & 1)) & 0xFFFF_0000)
    };
    values.iter().map(round).collect()
}

/// `y`, `dx` and `dw`.
type Results<T> = [Vec<T>; 3];

fn expected(shape: &ConvShape, [x, w, dy]: [&[f32]; 3]) -> Results<f64> {
    [
        reference::forward(shape, x, w),
        reference::backward_input(shape, w, dy),
        reference::backward_weight(shape, x, dy),
    ]
}

fn run(
    algorithm: Algorithm,
    shape: &ConvShape,
    [x, w, dy]: [&[f32]; 3],
) -> Result<Results<f32>, ShapeError> {
    let lens = [shape.output_len(), shape.input_len(), shape.weight_len()];
    // Slices that start four bytes after a vector boundary at best.
    let mut results = lens.map(|len| vec![f32::NAN; len + 1]);
    let [y, dx, dw] = &mut results;
    let precision = Precision::Bf16;
    conv_forward_with(algorithm, precision, shape, x, w, &mut y[1..])?;
    conv_backward_input_with(algorithm, precision, shape, w, dy, &mut dx[1..])?;
    conv_backward_weight_with(algorithm, precision, shape, x, dy, &mut dw[1..])?;
    Ok(results.map(|values| values[1..].to_vec()))
}

/// Winograd rounds spectra, not what is given, and its sums of products cancel. Of
/// 4500 random shapes half were off by 1.2e-2, one in a hundred by 1.6e-2, and the
/// worst by 2.8e-2.
const SPECTRA: f64 = 5e-2;

fn check(shape: &ConvShape) -> Result<(), ShapeError> {
    let operands = [
        values(shape.input_len(), 1),
        values(shape.weight_len(), 2),
        values(shape.output_len(), 3),
    ];
    let [x, w, dy] = &operands;
    let [rx, rw, rdy] = &operands.each_ref().map(|values| rounded(values));
    let exact = expected(shape, [x, w, dy]);
    let of_rounded = expected(shape, [rx, rw, rdy]);
    for isa in Isa::available() {
        for algorithm in Algorithm::ALL.into_iter().filter(|a| a.supports(shape)) {
            let got = isa.with(|| run(algorithm, shape, [x, w, dy]))?;
            let (expected, tolerance) = match algorithm {
                Algorithm::Product => (&of_rounded, 1e-5),
                Algorithm::Winograd => (&exact, SPECTRA),
                Algorithm::Fft | Algorithm::Direct | Algorithm::Stem => (&exact, 1e-5),
            };
            for ((got, expected), name) in got.iter().zip(expected).zip(["y", "dx", "dw"]) {
                let error = relative_error(got, expected);
                assert!(
                    error <= tolerance,
                    "{name} by {algorithm:?} on {isa:?} is off by {error:e}: {shape:?}"
                );
            }
        }
    }
    Ok(())
}

fn same(batch: usize, channels: [usize; 2], size: [usize; 2], k: usize) -> ConvShape {
    ConvShape {
        batch,
        channels_in: channels[0],
        height: size[0],
        width: size[1],
        channels_out: channels[1],
        kernel: [k, k],
        stride: [1, 1],
        padding: [k / 2, k / 2],
        dilation: [1, 1],
        groups: 1,
    }
}

#[test]
fn shapes_of_the_networks() {
    for shape in [
        same(2, [16, 20], [8, 8], 5),
        same(2, [17, 16], [7, 9], 3),
        same(5, [300, 70], [2, 2], 3),
        same(3, [261, 33], [7, 7], 3),
        same(5, [130, 71], [13, 14], 3),
        same(1, [1, 1], [1, 1], 1),
        same(3, [41, 35], [7, 7], 1),
        same(5, [64, 72], [16, 16], 1),
        same(4, [1100, 65], [2, 2], 1),
        ConvShape {
            stride: [2, 2],
            ..same(2, [3, 20], [20, 23], 7)
        },
        ConvShape {
            stride: [2, 2],
            ..same(3, [128, 41], [9, 16], 3)
        },
        ConvShape {
            stride: [2, 2],
            ..same(3, [17, 19], [7, 8], 1)
        },
        ConvShape {
            groups: 3,
            ..same(3, [15, 21], [9, 8], 3)
        },
    ] {
        check(&shape).unwrap();
    }
}

fn shapes() -> impl Strategy<Value = ConvShape> {
    let pair = |from: usize, to: usize| [from..=to, from..=to];
    (
        (1_usize..=5, 1_usize..=3, 1_usize..=7, 1_usize..=9),
        pair(1, 12),
        pair(1, 5),
        pair(1, 3),
        pair(0, 3),
        pair(1, 2),
    )
        .prop_map(
            |((batch, groups, ci, co), size, kernel, stride, padding, dilation)| ConvShape {
                batch,
                channels_in: ci * groups,
                height: size[0],
                width: size[1],
                channels_out: co * groups,
                kernel,
                stride,
                padding,
                dilation,
                groups,
            },
        )
        .prop_filter("fits", |shape| shape.check().is_ok())
}

fn small_kernels() -> impl Strategy<Value = ConvShape> {
    (
        (1_usize..=4, 1_usize..=36, 1_usize..=36),
        [1_usize..=11, 1_usize..=11],
        [0_usize..=2, 0_usize..=2],
    )
        .prop_map(|((batch, ci, co), size, padding)| ConvShape {
            padding,
            ..same(batch, [ci, co], size, 3)
        })
        .prop_filter("fits", |shape| shape.check().is_ok())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases()))]

    #[test]
    fn any_shape(shape in shapes()) {
        check(&shape).unwrap();
    }

    #[test]
    fn any_small_kernel(shape in small_kernels()) {
        check(&shape).unwrap();
    }
}

#[test]
fn threads_do_not_change_a_bit() {
    let shapes = [
        same(5, [19, 35], [14, 14], 3),
        same(12, [70, 40], [17, 19], 3),
        same(3, [300, 40], [6, 5], 3),
        same(3, [64, 49], [7, 7], 1),
        same(4, [600, 264], [2, 2], 1),
        ConvShape {
            stride: [2, 2],
            ..same(3, [17, 40], [15, 15], 3)
        },
    ];
    let bits = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        pool.install(|| {
            let mut bits = Vec::new();
            for shape in &shapes {
                let x = values(shape.input_len(), 1);
                let w = values(shape.weight_len(), 2);
                let dy = values(shape.output_len(), 3);
                for algorithm in [Algorithm::Product, Algorithm::Winograd] {
                    let results = run(algorithm, shape, [&x, &w, &dy]).unwrap();
                    bits.extend(results.iter().flatten().map(|v| v.to_bits()));
                }
            }
            bits
        })
    };
    let one = bits(1);
    assert!(one == bits(2), "two threads differ from one");
    assert!(one == bits(7), "seven threads differ from one");
}

#[test]
fn what_is_no_number_stays_none() {
    let shape = same(1, [3, 4], [6, 6], 3);
    let mut x = values(shape.input_len(), 1);
    let (w, dy) = (values(shape.weight_len(), 2), values(shape.output_len(), 3));
    x[40] = f32::from_bits(0x7F80_0001);
    for isa in Isa::available() {
        for algorithm in [Algorithm::Product, Algorithm::Winograd] {
            let [y, _, dw] = isa.with(|| run(algorithm, &shape, [&x, &w, &dy])).unwrap();
            assert!(
                y[40 - 36].is_nan() && dw[9].is_nan(),
                "{algorithm:?} on {isa}"
            );
        }
    }
}
