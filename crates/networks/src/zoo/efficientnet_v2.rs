//! EfficientNetV2-S (Tan and Le 2021), with torchvision's paths.
//!
//! | block | output | unit | t | c | n | s |
//! |---|---|---|---|---|---|---|
//! | stem | 1/2 | 3×3 | – | 24 | 1 | 2 |
//! | block1 | 1/2 | fused | 1 | 24 | 2 | 1 |
//! | block2 | 1/4 | fused | 4 | 48 | 4 | 2 |
//! | block3 | 1/8 | fused | 4 | 64 | 4 | 2 |
//! | block4 | 1/16 | inverted residual | 4 | 128 | 6 | 2 |
//! | block5 | 1/16 | inverted residual | 6 | 160 | 9 | 1 |
//! | block6 | 1/32 | inverted residual | 6 | 256 | 15 | 2 |
//! | block7 | 1/32 | 1×1 | – | 1280 | 1 | 1 |
//! | head | 1 | global average, linear | | | | |
//!
//! Expansion t, channels c, repeats n, stride s of the first. A fused unit is 3×3 to more channels
//! and 1×1 back, or 3×3 alone where t is 1; inverted residuals are 3×3 with squeeze-and-excitation
//! of a quarter of the channels read. SiLU; ε 1e-3. Dropout and stochastic depth are left out.

use super::inverted_residual::{Names, Stage, Style, summed};
use super::request::{Built, Request};
use crate::draws::{Draw, Draws};
use crate::layer::{Activation, Conv, Layer};
use crate::network::Block;
use crate::network_error::NetworkError;

const STYLE: Style = Style {
    activation: Activation::Silu,
    epsilon: 1e-3,
    has_gates: true,
    gate: [Activation::Silu, Activation::Sigmoid],
    pads_same: false,
};

/// Rows of the table: t, c, n, s.
const STAGES: [[usize; 4]; 6] = [
    [1, 24, 2, 1],
    [4, 48, 4, 2],
    [4, 64, 4, 2],
    [4, 128, 6, 2],
    [6, 160, 9, 1],
    [6, 256, 15, 2],
];
/// Stages of fused units: the first ones.
const FUSED: usize = 3;
/// Channels before the head.
const LAST: usize = 1280;

pub(super) fn network(request: &Request) -> Result<Built, NetworkError> {
    let mut channels = STAGES[0][1];
    let first = Conv::new("features.0.0".into(), [request.input.channels, channels], 3);
    let stem = STYLE.activated(first.stride(2), "features.0.1".into());
    let mut blocks = vec![Block::new("stem", stem)];
    for (index, [expansion, width, repeats, stride]) in STAGES.into_iter().enumerate() {
        let stage = Stage {
            expansion,
            channels: width,
            repeats,
            stride,
            kernel: 3,
        };
        let mut layers = Vec::new();
        for unit in 0..repeats {
            let path = format!("features.{}.{unit}.block", index + 1);
            layers.extend(match index < FUSED {
                true => fused(&path, channels, &stage, unit),
                false => STYLE.unit(channels, stage.unit(unit, channels, STYLE), names(&path)),
            });
            channels = width;
        }
        blocks.push(Block::new(format!("block{}", index + 1), layers));
    }
    let place = STAGES.len() + 1;
    let last = Conv::new(format!("features.{place}.0"), [channels, LAST], 1);
    let last = STYLE.activated(last, format!("features.{place}.1"));
    blocks.push(Block::new(format!("block{place}"), last));
    blocks.push(Block::linear_head("classifier.1", LAST, request.classes));
    Ok(Built {
        blocks,
        draws: Draws {
            conv: Draw::HeFanOut,
            linear: Draw::UniformFanOut,
        },
    })
}

fn fused(path: &str, channels: usize, stage: &Stage, unit: usize) -> Vec<Layer> {
    let unit = stage.unit(unit, channels, STYLE);
    let pair = |index: usize| [0, 1].map(|part| format!("{path}.{index}.{part}"));
    let is_alone = unit.inner == channels;
    let written = if is_alone { unit.channels } else { unit.inner };
    let [conv, norm] = pair(0);
    let conv = Conv::new(conv, [channels, written], unit.kernel).stride(unit.stride);
    let mut body = STYLE.activated(conv, norm);
    if !is_alone {
        let [conv, norm] = pair(1);
        body.extend(STYLE.normed(Conv::new(conv, [written, unit.channels], 1), norm));
    }
    summed(body, unit.stride == 1 && channels == unit.channels)
}

fn names(path: &str) -> Names {
    let pair = |index: usize| [0, 1].map(|part| format!("{path}.{index}.{part}"));
    Names {
        expand: pair(0),
        depthwise: pair(1),
        gate: ["fc1", "fc2"].map(|layer| format!("{path}.2.{layer}")),
        project: pair(3),
    }
}
