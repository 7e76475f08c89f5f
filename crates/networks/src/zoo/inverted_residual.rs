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
    /// Whether units of a [`Stage`] squeeze to a quarter of the channels that they read, and excite.
    pub has_gates: bool,
    /// Behind the two convolutions of squeeze-and-excitation.
    pub gate: [Activation; 2],
    /// Whether convolutions of stride 2 are padded as TensorFlow pads.
    pub pads_same: bool,
}

/// One unit, for whatever it reads.
#[derive(Clone, Copy)]
pub(super) struct Unit {
    /// Depthwise kernel, in pixels.
    pub kernel: usize,
    /// Channels between the 1×1 convolutions. Where it reads as many, the first is left out.
    pub inner: usize,
    /// Channels written.
    pub channels: usize,
    pub stride: usize,
    pub activation: Activation,
    /// Channels that squeeze-and-excitation squeezes to, where there is one.
    pub squeezed: Option<usize>,
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

/// The blocks of a network: 3×3 /2 to the first of `ends`, the stages, 1×1 to the last, head.
pub(super) fn blocks(
    request: &Request,
    stages: &[Stage],
    [first, last]: [usize; 2],
    style: Style,
    naming: &Naming,
) -> Vec<Block> {
    let mut channels = first;
    let first = Conv::new(naming.first[0].into(), [request.input.channels, first], 3);
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
            layers.extend(style.unit(channels, stage.unit(unit, channels, style), names));
            channels = stage.channels;
            count += 1;
        }
        blocks.push(Block::new(format!("block{}", index + 1), layers));
    }
    let conv = Conv::new(naming.last[0].into(), [channels, last], 1);
    blocks.push(Block::new(
        format!("block{}", stages.len() + 1),
        style.activated(conv, naming.last[1].into()),
    ));
    blocks.push(Block::linear_head(naming.classifier, last, request.classes));
    blocks
}

impl Stage {
    /// The unit at `index`, which reads `channels`.
    pub(super) fn unit(&self, index: usize, channels: usize, style: Style) -> Unit {
        Unit {
            kernel: self.kernel,
            inner: channels * self.expansion,
            channels: self.channels,
            stride: if index == 0 { self.stride } else { 1 },
            activation: style.activation,
            squeezed: style.has_gates.then_some(channels / 4),
        }
    }
}

impl Style {
    /// The layers of a unit that reads `channels`.
    pub(super) fn unit(self, channels: usize, unit: Unit, names: Names) -> Vec<Layer> {
        let style = Self {
            activation: unit.activation,
            ..self
        };
        let inner = unit.inner;
        let mut body = Vec::new();
        if inner != channels {
            let [conv, norm] = names.expand;
            body.extend(style.activated(Conv::new(conv, [channels, inner], 1), norm));
        }
        let [conv, norm] = names.depthwise;
        let depthwise = Conv::new(conv, [inner; 2], unit.kernel).depthwise();
        body.extend(style.activated(depthwise.stride(unit.stride), norm));
        if let Some(squeezed) = unit.squeezed {
            body.push(gate(names.gate, [inner, squeezed], self.gate));
        }
        let [conv, norm] = names.project;
        body.extend(style.normed(Conv::new(conv, [inner, unit.channels], 1), norm));
        summed(body, unit.stride == 1 && channels == unit.channels)
    }

    /// Convolution, batch norm and activation.
    pub(super) fn activated(self, conv: Conv, norm: String) -> Vec<Layer> {
        let mut layers = self.normed(conv, norm);
        layers.push(Layer::Activation(self.activation));
        layers
    }

    /// Convolution and batch norm.
    pub(super) fn normed(self, conv: Conv, norm: String) -> Vec<Layer> {
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

/// What a unit reads is added to what it makes of it, where the shapes are equal.
pub(super) fn summed(body: Vec<Layer>, is_equal: bool) -> Vec<Layer> {
    match is_equal {
        false => body,
        true => vec![Layer::Residual(Residual {
            body,
            shortcut: Vec::new(),
            relu: false,
        })],
    }
}

/// Squeeze-and-excitation of `channels` through fewer.
pub(super) fn gate(
    [squeeze, excite]: [String; 2],
    [channels, fewer]: [usize; 2],
    [inside, last]: [Activation; 2],
) -> Layer {
    Layer::gate(vec![
        Layer::GlobalAverage,
        Layer::Conv(Conv::new(squeeze, [channels, fewer], 1).with_bias()),
        Layer::Activation(inside),
        Layer::Conv(Conv::new(excite, [fewer, channels], 1).with_bias()),
        Layer::Activation(last),
    ])
}
