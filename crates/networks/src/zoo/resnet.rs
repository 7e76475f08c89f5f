//! ResNet-18, 34, 50 and 101 (He et al. 2016), with torchvision's paths, those of transformers as a second
//! dialect; ResNet-50 also in the variants that Keras publishes.
//!
//! | block | output | ResNet-18 | ResNet-34 | ResNet-50 | ResNet-101 |
//! |---|---|---|---|---|---|
//! | stem | 1/4 | 7×7, 64, /2; max-pool 3×3 /2 | same | same | same |
//! | block1 | 1/4 | 2 × [3×3, 64]² | 3 × | 3 × [1×1 64, 3×3 64, 1×1 256] | 3 × |
//! | block2 | 1/8 | 2 × [3×3, 128]² | 4 × | 4 × [128, 128, 512] | 4 × |
//! | block3 | 1/16 | 2 × [3×3, 256]² | 6 × | 6 × [256, 256, 1024] | 23 × |
//! | block4 | 1/32 | 2 × [3×3, 512]² | 3 × | 3 × [512, 512, 2048] | 3 × |
//! | head | 1 | global average, linear | same | same | same |
//!
//! | variant | stride of a stage | bias of convolutions | ε | channels | published as |
//! |---|---|---|---|---|---|
//! | torchvision | in the first 3×3 | no | 1e-5 | RGB | ResNet v1.5 |
//! | Keras | in the first 1×1 | yes | 1e-3 | BGR | ResNet v1 |
//! | Keras applications | in the first 1×1 | yes | 1.001e-5 | BGR | ResNet v1, since Keras 2.2.5 |

use super::choice::{Stem, Variant};
use super::dialect::Dialect;
use super::request::{Built, Request};
use crate::draws::Draws;
use crate::layer::PoolGeometry;
use crate::layer::{Conv, Layer, Norm, Residual};
use crate::network::Block;
use crate::network_error::NetworkError;

/// What a stage repeats.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    /// Two 3×3 convolutions.
    Basic,
    /// 1×1, 3×3, 1×1 with four times the width at the end.
    Bottleneck,
}

impl Unit {
    fn expansion(self) -> usize {
        match self {
            Self::Basic => 1,
            Self::Bottleneck => 4,
        }
    }
}

pub(super) fn network(
    request: &Request,
    unit: Unit,
    repeats: [usize; 4],
) -> Result<Built, NetworkError> {
    let resnet = ResNet {
        unit,
        variant: request.choice.variant.unwrap_or_default(),
        dialect: request.dialect,
    };
    let stem = request.choice.stem.unwrap_or_default();
    let mut blocks = vec![Block::new(
        "stem",
        resnet.stem(stem, request.input.channels),
    )];
    let mut width_in = 64;
    for (stage, &units) in repeats.iter().enumerate() {
        let width = 64 << stage;
        let mut layers = Vec::new();
        for index in 0..units {
            let stride = if stage > 0 && index == 0 { 2 } else { 1 };
            layers.push(resnet.residual([stage + 1, index], width_in, width, stride));
            width_in = width * unit.expansion();
        }
        blocks.push(Block::new(format!("block{}", stage + 1), layers));
    }
    let head = match request.dialect {
        Dialect::Keras => "fc1000",
        Dialect::KerasApplications => "predictions",
        Dialect::Transformers => "classifier.1",
        _ => "fc",
    };
    blocks.push(Block::linear_head(head, width_in, request.classes));
    Ok(Built {
        blocks,
        draws: Draws::RESNET,
    })
}

struct ResNet {
    unit: Unit,
    variant: Variant,
    dialect: Dialect,
}

impl ResNet {
    fn stem(&self, stem: Stem, channels: usize) -> Vec<Layer> {
        let (kernel, stride) = match stem {
            Stem::Imagenet => (7, 2),
            Stem::Small => (3, 1),
        };
        let names = match self.dialect {
            Dialect::Keras => ["conv1", "bn_conv1"].map(String::from),
            Dialect::KerasApplications => ["conv1_conv", "conv1_bn"].map(String::from),
            Dialect::Transformers => {
                ["convolution", "normalization"].map(|layer| format!("embedder.embedder.{layer}"))
            }
            _ => ["conv1", "bn1"].map(String::from),
        };
        let mut layers = Vec::new();
        if self.variant != Variant::Torchvision && channels > 1 {
            layers.push(Layer::ReverseChannels);
        }
        layers.extend(self.conv_norm(names, [channels, 64], kernel, stride));
        layers.push(Layer::RELU);
        if stem == Stem::Imagenet {
            layers.push(Layer::max_pool(PoolGeometry {
                kernel: [3; 2],
                stride: [2; 2],
                padding: [1; 2],
                ceil: false,
            }));
        }
        layers
    }

    fn residual(&self, place: [usize; 2], width_in: usize, width: usize, stride: usize) -> Layer {
        let layer = |branch, channels, kernel, stride| {
            self.conv_norm(self.names(place, branch), channels, kernel, stride)
        };
        let width_out = width * self.unit.expansion();
        let (first, second) = match self.variant {
            Variant::Torchvision => (1, stride),
            Variant::Keras | Variant::KerasApplications => (stride, 1),
        };
        let stages = match self.unit {
            Unit::Basic => vec![
                layer(Branch::Body(1), [width_in, width], 3, stride),
                layer(Branch::Body(2), [width, width], 3, 1),
            ],
            Unit::Bottleneck => vec![
                layer(Branch::Body(1), [width_in, width], 1, first),
                layer(Branch::Body(2), [width, width], 3, second),
                layer(Branch::Body(3), [width, width_out], 1, 1),
            ],
        };
        let shortcut = match stride != 1 || width_in != width_out {
            true => layer(Branch::Shortcut, [width_in, width_out], 1, stride),
            false => Vec::new(),
        };
        Layer::Residual(Residual {
            body: stages.join(&Layer::RELU),
            shortcut,
            relu: true,
        })
    }

    /// Paths of a convolution and its batch norm, in stage `stage` (from 1) and unit `index` (from
    /// 0).
    fn names(&self, [stage, index]: [usize; 2], branch: Branch) -> [String; 2] {
        if self.dialect == Dialect::Keras {
            let unit = (b'a' + index as u8) as char;
            let branch = match branch {
                Branch::Body(i) => format!("2{}", (b'a' + i - 1) as char),
                Branch::Shortcut => "1".into(),
            };
            let place = format!("{}{unit}_branch{branch}", stage + 1);
            return [format!("res{place}"), format!("bn{place}")];
        }
        if self.dialect == Dialect::KerasApplications {
            let branch = match branch {
                Branch::Body(i) => i,
                Branch::Shortcut => 0,
            };
            let place = format!("conv{}_block{}_{branch}", stage + 1, index + 1);
            return [format!("{place}_conv"), format!("{place}_bn")];
        }
        if self.dialect == Dialect::Transformers {
            let unit = format!("encoder.stages.{}.layers.{index}", stage - 1);
            let place = match branch {
                Branch::Body(i) => format!("{unit}.layer.{}", i - 1),
                Branch::Shortcut => format!("{unit}.shortcut"),
            };
            return ["convolution", "normalization"].map(|layer| format!("{place}.{layer}"));
        }
        let unit = format!("layer{stage}.{index}");
        match branch {
            Branch::Body(i) => [format!("{unit}.conv{i}"), format!("{unit}.bn{i}")],
            Branch::Shortcut => [
                format!("{unit}.downsample.0"),
                format!("{unit}.downsample.1"),
            ],
        }
    }

    fn conv_norm(
        &self,
        [conv, norm]: [String; 2],
        channels: [usize; 2],
        kernel: usize,
        stride: usize,
    ) -> Vec<Layer> {
        let conv = Conv::new(conv, channels, kernel).stride(stride);
        let norm = Norm::new(norm, channels[1]);
        let (conv, norm) = match self.variant {
            Variant::Torchvision => (conv, norm),
            Variant::Keras => (conv.with_bias(), norm.epsilon(1e-3)),
            Variant::KerasApplications => (conv.with_bias(), norm.epsilon(1.001e-5)),
        };
        vec![Layer::Conv(conv), Layer::batch_norm(norm)]
    }
}

/// Where a convolution sits in its unit.
#[derive(Clone, Copy)]
enum Branch {
    /// The i-th of the body, from 1.
    Body(u8),
    Shortcut,
}
