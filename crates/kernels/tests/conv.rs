//! Every convolution algorithm against a direct sum in `f64`, on every
//! instruction set of this machine.

mod reference;

use kernels::{
    Algorithm, ConvShape, Isa, Pass, Precision, ShapeError, conv_backward, conv_backward_input,
    conv_backward_input_with, conv_backward_weight, conv_backward_weight_with, conv_forward,
    conv_forward_with,
};
use proptest::prelude::*;
use reference::{cases, relative_error, values};

/// A slice that starts four bytes after a vector boundary at best.
struct Unaligned(Vec<f32>);

impl Unaligned {
    fn new(values: &[f32]) -> Self {
        let mut shifted = vec![0.0];
        shifted.extend_from_slice(values);
        Self(shifted)
    }

    fn garbage(len: usize) -> Self {
        Self(vec![f32::NAN; len + 1])
    }
}

fn tolerance(algorithm: Algorithm) -> f64 {
    match algorithm {
        Algorithm::Fft => 1e-6,
        Algorithm::Product | Algorithm::Winograd | Algorithm::Direct | Algorithm::Stem => 1e-5,
    }
}

fn check(shape: &ConvShape) -> Result<(), ShapeError> {
    let x = Unaligned::new(&values(shape.input_len(), 1));
    let w = Unaligned::new(&values(shape.weight_len(), 2));
    let dy = Unaligned::new(&values(shape.output_len(), 3));
    let (x, w, dy) = (&x.0[1..], &w.0[1..], &dy.0[1..]);
    let y = reference::forward(shape, x, w);
    let dx = reference::backward_input(shape, w, dy);
    let dw = reference::backward_weight(shape, x, dy);
    for isa in Isa::available() {
        for algorithm in Algorithm::ALL.into_iter().filter(|a| a.supports(shape)) {
            let mut got = [y.len(), dx.len(), dw.len()].map(Unaligned::garbage);
            isa.with(|| {
                let [y, dx, dw] = &mut got;
                conv_forward_with(algorithm, Precision::Single, shape, x, w, &mut y.0[1..])?;
                conv_backward_input_with(
                    algorithm,
                    Precision::Single,
                    shape,
                    w,
                    dy,
                    &mut dx.0[1..],
                )?;
                conv_backward_weight_with(
                    algorithm,
                    Precision::Single,
                    shape,
                    x,
                    dy,
                    &mut dw.0[1..],
                )
            })?;
            for ((got, expected), name) in got.iter().zip([&y, &dx, &dw]).zip(["y", "dx", "dw"]) {
                let error = relative_error(&got.0[1..], expected);
                assert!(
                    error <= tolerance(algorithm),
                    "{name} by {algorithm:?} on {isa:?} is off by {error:e}: {shape:?}"
                );
            }
        }
        let mut got = [dx.len(), dw.len()].map(Unaligned::garbage);
        let [got_dx, got_dw] = &mut got;
        isa.with(|| {
            conv_backward(
                Precision::Single,
                shape,
                x,
                w,
                dy,
                &mut got_dx.0[1..],
                &mut got_dw.0[1..],
            )
        })?;
        for (got, expected) in got.iter().zip([&dx, &dw]) {
            let error = relative_error(&got.0[1..], expected);
            assert!(
                error <= 1e-5,
                "both gradients are off by {error:e}: {shape:?}"
            );
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
    check(&same(2, [16, 20], [8, 8], 5)).unwrap();
    check(&same(3, [20, 17], [4, 4], 7)).unwrap();
    check(&same(2, [17, 16], [7, 9], 3)).unwrap();
    check(&same(5, [18, 33], [4, 4], 3)).unwrap();
    check(&same(3, [40, 35], [7, 7], 1)).unwrap();
    check(&same(2, [3, 40], [17, 19], 7)).unwrap();
    check(&same(1, [2, 3], [1, 1], 3)).unwrap();
    check(&same(5, [300, 70], [2, 2], 3)).unwrap();
    check(&same(3, [260, 33], [7, 7], 3)).unwrap();
    check(&same(5, [130, 70], [13, 14], 3)).unwrap();
    check(&same(1, [5, 6], [47, 61], 7)).unwrap();
    // Several blocks of depth over planes shorter than a vector, and a part behind the first.
    check(&same(30, [600, 70], [2, 2], 1)).unwrap();
    check(&same(4, [60, 70], [16, 16], 1)).unwrap();
    check(&ConvShape {
        stride: [2, 2],
        ..same(13, [70, 530], [4, 4], 1)
    })
    .unwrap();
    // More spectra than the transforms keep at a time.
    check(&same(5, [16, 17], [64, 62], 7)).unwrap();
    check(&ConvShape {
        padding: [0, 1],
        ..same(3, [17, 5], [50, 44], 5)
    })
    .unwrap();
    for size in [[20, 23], [64, 64], [9, 112], [130, 67]] {
        let stem = same(2, [3, 20], size, 7);
        check(&stem).unwrap();
        check(&ConvShape {
            stride: [2, 2],
            ..stem
        })
        .unwrap();
    }
    check(&same(3, [3, 64], [28, 28], 3)).unwrap();
    check(&same(2, [1, 9], [5, 11], 5)).unwrap();
    check(&ConvShape {
        stride: [2, 2],
        ..same(3, [17, 18], [7, 8], 3)
    })
    .unwrap();
    check(&ConvShape {
        stride: [2, 2],
        ..same(3, [17, 18], [7, 8], 1)
    })
    .unwrap();
    check(&ConvShape {
        groups: 16,
        ..same(2, [16, 16], [9, 8], 3)
    })
    .unwrap();
    // Stride 2 over maps of one, two, four and seven outputs and their multiples, with
    // and without padding, many channels and few.
    for (channels, size, padding) in [
        ([33, 40], [28, 27], 1),
        ([300, 33], [14, 14], 1),
        ([70, 130], [7, 8], 1),
        ([16, 300], [4, 3], 1),
        ([40, 18], [35, 17], 0),
        ([20, 35], [12, 30], 2),
    ] {
        check(&ConvShape {
            stride: [2, 2],
            padding: [padding; 2],
            ..same(3, channels, size, 3)
        })
        .unwrap();
    }
    // Depthwise: channels that fill vectors and that do not, rows of whole segments and
    // shorter and longer ones, rows of padding alone.
    for (channels, size, kernel, stride) in [
        (32, [7, 7], 7, 1),
        (19, [14, 9], 7, 1),
        (5, [2, 3], 7, 1),
        (33, [15, 20], 5, 2),
        (17, [8, 16], 3, 2),
        (20, [3, 2], 7, 2),
    ] {
        check(&ConvShape {
            groups: channels,
            stride: [stride; 2],
            ..same(2, [channels, channels], size, kernel)
        })
        .unwrap();
    }
    // Depthwise, two outputs a channel.
    check(&ConvShape {
        groups: 6,
        stride: [2, 2],
        ..same(3, [6, 12], [19, 35], 5)
    })
    .unwrap();
    // Whole register tiles, several blocks of pixels and of depth.
    check(&same(5, [64, 72], [16, 16], 1)).unwrap();
    check(&same(4, [600, 64], [2, 2], 1)).unwrap();
    check(&ConvShape {
        stride: [2, 2],
        ..same(3, [128, 40], [9, 16], 3)
    })
    .unwrap();
}

/// Few input channels: rows shorter and longer than vectors, whole and partial
/// register tiles, several bands of rows.
fn stems() -> impl Strategy<Value = ConvShape> {
    (
        (1_usize..=5, 1_usize..=4, 1_usize..=20),
        [1_usize..=40, 1_usize..=70],
        [1_usize..=7, 1_usize..=7],
        [1_usize..=3, 1_usize..=3],
        [0_usize..=3, 0_usize..=3],
    )
        .prop_map(
            |((batch, ci, co), size, kernel, stride, padding)| ConvShape {
                kernel,
                stride,
                padding,
                ..same(batch, [ci, co], size, 1)
            },
        )
        .prop_filter("fits", |shape| shape.check().is_ok())
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

fn same_shapes() -> impl Strategy<Value = ConvShape> {
    (
        1_usize..=5,
        1_usize..=20,
        1_usize..=20,
        1_usize..=15,
        1_usize..=15,
        1_usize..=3,
    )
        .prop_map(|(batch, ci, co, h, w, half)| same(batch, [ci, co], [h, w], 2 * half + 1))
}

fn small_kernels() -> impl Strategy<Value = ConvShape> {
    (
        (1_usize..=4, 1_usize..=36, 1_usize..=36),
        [1_usize..=19, 1_usize..=19],
        [0_usize..=2, 0_usize..=2],
        1_usize..=2,
    )
        .prop_map(|((batch, ci, co), size, padding, stride)| ConvShape {
            padding,
            stride: [stride; 2],
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

    #[test]
    fn any_stem(shape in stems()) {
        check(&shape).unwrap();
    }

    #[test]
    fn any_same_convolution(shape in same_shapes()) {
        check(&shape).unwrap();
    }
}

#[test]
fn threads_do_not_change_a_bit() {
    let shapes = [
        same(5, [19, 35], [14, 14], 3),
        same(12, [70, 40], [17, 19], 3),
        same(3, [300, 40], [6, 5], 3),
        same(7, [40, 80], [2, 2], 3),
        same(3, [16, 24], [16, 16], 5),
        same(3, [16, 24], [4, 4], 7),
        same(3, [3, 24], [33, 21], 7),
        same(35, [3, 24], [9, 31], 5),
        same(3, [64, 48], [7, 7], 1),
        same(5, [48, 64], [16, 16], 1),
        same(4, [600, 264], [2, 2], 1),
        ConvShape {
            groups: 24,
            ..same(3, [24, 48], [14, 14], 3)
        },
        ConvShape {
            groups: 40,
            ..same(3, [40, 40], [14, 14], 7)
        },
        ConvShape {
            stride: [2, 2],
            ..same(3, [17, 40], [15, 15], 3)
        },
        ConvShape {
            stride: [2, 2],
            ..same(7, [264, 40], [14, 13], 3)
        },
    ];
    let run = |threads: usize| {
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
                let mut y = vec![0.0; dy.len()];
                let mut dx = vec![0.0; x.len()];
                let mut dw = vec![0.0; w.len()];
                for algorithm in Algorithm::ALL.into_iter().filter(|a| a.supports(shape)) {
                    conv_forward_with(algorithm, Precision::Single, shape, &x, &w, &mut y).unwrap();
                    conv_backward_input_with(algorithm, Precision::Single, shape, &w, &dy, &mut dx)
                        .unwrap();
                    conv_backward_weight_with(
                        algorithm,
                        Precision::Single,
                        shape,
                        &x,
                        &dy,
                        &mut dw,
                    )
                    .unwrap();
                    bits.extend(y.iter().chain(&dx).chain(&dw).map(|v| v.to_bits()));
                }
                conv_backward(Precision::Single, shape, &x, &w, &dy, &mut dx, &mut dw).unwrap();
                bits.extend(dx.iter().chain(&dw).map(|v| v.to_bits()));
            }
            bits
        })
    };
    let one = run(1);
    assert!(one == run(2), "two threads differ from one");
    assert!(one == run(7), "seven threads differ from one");
}

#[test]
fn chosen_algorithms_are_supported_and_wrong_slices_refused() {
    let shape = same(2, [16, 32], [8, 8], 5);
    for pass in [Pass::Forward, Pass::Input, Pass::Weight] {
        assert!(Algorithm::choose(&shape, pass).supports(&shape));
    }
    let (x, w) = (values(shape.input_len(), 1), values(shape.weight_len(), 2));
    let mut y = vec![0.0; shape.output_len()];
    conv_forward(Precision::Single, &shape, &x, &w, &mut y).unwrap();
    let short = conv_forward(Precision::Single, &shape, &x[1..], &w, &mut y).unwrap_err();
    let expected = ShapeError::Length {
        operand: "x",
        expected: x.len(),
        found: x.len() - 1,
    };
    assert_eq!(short, expected);
    assert!(
        conv_backward_input(
            Precision::Single,
            &shape,
            &w[1..],
            &y,
            &mut vec![0.0; x.len()]
        )
        .is_err()
    );
    assert!(conv_backward_weight(Precision::Single, &shape, &x, &y, &mut []).is_err());
    for broken in [
        ConvShape { groups: 3, ..shape },
        ConvShape {
            stride: [0, 1],
            ..shape
        },
        ConvShape {
            kernel: [13, 5],
            ..shape
        },
        ConvShape {
            batch: usize::MAX,
            ..shape
        },
        ConvShape {
            padding: [usize::MAX, 2],
            ..shape
        },
        ConvShape {
            dilation: [usize::MAX, 1],
            ..shape
        },
    ] {
        assert!(broken.check().is_err(), "{broken:?}");
    }
}
