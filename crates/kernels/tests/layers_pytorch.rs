//! Activations, layer norm, attention and what moves or scales channels against PyTorch, on every
//! instruction set.

mod golden_layers;
mod reference;

use golden_layers as golden;
use kernels::{
    Activation, AttentionShape, Border, Isa, MapShape, PoolShape, activate, activate_backward,
    attention, attention_backward, average_pool_backward, average_pool_forward, embed_tokens,
    embed_tokens_backward, layer_norm, layer_norm_backward, scale_planes, scale_planes_grad,
};
use reference::values;

fn on_every_isa(test: impl Fn()) {
    for isa in Isa::available() {
        isa.with(&test);
    }
}

/// Whether `got` are the tensors whose products, first and middle values are `expected`.
fn assert_golden<const N: usize>(name: &str, got: [&[f32]; N], expected: &[[f64; 3]; N]) {
    for (which, (got, expected)) in got.iter().zip(expected).enumerate() {
        let wide = |v: &f32| f64::from(*v);
        let weights = values(got.len(), 99);
        let terms = got.iter().zip(&weights).map(|(g, w)| wide(g) * wide(w));
        let product: f64 = terms.clone().sum();
        let size: f64 = terms.map(f64::abs).sum();
        let largest = got.iter().map(wide).map(f64::abs).fold(0.0, f64::max);
        let found = [product, wide(&got[0]), wide(&got[got.len() / 2])];
        for (place, scale) in [size, largest, largest].into_iter().enumerate() {
            let error = (found[place] - expected[place]).abs() / scale.max(1e-3);
            assert!(
                error < 1e-6,
                "{name}, tensor {which}, number {place}: {} is not {}, off by {error:e}",
                found[place],
                expected[place]
            );
        }
    }
}

fn blank(len: usize) -> Vec<f32> {
    vec![f32::NAN; len]
}

fn scaled(len: usize, seed: u64, scale: f32) -> Vec<f32> {
    values(len, seed).iter().map(|v| v * scale).collect()
}

fn map([batch, channels, height, width]: [usize; 4]) -> MapShape {
    MapShape {
        batch,
        channels,
        height,
        width,
    }
}

#[test]
fn activations() {
    on_every_isa(|| {
        for (activation, expected) in [
            (Activation::Relu, &golden::RELU),
            (Activation::Relu6, &golden::RELU6),
            (Activation::Silu, &golden::SILU),
            (Activation::Gelu, &golden::GELU),
            (Activation::Sigmoid, &golden::SIGMOID),
            (Activation::HardSwish, &golden::HARD_SWISH),
            (Activation::HardSigmoid, &golden::HARD_SIGMOID),
            (Activation::QuickGelu, &golden::QUICK_GELU),
        ] {
            let (x, dy) = (scaled(1013, 1, 8.0), values(1013, 50));
            let (mut y, mut dx) = (blank(1013), blank(1013));
            activate(activation, &x, &mut y).unwrap();
            let kept = if activation.keeps_output() { &y } else { &x };
            activate_backward(activation, kept, &dy, &mut dx).unwrap();
            assert_golden(&format!("{activation:?}"), [&y, &dx], expected);
        }
    });
}

#[test]
fn activations_of_what_is_no_number() {
    on_every_isa(|| {
        for activation in [
            Activation::Relu,
            Activation::Relu6,
            Activation::Silu,
            Activation::Gelu,
            Activation::Sigmoid,
            Activation::HardSwish,
            Activation::HardSigmoid,
            Activation::QuickGelu,
        ] {
            let mut y = [0.0; 2];
            activate(activation, &[f32::NAN, 1e30], &mut y).unwrap();
            assert!(y[0].is_nan() && y[1] > 0.999, "{activation:?}: {y:?}");
        }
    });
}

#[test]
fn layer_norms() {
    on_every_isa(|| {
        for (shape, expected) in [
            ([2, 5, 3, 4], &golden::LAYER_NORM_0),
            ([3, 40, 1, 1], &golden::LAYER_NORM_1),
            ([1, 7, 13, 1], &golden::LAYER_NORM_2),
            ([2, 24, 197, 1], &golden::LAYER_NORM_3),
            ([1, 6, 20, 7], &golden::LAYER_NORM_4),
        ] {
            let (map, channels) = (map(shape), shape[1]);
            let len = map.checked_len().unwrap();
            let (x, dy) = (values(len, 1), values(len, 50));
            let (gamma, beta) = (values(channels, 2), values(channels, 3));
            let (mut y, mut dx) = (blank(len), blank(len));
            let (mut dgamma, mut dbeta) = (blank(channels), blank(channels));
            let stats = layer_norm(&map, &x, &gamma, &beta, 1e-6, &mut y).unwrap();
            layer_norm_backward(
                &map,
                &x,
                &gamma,
                &stats,
                &dy,
                &mut dx,
                &mut dgamma,
                &mut dbeta,
            )
            .unwrap();
            let got = [&y[..], &dx, &dgamma, &dbeta];
            assert_golden(&format!("{shape:?}"), got, expected);
        }
    });
}

/// Mean and variance of maps far from zero, against two passes in `f64`.
#[test]
fn layer_norm_far_from_zero() {
    on_every_isa(|| {
        for shape in [[2, 300, 1, 1], [2, 300, 5, 7]] {
            let (map, channels) = (map(shape), shape[1]);
            let x: Vec<f32> = values(map.checked_len().unwrap(), 1)
                .iter()
                .map(|x| x + 1000.0)
                .collect();
            let mut y = blank(x.len());
            let (ones, zeros) = (vec![1.0; channels], vec![0.0; channels]);
            let stats = layer_norm(&map, &x, &ones, &zeros, 0.0, &mut y).unwrap();
            for pixel in 0..map.batch * map.plane() {
                let (image, at) = (pixel / map.plane(), pixel % map.plane());
                let column = x[image * channels * map.plane() + at..]
                    .iter()
                    .step_by(map.plane())
                    .take(channels);
                let column: Vec<f64> = column.map(|x| f64::from(*x)).collect();
                let mean = column.iter().sum::<f64>() / channels as f64;
                let squares: f64 = column.iter().map(|x| (x - mean).powi(2)).sum();
                let inv_std = (squares / channels as f64).sqrt().recip();
                assert!((f64::from(stats.mean[pixel]) / mean - 1.0).abs() < 1e-7);
                assert!((f64::from(stats.inv_std[pixel]) / inv_std - 1.0).abs() < 1e-6);
            }
        }
    });
}

#[test]
fn attentions() {
    on_every_isa(|| {
        for ([batch, heads, features, tokens], expected) in [
            ([1, 1, 1, 1], &golden::ATTENTION_0),
            ([2, 3, 4, 7], &golden::ATTENTION_1),
            ([1, 2, 5, 13], &golden::ATTENTION_2),
            ([1, 2, 16, 197], &golden::ATTENTION_3),
        ] {
            let shape = AttentionShape {
                batch,
                heads,
                features,
                tokens,
            };
            let len = shape.checked_len().unwrap();
            let (qkv, dy) = (scaled(3 * len, 1, 3.0), values(len, 50));
            let (mut y, mut dqkv) = (blank(len), blank(3 * len));
            attention(&shape, &qkv, &mut y).unwrap();
            attention_backward(&shape, &qkv, &dy, &mut dqkv).unwrap();
            assert_golden(&format!("{shape:?}"), [&y, &dqkv], expected);
        }
    });
}

#[test]
fn factors_of_channels() {
    on_every_isa(|| {
        for (factors, expected) in [(3, &golden::SCALE), (6, &golden::GATE)] {
            let map = map([2, 3, 5, 7]);
            let (x, s, dy) = (values(210, 1), values(factors, 2), values(210, 50));
            let (mut y, mut dx, mut ds) = (blank(210), blank(210), blank(factors));
            scale_planes(&map, &x, &s, &mut y).unwrap();
            scale_planes(&map, &dy, &s, &mut dx).unwrap();
            scale_planes_grad(&map, &x, &dy, &mut ds).unwrap();
            assert_golden(&format!("{factors} factors"), [&y, &dx, &ds], expected);
        }
    });
}

#[test]
fn tokens() {
    let (x, token, positions) = (values(120, 1), values(3, 2), values(63, 3));
    let (mut y, mut dx, mut dtoken, mut dpositions) = (blank(126), blank(120), blank(3), blank(63));
    let map = map([2, 3, 4, 5]);
    embed_tokens(&map, &x, [&token, &[]], &positions, &mut y).unwrap();
    let dy = values(126, 50);
    embed_tokens_backward(&map, &dy, &mut dx, [&mut dtoken, &mut []], &mut dpositions).unwrap();
    assert_golden("embed", [&y, &dx, &dtoken, &dpositions], &golden::EMBED);

    let (registers, positions) = (values(6, 4), values(60, 3));
    let (mut y, mut dregisters, mut dpositions) = (blank(138), blank(6), blank(60));
    embed_tokens(&map, &x, [&token, &registers], &positions, &mut y).unwrap();
    let dy = values(138, 50);
    let first = [&mut dtoken[..], &mut dregisters[..]];
    embed_tokens_backward(&map, &dy, &mut dx, first, &mut dpositions).unwrap();
    assert_golden(
        "registers",
        [&y, &dx, &dtoken, &dregisters, &dpositions],
        &golden::EMBED_REGISTERS,
    );
}

#[test]
fn borders() {
    let border = Border {
        top: 0,
        bottom: 1,
        left: 2,
        right: 3,
    };
    let map = map([2, 3, 4, 5]);
    let len = border.around(&map).checked_len().unwrap();
    let (mut y, mut dx) = (blank(len), blank(120));
    border.pad(&map, &values(120, 1), &mut y).unwrap();
    border.crop(&map, &values(len, 50), &mut dx).unwrap();
    assert_golden("pad", [&y, &dx], &golden::PAD);
}

#[test]
fn average_pools() {
    for ([kernel, stride, padding], expected) in [
        ([3, 1, 1], &golden::AVERAGE_0),
        ([2, 2, 0], &golden::AVERAGE_1),
        ([5, 3, 0], &golden::AVERAGE_2),
    ] {
        let pool = PoolShape {
            map: map([1, 2, 11, 13]),
            kernel: [kernel; 2],
            stride: [stride; 2],
            padding: [padding; 2],
            ceil_mode: false,
        };
        let len = pool.output_len();
        let (mut y, mut dx) = (blank(len), blank(286));
        average_pool_forward(&pool, true, &values(286, 1), &mut y).unwrap();
        average_pool_backward(&pool, true, &values(len, 50), &mut dx).unwrap();
        assert_golden(&format!("{pool:?}"), [&y, &dx], expected);
    }
}
