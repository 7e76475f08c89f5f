//! Blocks, and that every kernel takes as many as it says.

use super::meter::taken;
use super::{Demand, Scratch};
use crate::*;

#[test]
fn blocks_are_aligned_and_writable() {
    for len in [0, 1, 100, 1 << 16, (1 << 16) + 1, 1 << 20] {
        let mut scratch = Scratch::new(len);
        scratch.fill(1.0);
        assert_eq!(scratch.as_ptr() as usize % 64, 0);
        assert!(scratch.len() == len && scratch.iter().all(|v| *v == 1.0));
    }
}

#[test]
fn two_at_once_do_not_overlap() {
    let (mut a, mut b) = (Scratch::new(1000), Scratch::new(1000));
    a.fill(1.0);
    b.fill(2.0);
    assert!(a.iter().all(|v| *v == 1.0));
}

/// Bytes of small blocks that the last, smaller task of a kernel may take beside those of the others.
const ODD: usize = 256 << 10;

/// Checks that `work` takes what `demand(1)` says on one thread, and not much more on two.
fn check(what: &str, demand: impl Fn(usize) -> Demand, work: impl Fn() + Sync) {
    for isa in Isa::available() {
        let found = |threads| taken(threads, || isa.with(&work));
        let demand = |threads| isa.with(|| demand(threads));
        let [alone, together] = [1, 2].map(found);
        let expected = demand(1).bytes();
        let is_right = alone.bytes() <= expected + ODD && expected <= alone.bytes() * 21 / 20 + ODD;
        assert!(is_right, "{what} on {isa}: {alone:?}, not {:?}", demand(1));
        // A thread that waits for others may begin another task.
        let most = demand(4).bytes() + ODD;
        assert!(together.bytes() <= most, "{what} on {isa}: {together:?}");
    }
}

fn conv(
    [batch, channels_in, height, width, channels_out]: [usize; 5],
    kernel: [usize; 2],
    [stride, dilation, groups]: [usize; 3],
) -> ConvShape {
    ConvShape {
        batch,
        channels_in,
        height,
        width,
        channels_out,
        kernel,
        stride: [stride; 2],
        padding: kernel.map(|taps| taps / 2 * dilation),
        dilation: [dilation; 2],
        groups,
    }
}

fn shapes() -> Vec<ConvShape> {
    vec![
        conv([2, 3, 33, 60, 16], [7, 7], [2, 1, 1]),
        conv([4, 64, 14, 14, 70], [3, 3], [1, 1, 1]),
        conv([3, 260, 7, 7, 40], [3, 3], [1, 1, 1]),
        conv([2, 130, 2, 2, 80], [3, 3], [1, 1, 1]),
        conv([4, 70, 14, 13, 40], [3, 3], [2, 1, 1]),
        conv([3, 260, 60, 34, 40], [3, 3], [2, 1, 1]),
        conv([6, 32, 20, 20, 40], [5, 5], [1, 1, 1]),
        conv([2, 70, 30, 18, 24], [7, 7], [1, 1, 1]),
        conv([2, 24, 17, 17, 24], [1, 7], [1, 1, 1]),
        conv([2, 64, 9, 9, 128], [1, 1], [2, 1, 1]),
        conv([4, 128, 16, 16, 64], [1, 1], [1, 1, 1]),
        conv([2, 32, 15, 15, 32], [3, 3], [2, 1, 32]),
        conv([2, 8, 70, 70, 8], [3, 3], [1, 2, 8]),
        conv([2, 48, 10, 10, 96], [3, 3], [2, 1, 2]),
    ]
}

#[test]
fn convolutions() {
    for shape in shapes() {
        let [x, w, y] = [shape.input_len(), shape.weight_len(), shape.output_len()]
            .map(|len| vec![1.0_f32; len]);
        for precision in [Precision::Single, Precision::Bf16] {
            for algorithm in Algorithm::ALL {
                for pass in [Pass::Forward, Pass::Input, Pass::Weight] {
                    check(
                        &format!("{algorithm:?} {pass:?} {precision:?} {shape:?}"),
                        |threads| conv_demand_with(algorithm, precision, &shape, pass, threads),
                        || {
                            let done = match pass {
                                Pass::Forward => conv_forward_with(
                                    algorithm,
                                    precision,
                                    &shape,
                                    &x,
                                    &w,
                                    &mut y.clone(),
                                ),
                                Pass::Input => conv_backward_input_with(
                                    algorithm,
                                    precision,
                                    &shape,
                                    &w,
                                    &y,
                                    &mut x.clone(),
                                ),
                                Pass::Weight => conv_backward_weight_with(
                                    algorithm,
                                    precision,
                                    &shape,
                                    &x,
                                    &y,
                                    &mut w.clone(),
                                ),
                            };
                            done.unwrap();
                        },
                    );
                }
            }
        }
        check(
            &format!("both gradients of {shape:?}"),
            |threads| conv_backward_demand(Precision::Single, &shape, threads),
            || {
                let (mut dx, mut dw) = (x.clone(), w.clone());
                conv_backward(Precision::Single, &shape, &x, &w, &y, &mut dx, &mut dw).unwrap();
            },
        );
    }
}

#[test]
fn transformers() {
    for tokens in [10, 65] {
        let shape = AttentionShape {
            batch: 2,
            heads: 3,
            features: 32,
            tokens,
        };
        let qkv = vec![0.5; 3 * shape.checked_len().unwrap()];
        let y = vec![0.5; qkv.len() / 3];
        check(
            &format!("{shape:?}"),
            |threads| attention_demand(&shape, threads),
            || attention(&shape, &qkv, &mut y.clone()).unwrap(),
        );
        check(
            &format!("gradient of {shape:?}"),
            |threads| attention_backward_demand(&shape, threads),
            || attention_backward(&shape, &qkv, &y, &mut qkv.clone()).unwrap(),
        );
        let map = MapShape {
            batch: 2,
            channels: 96,
            height: tokens,
            width: 1,
        };
        let (stats, gamma) = (vec![1.0; 2 * tokens], vec![1.0; 96]);
        let stats = PixelStats {
            mean: stats.clone(),
            inv_std: stats,
        };
        check(
            "gradient of a layer norm",
            |_| layer_norm_backward_demand(&map),
            || {
                let [mut dx, mut dgamma, mut dbeta] = [y.clone(), gamma.clone(), gamma.clone()];
                let gradients = (&mut dx, &mut dgamma, &mut dbeta);
                let (dx, dgamma, dbeta) = gradients;
                layer_norm_backward(&map, &y, &gamma, &stats, &y, dx, dgamma, dbeta).unwrap();
            },
        );
    }
}

#[test]
fn windows() {
    for shift in [0, 3] {
        let windows = Windows {
            height: 14,
            width: 9,
            edge: 7,
            shift,
        };
        let attention = WindowAttention {
            batch: 2,
            heads: 3,
            features: 32,
            windows,
        };
        let qkv = vec![0.5; 3 * 2 * 3 * 32 * 4 * 49];
        let y = vec![0.5; qkv.len() / 3];
        let table = vec![0.5; 13 * 13 * 3];
        check(
            &format!("{attention:?}"),
            |threads| attention.forward_demand(threads),
            || attention.forward(&qkv, &table, &mut y.clone()).unwrap(),
        );
        check(
            &format!("gradient of {attention:?}"),
            |threads| attention.backward_demand(threads),
            || {
                let (mut dqkv, mut dtable) = (qkv.clone(), table.clone());
                attention
                    .backward(&qkv, &table, &y, &mut dqkv, &mut dtable)
                    .unwrap();
            },
        );
    }
}

#[test]
fn pools() {
    for [size, taps, stride, padding] in
        [[112, 3, 2, 1], [9, 3, 2, 1], [90, 2, 2, 0], [15, 5, 1, 2]]
    {
        let pool = PoolShape {
            map: MapShape {
                batch: 2,
                channels: 5,
                height: size,
                width: size,
            },
            kernel: [taps; 2],
            stride: [stride; 2],
            padding: [padding; 2],
            ceil_mode: false,
        };
        let x: Vec<f32> = (0..10 * size * size).map(|at| (at % 7) as f32).collect();
        let y = vec![1.0; pool.output_len()];
        let places = vec![0; y.len()];
        let what = |kernel: &str| format!("{kernel} of {pool:?}");
        check(
            &what("maxima"),
            |threads| max_pool_demand(&pool, threads),
            || max_pool_forward(&pool, &x, &mut y.clone(), &mut places.clone()).unwrap(),
        );
        check(
            &what("gradient of maxima"),
            |threads| max_pool_backward_demand(&pool, threads),
            || max_pool_backward(&pool, &places, &y, &mut x.clone()).unwrap(),
        );
        check(
            &what("means"),
            |threads| average_pool_demand(&pool, threads),
            || average_pool_forward(&pool, true, &x, &mut y.clone()).unwrap(),
        );
        check(
            &what("gradient of means"),
            |threads| average_pool_backward_demand(&pool, threads),
            || average_pool_backward(&pool, true, &y, &mut x.clone()).unwrap(),
        );
        let norm = PooledNorm { pool, eps: 1e-5 };
        let one = vec![1.0; 5];
        let forward = || norm.forward(&x, &one, &one, &mut y.clone(), &mut places.clone());
        check(
            &what("normalised maxima"),
            |threads| norm.forward_demand(threads),
            || {
                forward().unwrap();
            },
        );
        let stats = forward().unwrap();
        check(
            &what("gradient of normalised maxima"),
            |threads| norm.backward_demand(threads),
            || {
                let [mut dx, mut dgamma, mut dbeta] = [x.clone(), one.clone(), one.clone()];
                let gradients = (&mut dx, &mut dgamma, &mut dbeta);
                let (dx, dgamma, dbeta) = gradients;
                norm.backward(&x, &one, &one, &stats, &places, &y, dx, dgamma, dbeta)
                    .unwrap();
            },
        );
    }
}
