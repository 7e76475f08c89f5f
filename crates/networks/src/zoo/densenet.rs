//! DenseNet-121 (Huang et al. 2017), with the paths of torchvision and timm, which are the same. Keras
//! adds 1.001e-5 to variances where these add 1e-5, which changes nothing that counts.
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
    let names = Names(request.dialect);
    let [conv, norm] = names.stem();
    let stem = Conv::new(conv, [request.input.channels, channels], 7);
    let mut blocks = vec![Block::new(
        "stem",
        vec![
            Layer::Conv(stem.stride(2)),
            Layer::batch_norm(Norm::new(norm, channels)),
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
            layers.push(dense_layer(names.dense(stage, index), channels));
            channels += GROWTH;
        }
        if stage < repeats.len() {
            layers.extend(transition(names.transition(stage), channels));
            channels /= 2;
        } else {
            let norm = Norm::new(names.last(), channels);
            layers.extend([Layer::batch_norm(norm), Layer::RELU]);
        }
        blocks.push(Block::new(format!("block{stage}"), layers));
    }
    blocks.push(Block::linear_head(names.head(), channels, request.classes));
    Ok(Built {
        blocks,
        draws: Draws {
            conv: Draw::HeFanIn,
            linear: Draw::UniformFanIn,
        },
    })
}

/// What layers are called.
struct Names(Dialect);

impl Names {
    /// Convolution and norm.
    fn stem(&self) -> [String; 2] {
        match self.0 {
            Dialect::KerasApplications => ["conv1_conv", "conv1_bn"],
            _ => ["features.conv0", "features.norm0"],
        }
        .map(Into::into)
    }

    /// Norm, convolution, norm, convolution of a dense layer, stage and index from 1.
    fn dense(&self, stage: usize, index: usize) -> [String; 4] {
        if self.0 == Dialect::KerasApplications {
            let path = format!("conv{}_block{index}", stage + 1);
            return ["0_bn", "1_conv", "1_bn", "2_conv"].map(|layer| format!("{path}_{layer}"));
        }
        let dot = match self.0 {
            Dialect::TorchvisionDotted => ".",
            _ => "",
        };
        let path = format!("features.denseblock{stage}.denselayer{index}");
        [("norm", 1), ("conv", 1), ("norm", 2), ("conv", 2)]
            .map(|(layer, index)| format!("{path}.{layer}{dot}{index}"))
    }

    /// Norm and convolution behind a stage.
    fn transition(&self, stage: usize) -> [String; 2] {
        ["norm", "conv"].map(|layer| match self.0 {
            Dialect::KerasApplications => {
                format!(
                    "pool{}_{}",
                    stage + 1,
                    if layer == "norm" { "bn" } else { layer }
                )
            }
            _ => format!("features.transition{stage}.{layer}"),
        })
    }

    /// The last norm.
    fn last(&self) -> String {
        match self.0 {
            Dialect::KerasApplications => "bn".into(),
            _ => "features.norm5".into(),
        }
    }

    fn head(&self) -> &'static str {
        match self.0 {
            Dialect::KerasApplications => "predictions",
            _ => "classifier",
        }
    }
}

fn dense_layer([norm1, conv1, norm2, conv2]: [String; 4], channels: usize) -> Layer {
    let added = vec![
        Layer::batch_norm(Norm::new(norm1, channels)),
        Layer::RELU,
        Layer::Conv(Conv::new(conv1, [channels, BOTTLENECK], 1)),
        Layer::batch_norm(Norm::new(norm2, BOTTLENECK)),
        Layer::RELU,
        Layer::Conv(Conv::new(conv2, [BOTTLENECK, GROWTH], 3)),
    ];
    Layer::branches(vec![Vec::new(), added])
}

fn transition([norm, conv]: [String; 2], channels: usize) -> Vec<Layer> {
    let conv = Conv::new(conv, [channels, channels / 2], 1);
    vec![
        Layer::batch_norm(Norm::new(norm, channels)),
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
