//! ResNet-18, 34 and 50 (He et al. 2016) with torchvision's parameter paths; the stride of a
//! bottleneck sits in its 3×3 convolution, as in torchvision.
//!
//! | block | output | ResNet-18 | ResNet-34 | ResNet-50 |
//! |---|---|---|---|---|
//! | stem | 1/4 | 7×7, 64, /2; max-pool 3×3 /2 | same | same |
//! | block1 | 1/4 | 2 × [3×3, 64]² | 3 × | 3 × [1×1 64, 3×3 64, 1×1 256] |
//! | block2 | 1/8 | 2 × [3×3, 128]² | 4 × | 4 × [128, 128, 512] |
//! | block3 | 1/16 | 2 × [3×3, 256]² | 6 × | 6 × [256, 256, 1024] |
//! | block4 | 1/32 | 2 × [3×3, 512]² | 3 × | 3 × [512, 512, 2048] |
//! | head | 1 | global average, linear | same | same |

use super::Stem;
use crate::layer::{Conv, Layer};
use crate::network::{Block, Network};
use crate::ops::{ConvGeometry, PoolGeometry};

/// What a stage repeats.
#[derive(Clone, Copy)]
pub(super) enum Unit {
    /// Two 3×3 convolutions.
    Basic,
    /// 1×1, 3×3, 1×1 with four times the width at the end.
    Bottleneck,
}

impl Unit {
    fn expansion(self) -> usize {
        match self {
            Unit::Basic => 1,
            Unit::Bottleneck => 4,
        }
    }
}

pub(super) fn network(
    name: &str,
    unit: Unit,
    repeats: [usize; 4],
    stem: Stem,
    channels_in: usize,
    classes: usize,
) -> Network {
    let (kernel, stride) = match stem {
        Stem::Imagenet => (7, 2),
        Stem::Small => (3, 1),
    };
    let mut layers = conv_norm("conv1", "bn1", channels_in, 64, kernel, stride);
    layers.push(Layer::Relu);
    if stem == Stem::Imagenet {
        layers.push(Layer::MaxPool(PoolGeometry {
            kernel: [3; 2],
            stride: [2; 2],
            padding: [1; 2],
            ceil: false,
        }));
    }
    let mut blocks = vec![Block {
        name: "stem".into(),
        layers,
    }];
    let mut width_in = 64;
    for (stage, &units) in repeats.iter().enumerate() {
        let width = 64 << stage;
        let mut layers = Vec::new();
        for index in 0..units {
            let stride = if stage > 0 && index == 0 { 2 } else { 1 };
            let path = format!("layer{}.{index}", stage + 1);
            layers.push(residual(unit, &path, width_in, width, stride));
            width_in = width * unit.expansion();
        }
        blocks.push(Block {
            name: format!("block{}", stage + 1),
            layers,
        });
    }
    blocks.push(Block::linear_head(width_in, classes));
    Network {
        name: name.into(),
        channels_in,
        classes,
        blocks,
    }
}

fn residual(unit: Unit, path: &str, width_in: usize, width: usize, stride: usize) -> Layer {
    let layer = |i: usize, c_in, c_out, kernel, stride| {
        conv_norm(
            &format!("{path}.conv{i}"),
            &format!("{path}.bn{i}"),
            c_in,
            c_out,
            kernel,
            stride,
        )
    };
    let width_out = width * unit.expansion();
    let stages = match unit {
        Unit::Basic => vec![
            layer(1, width_in, width, 3, stride),
            layer(2, width, width, 3, 1),
        ],
        Unit::Bottleneck => vec![
            layer(1, width_in, width, 1, 1),
            layer(2, width, width, 3, stride),
            layer(3, width, width_out, 1, 1),
        ],
    };
    let shortcut = if stride != 1 || width_in != width_out {
        conv_norm(
            &format!("{path}.downsample.0"),
            &format!("{path}.downsample.1"),
            width_in,
            width_out,
            1,
            stride,
        )
    } else {
        Vec::new()
    };
    Layer::Residual {
        body: stages.join(&Layer::Relu),
        shortcut,
    }
}

fn conv_norm(
    conv: &str,
    norm: &str,
    channels_in: usize,
    channels_out: usize,
    kernel: usize,
    stride: usize,
) -> Vec<Layer> {
    vec![
        Layer::Conv(Conv {
            path: conv.into(),
            channels_in,
            channels_out,
            kernel: [kernel; 2],
            geometry: ConvGeometry {
                stride: [stride; 2],
                padding: [kernel / 2; 2],
                dilation: [1; 2],
                groups: 1,
            },
        }),
        Layer::BatchNorm {
            path: norm.into(),
            channels: channels_out,
        },
    ]
}
