//! Networks of inverted residuals, as MobileNet-V2 introduced and EfficientNet repeats them: 1×1
//! to more channels, depthwise, 1×1 back; equal shapes are summed.

use super::request::Request;
use crate::layer::Activation;
use crate::layer::{Conv, Layer, Norm, PadSame, Residual};
use crate::network::Block;

/// A row of the table that defines such a network.
#[derive(Clone, Copy)]
pub(super) struct Stage {
    /// Channels between the 1×1 convolutions, as a multiple of those read.
    pub expansion: usize,
    /// Channels written.
    pub channels: usize,
    /// Units.
    pub repeats: usize,
    /// Stride of the first unit.
    pub stride: usize,
    /// Depthwise kernel, in pixels.
    pub kernel: usize,
}

/// What all units of a network share.
#[derive(Clone, Copy)]
pub(super) struct Style {
    pub activation: Activation,
    /// Of batch norms.
    pub epsilon: f64,
    /// Whether each unit squeezes to a quarter of the channels that it reads, and excites.
    pub has_gates: bool,
    /// Whether convolutions of stride 2 are padded as TensorFlow pads.
    pub pads_same: bool,
}

/// Where a unit stands, all from 0.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub stage: usize,
    /// In its stage.
    pub index: usize,
    /// Through all stages.
    pub count: usize,
    /// Whether it begins with a 1×1 convolution.
    pub expands: bool,
}

/// Paths of the layers of a unit; convolutions with their batch norm.
pub(super) struct Names {
    pub expand: [String; 2],
    pub depthwise: [String; 2],
    /// The two convolutions of squeeze-and-excitation, where there is one.
    pub gate: [String; 2],
    pub project: [String; 2],
}

/// Whose names: those of the first and the last convolution, of the classifier, and of the units.
pub(super) struct Naming {
    pub first: [&'static str; 2],
    pub last: [&'static str; 2],
    pub classifier: &'static str,
    pub unit: fn(Place) -> Names,
}

/// timm's names, for all such networks.
pub(super) const TIMM: Naming = Naming {
    first: ["conv_stem", "bn1"],
    last: ["conv_head", "bn2"],
    classifier: "classifier",
    unit: |place| {
        let unit = format!("blocks.{}.{}", place.stage, place.index);
        let pair = |conv: &str, norm: usize| [format!("{unit}.{conv}"), format!("{unit}.bn{norm}")];
        let (depthwise, project) = match place.expands {
            true => (pair("conv_dw", 2), pair("conv_pwl", 3)),
            false => (pair("conv_dw", 1), pair("conv_pw", 2)),
        };
        Names {
            expand: pair("conv_pw", 1),
            depthwise,
            gate: ["conv_reduce", "conv_expand"].map(|conv| format!("{unit}.se.{conv}")),
            project,
        }
    },
};

/// Channels behind the stem.
const FIRST: usize = 32;
/// Channels before the head.
const LAST: usize = 1280;

/// The blocks of a network: 3×3 /2, the stages, 1×1, head.
pub(super) fn blocks(
    request: &Request,
    stages: &[Stage],
    style: Style,
    naming: &Naming,
) -> Vec<Block> {
    let mut channels = FIRST;
    let first = Conv::new(naming.first[0].into(), [request.input.channels, FIRST], 3);
    let stem = style.activated(first.stride(2), naming.first[1].into());
    let mut blocks = vec![Block::new("stem", stem)];
    let mut count = 0;
    for (index, stage) in stages.iter().enumerate() {
        let mut layers = Vec::new();
        for unit in 0..stage.repeats {
            let names = (naming.unit)(Place {
                stage: index,
                index: unit,
                count,
                expands: stage.expansion > 1,
            });
            let stride = if unit == 0 { stage.stride } else { 1 };
            layers.extend(stage.unit(channels, stride, style, names));
            channels = stage.channels;
            count += 1;
        }
        blocks.push(Block::new(format!("block{}", index + 1), layers));
    }
    let last = Conv::new(naming.last[0].into(), [channels, LAST], 1);
    blocks.push(Block::new(
        format!("block{}", stages.len() + 1),
        style.activated(last, naming.last[1].into()),
    ));
    blocks.push(Block::linear_head(naming.classifier, LAST, request.classes));
    blocks
}

impl Stage {
    fn unit(&self, channels: usize, stride: usize, style: Style, names: Names) -> Vec<Layer> {
        let inner = channels * self.expansion;
        let mut body = Vec::new();
        if self.expansion > 1 {
            let [conv, norm] = names.expand;
            body.extend(style.activated(Conv::new(conv, [channels, inner], 1), norm));
        }
        let [conv, norm] = names.depthwise;
        let depthwise = Conv::new(conv, [inner; 2], self.kernel).depthwise();
        body.extend(style.activated(depthwise.stride(stride), norm));
        if style.has_gates {
            body.push(gate(names.gate, [inner, channels / 4]));
        }
        let [conv, norm] = names.project;
        body.extend(style.normed(Conv::new(conv, [inner, self.channels], 1), norm));
        if stride > 1 || channels != self.channels {
            return body;
        }
        vec![Layer::Residual(Residual {
            body,
            shortcut: Vec::new(),
            relu: false,
        })]
    }
}

impl Style {
    /// Convolution, batch norm and activation.
    fn activated(self, conv: Conv, norm: String) -> Vec<Layer> {
        let mut layers = self.normed(conv, norm);
        layers.push(Layer::Activation(self.activation));
        layers
    }

    /// Convolution and batch norm.
    fn normed(self, conv: Conv, norm: String) -> Vec<Layer> {
        let norm = Norm::new(norm, conv.channels_out).epsilon(self.epsilon);
        let (kernel, stride) = (conv.kernel, conv.geometry.stride);
        let mut layers = match self.pads_same && stride != [1; 2] {
            true => vec![
                Layer::PadSame(PadSame { kernel, stride }),
                Layer::Conv(conv.padding(0)),
            ],
            false => vec![Layer::Conv(conv)],
        };
        layers.push(Layer::batch_norm(norm));
        layers
    }
}

/// Squeeze-and-excitation of `channels` through fewer.
fn gate([squeeze, excite]: [String; 2], [channels, fewer]: [usize; 2]) -> Layer {
    Layer::gate(vec![
        Layer::GlobalAverage,
        Layer::Conv(Conv::new(squeeze, [channels, fewer], 1).with_bias()),
        Layer::Activation(Activation::Silu),
        Layer::Conv(Conv::new(excite, [fewer, channels], 1).with_bias()),
        Layer::Activation(Activation::Sigmoid),
    ])
}
