//! Batch norm, pooling and optimisers against PyTorch, on every instruction set.

mod golden;
mod reference;

use kernels::{
    Adam, Isa, MapShape, PoolShape, PooledNorm, Sgd, add_bias, add_relu, add_relu_backward,
    average_pool_backward, average_pool_forward, batch_norm_add_relu_backward,
    batch_norm_add_relu_train, batch_norm_apply, batch_norm_backward, batch_norm_train, bias_grad,
    global_average_pool_backward, global_average_pool_forward, max_pool_backward, max_pool_forward,
    scale_shift,
};
use reference::{relative_error, values};

fn on_every_isa(test: impl Fn()) {
    for isa in Isa::available() {
        isa.with(&test);
    }
}

fn assert_close(got: &[f32], expected: &[f64]) {
    let error = relative_error(got, expected);
    assert!(
        error < 1e-6,
        "off by {error:e}: {got:?} is not {expected:?}"
    );
}

fn wide(values: &[f32]) -> Vec<f64> {
    values.iter().map(|v| f64::from(*v)).collect()
}

const MAP: MapShape = MapShape {
    batch: 2,
    channels: 2,
    height: 3,
    width: 4,
};

#[test]
fn batch_norm_with_relu() {
    on_every_isa(|| {
        let (x, gamma, beta, dy) = (values(48, 1), values(2, 2), values(2, 3), values(48, 4));
        let (mut y, mut dx) = (vec![f32::NAN; 48], vec![f32::NAN; 48]);
        let (mut dgamma, mut dbeta) = ([f32::NAN; 2], [f32::NAN; 2]);
        let stats = batch_norm_train(&MAP, &x, &gamma, &beta, 1e-5, true, &mut y).unwrap();
        assert_close(&stats.mean, &golden::MEAN);
        assert_close(&stats.var_unbiased, &golden::VAR);
        assert_close(&y, &golden::Y);
        batch_norm_backward(
            &MAP,
            &x,
            &gamma,
            &beta,
            &stats,
            true,
            &dy,
            &mut dx,
            &mut dgamma,
            &mut dbeta,
        )
        .unwrap();
        assert_close(&dx, &golden::DX);
        assert_close(&dgamma, &golden::DGAMMA);
        assert_close(&dbeta, &golden::DBETA);

        let scale: Vec<f32> = gamma
            .iter()
            .zip(&stats.inv_std)
            .map(|(g, s)| g * s)
            .collect();
        let shift: Vec<f32> = (0..2).map(|c| beta[c] - stats.mean[c] * scale[c]).collect();
        let mut inferred = vec![f32::NAN; 48];
        scale_shift(&MAP, &x, &scale, &shift, true, &mut inferred).unwrap();
        assert_close(&inferred, &golden::Y);
    });
}

fn map([batch, channels, height, width]: [usize; 4]) -> MapShape {
    MapShape {
        batch,
        channels,
        height,
        width,
    }
}

/// Statistics of narrow and wide planes with a mean far from zero, against two
/// passes in `f64`; the output worked out again has the same bits.
#[test]
fn statistics_of_offset_maps() {
    let shapes = [
        [2, 300, 1, 1],
        [5, 70, 2, 2],
        [3, 9, 7, 7],
        [2, 3, 14, 14],
        [3, 2, 40, 41],
        [1, 2, 130, 130],
    ];
    on_every_isa(|| {
        for map in shapes.map(map) {
            let (channels, plane) = (map.channels, map.plane());
            let mut x = values(map.checked_len().unwrap(), 1);
            // One image far from the others is the worst first guess of the mean.
            for (index, x) in x.iter_mut().enumerate() {
                *x += if index < channels * plane {
                    990.0
                } else {
                    1000.0
                };
            }
            let (gamma, beta) = (values(channels, 2), values(channels, 3));
            let (mut y, mut again) = (vec![f32::NAN; x.len()], vec![f32::NAN; x.len()]);
            for relu in [false, true] {
                let stats = batch_norm_train(&map, &x, &gamma, &beta, 1e-5, relu, &mut y).unwrap();
                batch_norm_apply(&map, &x, &gamma, &beta, &stats, relu, &mut again).unwrap();
                assert_eq!(y, again);
                let (mut means, mut vars) = (vec![0.0; channels], vec![0.0; channels]);
                let count = map.values_per_channel() as f64;
                for (index, x) in x.iter().enumerate() {
                    means[index / plane % channels] += f64::from(*x) / count;
                }
                for (index, x) in x.iter().enumerate() {
                    let channel = index / plane % channels;
                    vars[channel] += (f64::from(*x) - means[channel]).powi(2) / count;
                }
                assert_close(&stats.mean, &means);
                assert_close(&stats.var_biased, &vars);
            }
        }
    });
}

/// The fused residual sum is the operations one after the other.
#[test]
fn residual_after_norm() {
    on_every_isa(|| {
        for map in [[2, 2, 3, 4], [3, 40, 3, 3], [2, 3, 13, 17]].map(map) {
            let (len, channels) = (map.checked_len().unwrap(), map.channels);
            let (x, residual, dy) = (values(len, 1), values(len, 2), values(len, 3));
            let (gamma, beta) = (values(channels, 4), values(channels, 5));
            let [mut y, mut normal, mut sum] = [0; 3].map(|_| vec![f32::NAN; len]);
            let stats = batch_norm_add_relu_train(&map, &x, &gamma, &beta, 1e-5, &residual, &mut y)
                .unwrap();
            let again =
                batch_norm_train(&map, &x, &gamma, &beta, 1e-5, false, &mut normal).unwrap();
            add_relu(&normal, &residual, &mut sum).unwrap();
            assert_eq!((&stats, &y), (&again, &sum));

            let [mut dx, mut dresidual, mut masked] = [0; 3].map(|_| vec![f32::NAN; len]);
            let [mut dgamma, mut dbeta, mut g, mut b] = [0; 4].map(|_| vec![0.0; channels]);
            batch_norm_add_relu_backward(
                &map,
                &x,
                &y,
                &gamma,
                &stats,
                &dy,
                &mut dx,
                &mut dresidual,
                &mut dgamma,
                &mut dbeta,
            )
            .unwrap();
            add_relu_backward(&y, &dy, &mut masked).unwrap();
            assert_eq!(dresidual, masked);
            let mut steps = vec![f32::NAN; len];
            batch_norm_backward(
                &map, &x, &gamma, &beta, &stats, false, &masked, &mut steps, &mut g, &mut b,
            )
            .unwrap();
            assert_eq!((dx, dgamma, dbeta), (steps, g, b));
        }
    });
}

/// One NaN makes its whole channel NaN, and no other.
#[test]
fn nan_stays_visible() {
    on_every_isa(|| {
        let pool = PoolShape {
            map: map([2, 3, 6, 7]),
            ..POOL
        };
        let mut x = values(2 * 3 * 42, 1);
        x[42 + 5] = f32::NAN;
        let len = pool.output_len();
        let (mut y, mut argmax) = (vec![0.0; len], vec![0; len]);
        let fused = PooledNorm { pool, eps: 1e-5 };
        fused
            .forward(&x, &[1.0, -1.0, 0.0], &[0.0; 3], &mut y, &mut argmax)
            .unwrap();
        for (index, y) in y.iter().enumerate() {
            let channel = index / pool.output_map().plane() % 3;
            assert_eq!(y.is_nan(), channel == 1);
        }
        // Without normalisation, the windows that hold it (column 5: two).
        max_pool_forward(&pool, &x, &mut y, &mut argmax).unwrap();
        assert_eq!(y.iter().filter(|y| y.is_nan()).count(), 2);
    });
}

const POOL: PoolShape = PoolShape {
    map: MapShape {
        batch: 1,
        channels: 2,
        height: 5,
        width: 6,
    },
    kernel: [3, 3],
    stride: [2, 2],
    padding: [1, 1],
    ceil_mode: true,
};

#[test]
fn pooling() {
    on_every_isa(|| {
        let (x, dy) = (values(60, 5), values(24, 6));
        let (mut y, mut dx, mut argmax) = (vec![f32::NAN; 24], vec![f32::NAN; 60], vec![0; 24]);
        assert_eq!(POOL.output(), [3, 4]);
        max_pool_forward(&POOL, &x, &mut y, &mut argmax).unwrap();
        max_pool_backward(&POOL, &argmax, &dy, &mut dx).unwrap();
        assert_close(&y, &golden::MAX_Y);
        assert_close(&dx, &golden::MAX_DX);
        max_pool_backward(&POOL, &[255; 24], &dy, &mut dx).unwrap();
        assert!(
            dx.iter().all(|v| *v == 0.0),
            "impossible indices are ignored"
        );

        let pool = PoolShape {
            kernel: [3, 2],
            ..POOL
        };
        let cases = [
            (true, golden::AVERAGE_Y_TRUE, golden::AVERAGE_DX_TRUE),
            (false, golden::AVERAGE_Y_FALSE, golden::AVERAGE_DX_FALSE),
        ];
        for (count_padding, expected_y, expected_dx) in cases {
            average_pool_forward(&pool, count_padding, &x, &mut y).unwrap();
            average_pool_backward(&pool, count_padding, &dy, &mut dx).unwrap();
            assert_close(&y, &expected_y);
            assert_close(&dx, &expected_dx);
        }

        let mut means = [0.0; 2];
        global_average_pool_forward(&POOL.map, &x, &mut means).unwrap();
        let expected = [0, 1].map(|c| wide(&x[c * 30..][..30]).iter().sum::<f64>() / 30.0);
        assert_close(&means, &expected);
        global_average_pool_backward(&POOL.map, &[3.0, 6.0], &mut dx).unwrap();
        assert_close(&dx, &[[0.1; 30], [0.2; 30]].concat());
    });
}

#[test]
fn first_of_equals_and_nan_win_a_window() {
    on_every_isa(|| {
        let map = MapShape {
            batch: 1,
            channels: 1,
            height: 2,
            width: 2,
        };
        let pool = PoolShape {
            map,
            kernel: [2, 2],
            stride: [2, 2],
            padding: [0, 0],
            ceil_mode: false,
        };
        let (mut y, mut argmax) = ([0.0], [9]);
        for (x, winner) in [
            ([1.0, 2.0, 2.0, 0.0], 1),
            ([f32::NEG_INFINITY; 4], 0),
            ([1.0, f32::NAN, 3.0, 0.0], 1),
        ] {
            max_pool_forward(&pool, &x, &mut y, &mut argmax).unwrap();
            assert_eq!(argmax, [winner], "{x:?}");
        }
        assert!(y[0].is_nan());
    });
}

/// The fused operation is the three operations one after the other, for any
/// window, and the bits do not depend on the number of threads.
#[test]
fn fused_norm_relu_pool() {
    let shapes = [
        ([3, 5, 9, 11], [3, 3], [2, 2], [1, 1], false),
        ([2, 3, 8, 8], [3, 3], [2, 2], [1, 1], true),
        ([2, 3, 1, 1], [3, 3], [2, 2], [1, 1], true),
        ([3, 70, 2, 5], [3, 3], [2, 2], [1, 1], false),
        ([2, 1, 33, 66], [3, 3], [2, 2], [1, 1], true),
        ([2, 2, 6, 97], [3, 3], [2, 2], [1, 1], false),
        ([2, 2, 7, 70], [2, 3], [1, 1], [1, 0], false),
        ([2, 2, 10, 141], [5, 4], [3, 2], [2, 2], true),
    ];
    let run = || {
        let mut bits = Vec::new();
        for (size, kernel, stride, padding, ceil_mode) in shapes {
            let [batch, channels, height, width] = size;
            let map = MapShape {
                batch,
                channels,
                height,
                width,
            };
            let pool = PoolShape {
                map,
                kernel,
                stride,
                padding,
                ceil_mode,
            };
            let len = map.checked_len().unwrap();
            let (x, dy) = (values(len, 1), values(pool.output_len(), 2));
            let (mut gamma, beta) = (values(channels, 3), values(channels, 4));
            // A flat channel, where the first pixel wins.
            gamma[channels - 1] = 0.0;
            let mut y = vec![f32::NAN; dy.len()];
            let mut argmax = vec![0; dy.len()];
            let mut dx = vec![f32::NAN; len];
            let (mut dgamma, mut dbeta) = (vec![0.0; channels], vec![0.0; channels]);
            let fused = PooledNorm { pool, eps: 1e-5 };
            let stats = fused
                .forward(&x, &gamma, &beta, &mut y, &mut argmax)
                .unwrap();
            fused
                .backward(
                    &x,
                    &gamma,
                    &beta,
                    &stats,
                    &argmax,
                    &dy,
                    &mut dx,
                    &mut dgamma,
                    &mut dbeta,
                )
                .unwrap();
            bits.extend(
                y.iter()
                    .chain(&dx)
                    .chain(&dgamma)
                    .chain(&dbeta)
                    .map(|v| v.to_bits()),
            );

            let mut normal = vec![0.0; len];
            let again = batch_norm_train(&map, &x, &gamma, &beta, 1e-5, true, &mut normal).unwrap();
            assert_eq!(again, stats);
            let mut pooled = vec![0.0; dy.len()];
            let mut winners = vec![0; dy.len()];
            max_pool_forward(&pool, &normal, &mut pooled, &mut winners).unwrap();
            assert_eq!(pooled, y);
            // Where ReLU cuts all of a window, any winner will do: it gets nothing.
            let differ = |at: &usize| y[*at] > 0.0 && winners[*at] != argmax[*at];
            assert_eq!((0..y.len()).find(differ), None);
            let mut dnormal = vec![0.0; len];
            max_pool_backward(&pool, &winners, &dy, &mut dnormal).unwrap();
            let mut steps = vec![0.0; len];
            let (mut g, mut b) = (vec![0.0; channels], vec![0.0; channels]);
            batch_norm_backward(
                &map, &x, &gamma, &beta, &stats, true, &dnormal, &mut steps, &mut g, &mut b,
            )
            .unwrap();
            assert_close(&dx, &wide(&steps));
            assert_close(&dgamma, &wide(&g));
            assert_close(&dbeta, &wide(&b));
        }
        bits
    };
    on_every_isa(|| {
        run();
    });
    let with_threads = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        pool.install(run)
    };
    let one = with_threads(1);
    assert!(one == with_threads(2) && one == with_threads(7));
}

#[test]
fn bias_and_residual() {
    on_every_isa(|| {
        let (mut y, before) = (values(48, 1), values(48, 1));
        add_bias(&MAP, &[1.0, -2.0], &mut y).unwrap();
        assert!((0..48).all(|i| y[i] == before[i] + [1.0, -2.0][i / 12 % 2]));
        let mut dbias = [f32::NAN; 2];
        bias_grad(&MAP, &before, &mut dbias).unwrap();
        let sum = |c: usize| {
            (0..48)
                .filter(|i| i / 12 % 2 == c)
                .map(|i| f64::from(before[i]))
                .sum()
        };
        assert_close(&dbias, &[sum(0), sum(1)]);

        let (a, b) = (values(37, 2), values(37, 3));
        let (mut sum, mut gradient) = (vec![f32::NAN; 37], vec![f32::NAN; 37]);
        add_relu(&a, &b, &mut sum).unwrap();
        assert!((0..37).all(|i| sum[i] == (a[i] + b[i]).max(0.0)));
        add_relu_backward(&sum, &b, &mut gradient).unwrap();
        assert!((0..37).all(|i| gradient[i] == if sum[i] > 0.0 { b[i] } else { 0.0 }));
    });
}

#[test]
fn optimisers() {
    on_every_isa(|| {
        let sgd = Sgd {
            lr: 0.1,
            momentum: 0.9,
            weight_decay: 0.01,
            nesterov: false,
        };
        let nesterov = Sgd {
            weight_decay: 0.0,
            nesterov: true,
            ..sgd
        };
        for (sgd, expected) in [(sgd, golden::SGD), (nesterov, golden::NESTEROV)] {
            let (mut w, mut v) = (values(3, 7), vec![0.0; 3]);
            for step in 0..3 {
                sgd.step(&mut w, &values(3, 8 + step), &mut v).unwrap();
            }
            assert_close(&w, &expected);
        }
        let adam = Adam {
            lr: 0.1,
            betas: [0.9, 0.999],
            eps: 1e-8,
            weight_decay: 0.01,
            decoupled: false,
        };
        let adamw = Adam {
            weight_decay: 0.1,
            decoupled: true,
            ..adam
        };
        for (adam, expected) in [(adam, golden::ADAM), (adamw, golden::ADAMW)] {
            let (mut w, mut m, mut s) = (values(3, 7), vec![0.0; 3], vec![0.0; 3]);
            for step in 0..3 {
                adam.step(step + 1, &mut w, &values(3, 8 + step), &mut m, &mut s)
                    .unwrap();
            }
            assert_close(&w, &expected);
        }
    });
}
