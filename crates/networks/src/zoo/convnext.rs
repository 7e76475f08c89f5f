//! ConvNeXt-T, -S and -B (Liu et al. 2022), with torchvision's paths, and those of ConvNeXt V2 (Woo et al.
//! 2023), with timm's; Facebook's and those of transformers as other dialects.
//!
//! Of ConvNeXt-T; -S has 27 units in block3, -B as many and 4/3 of the channels.
//!
//! | block | output | layers |
//! |---|---|---|
//! | stem | 1/4 | 4×4, 96, /4; layer norm |
//! | block1 | 1/4 | 3 × [7×7 depthwise, 1×1 384, 1×1 96] |
//! | block2 | 1/8 | layer norm; 2×2, 192, /2; 3 × [7×7 depthwise, 1×1 768, 1×1 192] |
//! | block3 | 1/16 | layer norm; 2×2, 384, /2; 9 × [7×7 depthwise, 1×1 1536, 1×1 384] |
//! | block4 | 1/32 | layer norm; 2×2, 768, /2; 3 × [7×7 depthwise, 1×1 3072, 1×1 768]; global average; layer norm |
//! | head | 1 | linear |
//!
//! In a unit, layer norm follows the depthwise convolution, GELU stands between the 1×1
//! convolutions, and LayerScale comes before the sum. Layer norms have ε 1e-6, convolutions
//! biases. In V2 a global response norm of ε 1e-6 follows GELU, and there is no LayerScale.
//! Stochastic depth is left out: it does not act in inference.

use super::dialect::Dialect;
use super::request::{Built, Request};
use crate::draws::Draws;
use crate::layer::{Activation, Conv, Layer, Norm, Residual, ResponseNorm, Scale};
use crate::network::Block;
use crate::network_error::NetworkError;

/// Which of the two kinds of networks.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Version {
    V1,
    V2,
}

pub(super) fn network(
    request: &Request,
    version: Version,
    widths: [usize; 4],
    repeats: [usize; 4],
) -> Result<Built, NetworkError> {
    let dialect = request.dialect;
    let [first, first_norm, last_norm, head] = match dialect {
        Dialect::Timm => ["stem.0", "stem.1", "head.norm", "head.fc"],
        Dialect::Facebook => [
            "downsample_layers.0.0",
            "downsample_layers.0.1",
            "norm",
            "head",
        ],
        Dialect::Transformers => [
            "embeddings.patch_embeddings",
            "embeddings.layernorm",
            "layernorm",
            "classifier",
        ],
        _ => [
            "features.0.0",
            "features.0.1",
            "classifier.0",
            "classifier.2",
        ],
    };
    let first = Conv::new(first.into(), [request.input.channels, widths[0]], 4);
    let layers = vec![
        Layer::Conv(first.stride(4).padding(0).with_bias()),
        layer_norm(first_norm.into(), widths[0]),
    ];
    let mut blocks = vec![Block::new("stem", layers)];
    let mut channels = widths[0];
    for (stage, (width, repeats)) in widths.into_iter().zip(repeats).enumerate() {
        let mut layers = Vec::new();
        if stage > 0 {
            let path = match dialect {
                Dialect::Timm => format!("stages.{stage}.downsample"),
                Dialect::Facebook => format!("downsample_layers.{stage}"),
                Dialect::Transformers => format!("encoder.stages.{stage}.downsampling_layer"),
                _ => format!("features.{}", 2 * stage),
            };
            let conv = Conv::new(format!("{path}.1"), [channels, width], 2);
            layers.push(layer_norm(format!("{path}.0"), channels));
            layers.push(Layer::Conv(conv.stride(2).padding(0).with_bias()));
        }
        channels = width;
        for index in 0..repeats {
            let names = match dialect {
                Dialect::Timm => Names::timm(stage, index),
                Dialect::Facebook => Names::facebook(stage, index),
                Dialect::Transformers => Names::transformers(stage, index),
                _ => Names::torchvision(stage, index),
            };
            layers.push(unit(names, version, width));
        }
        if stage == 3 {
            layers.extend([Layer::GlobalAverage, layer_norm(last_norm.into(), width)]);
        }
        blocks.push(Block::new(format!("block{}", stage + 1), layers));
    }
    let classifier = Layer::linear(head, [channels, request.classes]);
    blocks.push(Block::new("head", vec![classifier]));
    Ok(Built {
        blocks,
        draws: Draws::TRANSFORMER,
    })
}

/// Paths of the layers of a unit.
struct Names {
    depthwise: String,
    norm: String,
    widen: String,
    narrow: String,
    /// LayerScale.
    scale: String,
    /// Of the global response.
    response: String,
}

impl Names {
    fn torchvision(stage: usize, index: usize) -> Self {
        let unit = format!("features.{}.{index}", 2 * stage + 1);
        let [depthwise, norm, widen, narrow] = [0, 2, 3, 5].map(|i| format!("{unit}.block.{i}"));
        Self {
            depthwise,
            norm,
            widen,
            narrow,
            scale: format!("{unit}.layer_scale"),
            response: String::new(),
        }
    }

    fn timm(stage: usize, index: usize) -> Self {
        let unit = format!("stages.{stage}.blocks.{index}");
        let names = ["conv_dw", "norm", "mlp.fc1", "mlp.fc2", "gamma", "mlp.grn"];
        Self::of(&unit, names)
    }

    fn facebook(stage: usize, index: usize) -> Self {
        let unit = format!("stages.{stage}.{index}");
        let names = ["dwconv", "norm", "pwconv1", "pwconv2", "gamma", "grn"];
        Self::of(&unit, names)
    }

    fn transformers(stage: usize, index: usize) -> Self {
        let unit = format!("encoder.stages.{stage}.layers.{index}");
        let scale = "layer_scale_parameter";
        let names = ["dwconv", "layernorm", "pwconv1", "pwconv2", scale, "grn"];
        Self::of(&unit, names)
    }

    fn of(unit: &str, names: [&str; 6]) -> Self {
        let [depthwise, norm, widen, narrow, scale, response] =
            names.map(|name| format!("{unit}.{name}"));
        Self {
            depthwise,
            norm,
            widen,
            narrow,
            scale,
            response,
        }
    }
}

fn unit(names: Names, version: Version, width: usize) -> Layer {
    let depthwise = Conv::new(names.depthwise, [width; 2], 7).depthwise();
    let mut body = vec![
        Layer::Conv(depthwise.with_bias()),
        layer_norm(names.norm, width),
        Layer::linear(names.widen, [width, 4 * width]),
        Layer::Activation(Activation::Gelu),
    ];
    let narrow = Layer::linear(names.narrow, [4 * width, width]);
    match version {
        Version::V1 => {
            let scale = Scale {
                path: names.scale,
                channels: width,
            };
            body.extend([narrow, Layer::Scale(scale)]);
        }
        Version::V2 => {
            let norm = ResponseNorm {
                path: names.response,
                channels: 4 * width,
                epsilon: 1e-6,
            };
            body.extend([Layer::ResponseNorm(norm), narrow]);
        }
    }
    Layer::Residual(Residual {
        body,
        shortcut: Vec::new(),
        relu: false,
    })
}

fn layer_norm(path: String, channels: usize) -> Layer {
    Layer::layer_norm(Norm::new(path, channels).epsilon(1e-6))
}
