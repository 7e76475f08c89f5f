//! DenseNet-121 (Huang et al. 2017), with the paths of torchvision and timm, which are the same.
//!
//! | block | output | layers |
//! |---|---|---|
//! | stem | 1/4 | 7×7, 64, /2; max-pool 3×3 /2 |
//! | block1 | 1/8 | 6 × [1×1 128, 3×3 32]; transition: 1×1, 128; mean over 2×2 |
//! | block2 | 1/16 | 12 × [1×1 128, 3×3 32]; transition: 1×1, 256; mean over 2×2 |
//! | block3 | 1/32 | 24 × [1×1 128, 3×3 32]; transition: 1×1, 512; mean over 2×2 |
//! | block4 | 1/32 | 16 × [1×1 128, 3×3 32]; batch norm, ReLU |
//! | head | 1 | global average, linear |
//!
//! A dense layer puts its 32 channels behind those that it read. Batch norm and ReLU come before
//! every convolution but the first. A transition halves the channels.

use super::dialect::Dialect;
use super::request::{Built, Request};
use crate::draws::{Draw, Draws};
use crate::layer::PoolGeometry;
use crate::layer::{Conv, Layer, Norm};
use crate::network::Block;
use crate::network_error::NetworkError;

/// Channels that a dense layer adds.
const GROWTH: usize = 32;
/// Channels between its two convolutions.
const BOTTLENECK: usize = 4 * GROWTH;

pub(super) fn network(request: &Request, repeats: [usize; 4]) -> Result<Built, NetworkError> {
    let mut channels = 64;
    let stem = Conv::new(
        "features.conv0".into(),
        [request.input.channels, channels],
        7,
    );
    let mut blocks = vec![Block::new(
        "stem",
        vec![
            Layer::Conv(stem.stride(2)),
            Layer::batch_norm(Norm::new("features.norm0".into(), channels)),
            Layer::RELU,
            Layer::max_pool(PoolGeometry {
                kernel: [3; 2],
                stride: [2; 2],
                padding: [1; 2],
                ceil: false,
            }),
        ],
    )];
    for (stage, &count) in (1..).zip(&repeats) {
        let mut layers = Vec::new();
        for index in 1..=count {
            let path = format!("features.denseblock{stage}.denselayer{index}");
            layers.push(dense_layer(&path, channels, request.dialect));
            channels += GROWTH;
        }
        if stage < repeats.len() {
            layers.extend(transition(&format!("features.transition{stage}"), channels));
            channels /= 2;
        } else {
            let norm = Norm::new("features.norm5".into(), channels);
            layers.extend([Layer::batch_norm(norm), Layer::RELU]);
        }
        blocks.push(Block::new(format!("block{stage}"), layers));
    }
    blocks.push(Block::linear_head("classifier", channels, request.classes));
    Ok(Built {
        blocks,
        draws: Draws {
            conv: Draw::HeFanIn,
            linear: Draw::UniformFanIn,
        },
    })
}

fn dense_layer(path: &str, channels: usize, dialect: Dialect) -> Layer {
    let name = |layer: &str, index: usize| match dialect {
        Dialect::TorchvisionDotted => format!("{path}.{layer}.{index}"),
        _ => format!("{path}.{layer}{index}"),
    };
    let added = vec![
        Layer::batch_norm(Norm::new(name("norm", 1), channels)),
        Layer::RELU,
        Layer::Conv(Conv::new(name("conv", 1), [channels, BOTTLENECK], 1)),
        Layer::batch_norm(Norm::new(name("norm", 2), BOTTLENECK)),
        Layer::RELU,
        Layer::Conv(Conv::new(name("conv", 2), [BOTTLENECK, GROWTH], 3)),
    ];
    Layer::branches(vec![Vec::new(), added])
}

fn transition(path: &str, channels: usize) -> Vec<Layer> {
    let conv = Conv::new(format!("{path}.conv"), [channels, channels / 2], 1);
    vec![
        Layer::batch_norm(Norm::new(format!("{path}.norm"), channels)),
        Layer::RELU,
        Layer::Conv(conv),
        Layer::average_pool(PoolGeometry {
            kernel: [2; 2],
            stride: [2; 2],
            padding: [0; 2],
            ceil: false,
        }),
    ]
}
