//! Layers of networks with tokens and layer norm.

use std::hint::black_box;

use kernels::{
    Activation, AttentionShape, ConvShape, MapShape, ShapeError, activate, activate_backward,
    attention, attention_backward, layer_norm, layer_norm_backward,
};

use crate::Options;
use crate::clock::{milliseconds, noise};

/// Images of every layer here.
const BATCH: usize = 8;

/// Name, channels in and out, pixels or tokens.
const LINEAR: &[(&str, usize, usize, [usize; 2])] = &[
    ("deit.qkv", 384, 1152, [197, 1]),
    ("deit.out", 384, 384, [197, 1]),
    ("deit.up", 384, 1536, [197, 1]),
    ("deit.down", 1536, 384, [197, 1]),
    ("convnext.1.up", 96, 384, [56, 56]),
    ("convnext.1.down", 384, 96, [56, 56]),
    ("convnext.2.up", 192, 768, [28, 28]),
    ("convnext.2.down", 768, 192, [28, 28]),
    ("convnext.3.up", 384, 1536, [14, 14]),
    ("convnext.3.down", 1536, 384, [14, 14]),
    ("convnext.4.up", 768, 3072, [7, 7]),
    ("convnext.4.down", 3072, 768, [7, 7]),
];

/// Name, channels, side of the map, side of the kernel, stride.
const DEPTHWISE: &[(&str, usize, usize, usize, usize)] = &[
    ("convnext.1.depth", 96, 56, 7, 1),
    ("convnext.2.depth", 192, 28, 7, 1),
    ("convnext.3.depth", 384, 14, 7, 1),
    ("convnext.4.depth", 768, 7, 7, 1),
    ("mobile.1.depth", 32, 112, 3, 1),
    ("mobile.2.depth", 96, 112, 3, 2),
    ("mobile.3.depth", 576, 14, 3, 1),
    ("mobile.4.depth", 672, 14, 5, 2),
];

/// Channels and pixels or tokens of layer norms.
const NORMS: &[(usize, [usize; 2])] = &[
    (384, [197, 1]),
    (96, [56, 56]),
    (192, [28, 28]),
    (384, [14, 14]),
    (768, [7, 7]),
];

/// The convolutions among them.
pub fn convolutions() -> impl Iterator<Item = (&'static str, ConvShape)> {
    let shape = |[channels_in, channels_out]: [usize; 2], [height, width]: [usize; 2]| ConvShape {
        batch: BATCH,
        channels_in,
        height,
        width,
        channels_out,
        kernel: [1, 1],
        stride: [1, 1],
        padding: [0, 0],
        dilation: [1, 1],
        groups: 1,
    };
    let linear = LINEAR
        .iter()
        .map(move |&(name, channels_in, channels_out, size)| {
            (name, shape([channels_in, channels_out], size))
        });
    let depthwise = DEPTHWISE
        .iter()
        .map(move |&(name, channels, side, kernel, stride)| {
            let shape = ConvShape {
                kernel: [kernel; 2],
                stride: [stride; 2],
                padding: [kernel / 2; 2],
                groups: channels,
                ..shape([channels; 2], [side; 2])
            };
            (name, shape)
        });
    linear.chain(depthwise)
}

/// Prints a line for each of the others: milliseconds forward / backward.
pub fn report(options: &Options) -> Result<(), ShapeError> {
    let line = |name: &str, time: &dyn Fn() -> Result<[f64; 2], ShapeError>| {
        if name.starts_with(&options.prefix) {
            let [forward, backward] = time()?;
            println!("{name:22}{forward:8.2} / {backward:8.2}");
        }
        Ok(())
    };
    line("attention", &|| attend(options.cpu))?;
    for &(channels, size) in NORMS {
        let map = MapShape {
            batch: BATCH,
            channels,
            height: size[0],
            width: size[1],
        };
        let name = format!("pixel norm{channels}@{}", size[0]);
        line(&name, &|| normalise(options.cpu, &map))?;
    }
    line("gelu", &|| gelu(options.cpu))
}

/// Attention of DeiT-small.
fn attend(cpu: bool) -> Result<[f64; 2], ShapeError> {
    let shape = AttentionShape {
        batch: BATCH,
        heads: 6,
        features: 64,
        tokens: 197,
    };
    let dy = noise(shape.checked_len()?);
    let (mut y, qkv) = (dy.clone(), noise(3 * dy.len()));
    let mut dqkv = qkv.clone();
    let forward = milliseconds(cpu, || attention(&shape, &qkv, black_box(&mut y)))?;
    let backward = milliseconds(cpu, || {
        attention_backward(&shape, &qkv, &dy, black_box(&mut dqkv))
    })?;
    Ok([forward, backward])
}

fn normalise(cpu: bool, map: &MapShape) -> Result<[f64; 2], ShapeError> {
    const EPSILON: f32 = 1e-6;
    let (x, gamma) = (noise(map.checked_len()?), noise(map.channels));
    let (mut y, mut dgamma, mut dbeta) = (x.clone(), gamma.clone(), gamma.clone());
    let stats = layer_norm(map, &x, &gamma, &gamma, EPSILON, &mut y)?;
    let forward = milliseconds(cpu, || {
        layer_norm(map, &x, &gamma, &gamma, EPSILON, black_box(&mut y)).map(drop)
    })?;
    let mut dx = x.clone();
    let backward = milliseconds(cpu, || {
        let dx = black_box(&mut dx);
        layer_norm_backward(map, &x, &gamma, &stats, &y, dx, &mut dgamma, &mut dbeta)
    })?;
    Ok([forward, backward])
}

/// GELU between the linear layers of DeiT-small.
fn gelu(cpu: bool) -> Result<[f64; 2], ShapeError> {
    let x = noise(BATCH * 1536 * 197);
    let (mut y, dy) = (x.clone(), x.clone());
    let forward = milliseconds(cpu, || activate(Activation::Gelu, &x, black_box(&mut y)))?;
    let backward = milliseconds(cpu, || {
        activate_backward(Activation::Gelu, &x, &dy, black_box(&mut y))
    })?;
    Ok([forward, backward])
}
