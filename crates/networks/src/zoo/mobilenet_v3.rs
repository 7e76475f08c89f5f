//! MobileNet-V3-large and -small (Howard et al. 2019), with torchvision's paths.
//!
//! | block | output of large | units of large | output of small | units of small |
//! |---|---|---|---|---|
//! | stem | 1/2 | 3×3, 16, /2 | 1/2 | 3×3, 16, /2 |
//! | block1 | 1/2 | 16 | 1/4 | 16* |
//! | block2 | 1/4 | 24 24 | 1/8 | 24 24 |
//! | block3 | 1/8 | 40* 40* 40* | 1/16 | 40* 40* 40* |
//! | block4 | 1/16 | 80 80 80 80 | 1/16 | 48* 48* |
//! | block5 | 1/16 | 112* 112* | 1/32 | 96* 96* 96* |
//! | block6 | 1/32 | 160* 160* 160* | 1/32 | 1×1, 576; global average; linear, 1024 |
//! | block7 | 1/32 | 1×1, 960; global average; linear, 1280 | | |
//! | head | 1 | linear | 1 | linear |
//!
//! Units are inverted residuals, those with * with squeeze-and-excitation of a quarter of the
//! channels inside, by ReLU and the hard sigmoid. ReLU up to block3 of large and block2 of small,
//! hard swish in the stem and behind; ε 1e-3. Dropout is left out: it does not act in inference.

use super::inverted_residual::{Names, Style, Unit};
use super::request::{Built, Request};
use crate::draws::{Draw, Draws};
use crate::layer::{Activation, Conv, Layer};
use crate::network::Block;
use crate::network_error::NetworkError;

const STYLE: Style = Style {
    activation: Activation::HardSwish,
    epsilon: 1e-3,
    has_gates: true,
    gate: [Activation::Relu, Activation::HardSigmoid],
    pads_same: false,
};
/// Channels behind the stem.
const FIRST: usize = 16;

/// One of the two.
pub(super) struct Tables {
    /// Units by block.
    blocks: &'static [&'static [Row]],
    /// Features before the classifier.
    features: usize,
}

/// Kernel, channels inside, channels written, stride, whether it has squeeze-and-excitation, and
/// whether its activation is the hard swish.
type Row = (usize, usize, usize, usize, bool, bool);

pub(super) const LARGE: Tables = Tables {
    blocks: &[
        &[(3, 16, 16, 1, false, false)],
        &[(3, 64, 24, 2, false, false), (3, 72, 24, 1, false, false)],
        &[
            (5, 72, 40, 2, true, false),
            (5, 120, 40, 1, true, false),
            (5, 120, 40, 1, true, false),
        ],
        &[
            (3, 240, 80, 2, false, true),
            (3, 200, 80, 1, false, true),
            (3, 184, 80, 1, false, true),
            (3, 184, 80, 1, false, true),
        ],
        &[(3, 480, 112, 1, true, true), (3, 672, 112, 1, true, true)],
        &[
            (5, 672, 160, 2, true, true),
            (5, 960, 160, 1, true, true),
            (5, 960, 160, 1, true, true),
        ],
    ],
    features: 1280,
};

pub(super) const SMALL: Tables = Tables {
    blocks: &[
        &[(3, 16, 16, 2, true, false)],
        &[(3, 72, 24, 2, false, false), (3, 88, 24, 1, false, false)],
        &[
            (5, 96, 40, 2, true, true),
            (5, 240, 40, 1, true, true),
            (5, 240, 40, 1, true, true),
        ],
        &[(5, 120, 48, 1, true, true), (5, 144, 48, 1, true, true)],
        &[
            (5, 288, 96, 2, true, true),
            (5, 576, 96, 1, true, true),
            (5, 576, 96, 1, true, true),
        ],
    ],
    features: 1024,
};

pub(super) fn network(request: &Request, tables: &Tables) -> Result<Built, NetworkError> {
    let first = Conv::new("features.0.0".into(), [request.input.channels, FIRST], 3);
    let stem = STYLE.activated(first.stride(2), "features.0.1".into());
    let mut blocks = vec![Block::new("stem", stem)];
    let mut channels = FIRST;
    let mut place = 1;
    for (index, rows) in tables.blocks.iter().enumerate() {
        let mut layers = Vec::new();
        for row in *rows {
            let unit = unit(row);
            let path = format!("features.{place}.block");
            let names = names(&path, unit.inner != channels, unit.squeezed.is_some());
            layers.extend(STYLE.unit(channels, unit, names));
            channels = unit.channels;
            place += 1;
        }
        blocks.push(Block::new(format!("block{}", index + 1), layers));
    }
    let last = 6 * channels;
    let conv = Conv::new(format!("features.{place}.0"), [channels, last], 1);
    let mut layers = STYLE.activated(conv, format!("features.{place}.1"));
    layers.extend([
        Layer::GlobalAverage,
        Layer::linear("classifier.0", [last, tables.features]),
        Layer::Activation(Activation::HardSwish),
    ]);
    blocks.push(Block::new(
        format!("block{}", tables.blocks.len() + 1),
        layers,
    ));
    let classifier = Layer::linear("classifier.3", [tables.features, request.classes]);
    blocks.push(Block::new("head", vec![classifier]));
    Ok(Built {
        blocks,
        draws: Draws {
            conv: Draw::HeFanOut,
            linear: Draw::Normal(0.01),
        },
    })
}

fn unit(&(kernel, inner, channels, stride, has_gate, is_hard): &Row) -> Unit {
    Unit {
        kernel,
        inner,
        channels,
        stride,
        activation: match is_hard {
            true => Activation::HardSwish,
            false => Activation::Relu,
        },
        squeezed: has_gate.then(|| to_eights(inner / 4)),
    }
}

/// The nearest multiple of 8 that takes no more than a tenth away, at least 8.
fn to_eights(channels: usize) -> usize {
    let nearest = ((channels + 4) / 8 * 8).max(8);
    match 10 * nearest < 9 * channels {
        true => nearest + 8,
        false => nearest,
    }
}

/// Layers are numbered in the order in which they are there.
fn names(path: &str, expands: bool, has_gate: bool) -> Names {
    let pair = |index: usize| [0, 1].map(|part| format!("{path}.{index}.{part}"));
    let depthwise = usize::from(expands);
    Names {
        expand: pair(0),
        depthwise: pair(depthwise),
        gate: ["fc1", "fc2"].map(|layer| format!("{path}.{}.{layer}", depthwise + 1)),
        project: pair(depthwise + 1 + usize::from(has_gate)),
    }
}
