//! Operations composed of Burn's own.

#![allow(missing_docs)]

use burn::tensor::{Tensor, activation};

use super::{ConvGeometry, conv2d, linear, relu};

/// A function of every number by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activation {
    /// `max(x, 0)`.
    Relu,
    /// `min(max(x, 0), 6)`.
    Relu6,
    /// `x · σ(x)`.
    Silu,
    /// `x · Φ(x)`.
    Gelu,
    /// `1 / (1 + e⁻ˣ)`.
    Sigmoid,
}

pub fn activate(x: Tensor<4>, activation: Activation) -> Tensor<4> {
    match activation {
        Activation::Relu => relu(x),
        Activation::Relu6 => relu(x).clamp_max(6.0),
        Activation::Silu => activation::silu(x),
        Activation::Gelu => activation::gelu(x),
        Activation::Sigmoid => activation::sigmoid(x),
    }
}

pub fn scale_channels(x: Tensor<4>, scale: Tensor<1>) -> Tensor<4> {
    let [c] = scale.dims();
    x * scale.reshape([1, c, 1, 1])
}

pub fn gate(x: Tensor<4>, g: Tensor<4>) -> Tensor<4> {
    x * g
}

pub fn layer_norm(x: Tensor<4>, gamma: Tensor<1>, beta: Tensor<1>, epsilon: f64) -> Tensor<4> {
    let [c] = gamma.dims();
    let centred = x.clone() - x.mean_dim(1);
    let variance = (centred.clone() * centred.clone()).mean_dim(1);
    centred / (variance + epsilon).sqrt() * gamma.reshape([1, c, 1, 1]) + beta.reshape([1, c, 1, 1])
}

pub fn attention(qkv: Tensor<4>, heads: usize) -> Tensor<4> {
    let [b, three, t, _] = qkv.dims();
    let f = three / 3;
    let d = f / heads;
    let qkv = qkv.reshape([b, 3 * heads, d, t]);
    let part = |i: usize| {
        qkv.clone()
            .slice([0..b, i * heads..(i + 1) * heads, 0..d, 0..t])
    };
    let scores = part(0).swap_dims(2, 3).matmul(part(1)) / (d as f64).sqrt();
    let p = activation::softmax(scores, 3);
    part(2).matmul(p.swap_dims(2, 3)).reshape([b, f, t, 1])
}

pub fn concatenate(parts: Vec<Tensor<4>>) -> Tensor<4> {
    Tensor::cat(parts, 1)
}

pub fn pad(x: Tensor<4>, [top, bottom, left, right]: [usize; 4]) -> Tensor<4> {
    x.pad((left, right, top, bottom), 0.0)
}

pub fn add(x: Tensor<4>, y: Tensor<4>) -> Tensor<4> {
    x + y
}

pub fn reverse_channels(x: Tensor<4>) -> Tensor<4> {
    x.flip([1])
}

pub fn first_token(x: Tensor<4>) -> Tensor<4> {
    let [b, f, ..] = x.dims();
    x.slice([0..b, 0..f, 0..1, 0..1])
}

pub fn embed(x: Tensor<4>, class_token: Tensor<1>, positions: Tensor<1>) -> Tensor<4> {
    let [b, f, r, c] = x.dims();
    let t = r * c + 1;
    let x = x.reshape([b, f, r * c, 1]);
    let class = class_token.reshape([1, f, 1, 1]).repeat_dim(0, b);
    let positions = positions.reshape([1, t, f, 1]).swap_dims(1, 2);
    Tensor::cat(vec![class, x], 2) + positions
}

pub fn linear_pixels(x: Tensor<4>, w: Tensor<2>, b: Tensor<1>) -> Tensor<4> {
    let [n, c, h, wd] = x.dims();
    let [o, _] = w.dims();
    if h * wd == 1 {
        return linear(x.reshape([n, c]), w, b).reshape([n, o, 1, 1]);
    }
    let g = ConvGeometry {
        stride: [1; 2],
        padding: [0; 2],
        dilation: [1; 2],
        groups: 1,
    };
    conv2d(x, w.reshape([o, c, 1, 1]), g, None) + b.reshape([1, o, 1, 1])
}
