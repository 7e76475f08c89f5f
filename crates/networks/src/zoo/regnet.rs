//! RegNetY-400MF, 800MF and 1.6GF (Radosavovic et al. 2020), with torchvision's paths; timm's as a
//! second dialect, but for 800MF, whose widths are others in timm.
//!
//! | block | output | layers | n, c of 400MF | 800MF | 1.6GF |
//! |---|---|---|---|---|---|
//! | stem | 1/2 | 3×3, 32, /2 | | | |
//! | block1 | 1/4 | n × [1×1 c, 3×3 c, 1×1 c] | 1, 48 | 1, 64 | 2, 48 |
//! | block2 | 1/8 | same | 3, 104 | 3, 144 | 6, 120 |
//! | block3 | 1/16 | same | 6, 208 | 8, 320 | 17, 336 |
//! | block4 | 1/32 | same | 6, 440 | 2, 784 | 2, 888 |
//! | head | 1 | global average, linear | | | |
//!
//! The 3×3 works on groups of 8, 16 or 24 channels and has the stride of the stage's first unit;
//! squeeze-and-excitation of a quarter of the channels read follows it. Batch norm and ReLU come
//! behind every convolution, the last ReLU of a unit behind the sum.

use super::dialect::Dialect;
use super::inverted_residual::gate;
use super::request::{Built, Request};
use crate::draws::{Draw, Draws};
use crate::layer::{Activation, Conv, Layer, Norm, Residual};
use crate::network::Block;
use crate::network_error::NetworkError;

/// Channels behind the stem.
const FIRST: usize = 32;

/// `group`: channels of a group.
pub(super) fn network(
    request: &Request,
    repeats: [usize; 4],
    widths: [usize; 4],
    group: usize,
) -> Result<Built, NetworkError> {
    let names = match request.dialect {
        Dialect::Timm => Names {
            stem: ["stem.conv", "stem.bn"],
            unit: timm,
            classifier: "head.fc",
        },
        _ => Names {
            stem: ["stem.0", "stem.1"],
            unit: torchvision,
            classifier: "fc",
        },
    };
    let first = Conv::new(names.stem[0].into(), [request.input.channels, FIRST], 3);
    let mut stem = normed(first.stride(2), names.stem[1].into());
    stem.push(Layer::RELU);
    let mut blocks = vec![Block::new("stem", stem)];
    let mut channels = FIRST;
    for (stage, (width, repeats)) in (1..).zip(widths.into_iter().zip(repeats)) {
        let mut layers = Vec::new();
        for index in 0..repeats {
            let stride = if index == 0 { 2 } else { 1 };
            let names = (names.unit)(stage, index);
            layers.push(unit(names, [channels, width], group, stride));
            channels = width;
        }
        blocks.push(Block::new(format!("block{stage}"), layers));
    }
    blocks.push(Block::linear_head(
        names.classifier,
        channels,
        request.classes,
    ));
    Ok(Built {
        blocks,
        draws: Draws {
            conv: Draw::HeFanOut,
            linear: Draw::Normal(0.01),
        },
    })
}

struct Names {
    stem: [&'static str; 2],
    /// Of a stage from 1, and a unit from 0.
    unit: fn(usize, usize) -> Unit,
    classifier: &'static str,
}

/// Paths of the layers of a unit; convolutions with their batch norm.
struct Unit {
    convs: [[String; 2]; 3],
    gate: [String; 2],
    shortcut: [String; 2],
}

fn torchvision(stage: usize, index: usize) -> Unit {
    let path = format!("trunk_output.block{stage}.block{stage}-{index}");
    let pair = |layer: &str| [0, 1].map(|part| format!("{path}.{layer}.{part}"));
    Unit {
        convs: ["f.a", "f.b", "f.c"].map(pair),
        gate: ["fc1", "fc2"].map(|layer| format!("{path}.f.se.{layer}")),
        shortcut: pair("proj"),
    }
}

fn timm(stage: usize, index: usize) -> Unit {
    let path = format!("s{stage}.b{}", index + 1);
    let pair = |layer: &str| ["conv", "bn"].map(|part| format!("{path}.{layer}.{part}"));
    Unit {
        convs: ["conv1", "conv2", "conv3"].map(pair),
        gate: ["fc1", "fc2"].map(|layer| format!("{path}.se.{layer}")),
        shortcut: pair("downsample"),
    }
}

fn unit(names: Unit, [read, width]: [usize; 2], group: usize, stride: usize) -> Layer {
    let [[a, a_norm], [b, b_norm], [c, c_norm]] = names.convs;
    let mut grouped = Conv::new(b, [width; 2], 3).stride(stride);
    grouped.geometry.groups = width / group;
    let mut body = normed(Conv::new(a, [read, width], 1), a_norm);
    body.push(Layer::RELU);
    body.extend(normed(grouped, b_norm));
    body.push(Layer::RELU);
    let functions = [Activation::Relu, Activation::Sigmoid];
    body.push(gate(names.gate, [width, read / 4], functions));
    body.extend(normed(Conv::new(c, [width; 2], 1), c_norm));
    let [conv, norm] = names.shortcut;
    let shortcut = match stride != 1 || read != width {
        true => normed(Conv::new(conv, [read, width], 1).stride(stride), norm),
        false => Vec::new(),
    };
    Layer::Residual(Residual {
        body,
        shortcut,
        relu: true,
    })
}

/// Convolution and batch norm.
fn normed(conv: Conv, norm: String) -> Vec<Layer> {
    let norm = Norm::new(norm, conv.channels_out);
    vec![Layer::Conv(conv), Layer::batch_norm(norm)]
}
