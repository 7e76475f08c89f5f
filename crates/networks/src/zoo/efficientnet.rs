//! EfficientNet-B0 to B4 (Tan and Le 2019) and EfficientNet-Lite0 and Lite1 (Google 2020).
//!
//! | block | output | kernel | t | c | s | n of B0, Lite0 | B1, B2 | B3 | B4 | Lite1 |
//! |---|---|---|---|---|---|---|---|---|---|---|
//! | stem | 1/2 | 3×3 | – | 32 | 2 | 1 | 1 | 1 | 1 | 1 |
//! | block1 | 1/2 | 3×3 | 1 | 16 | 1 | 1 | 2 | 2 | 2 | 1 |
//! | block2 | 1/4 | 3×3 | 6 | 24 | 2 | 2 | 3 | 3 | 4 | 3 |
//! | block3 | 1/8 | 5×5 | 6 | 40 | 2 | 2 | 3 | 3 | 4 | 3 |
//! | block4 | 1/16 | 3×3 | 6 | 80 | 2 | 3 | 4 | 5 | 6 | 4 |
//! | block5 | 1/16 | 5×5 | 6 | 112 | 1 | 3 | 4 | 5 | 6 | 4 |
//! | block6 | 1/32 | 5×5 | 6 | 192 | 2 | 4 | 5 | 6 | 8 | 5 |
//! | block7 | 1/32 | 3×3 | 6 | 320 | 1 | 1 | 2 | 2 | 2 | 1 |
//! | block8 | 1/32 | 1×1 | – | 1280 | 1 | 1 | 1 | 1 | 1 | 1 |
//! | head | 1 | global average, linear | | | | | | | | |
//!
//! Channels c times 1.1 in B2, 1.2 in B3 and 1.4 in B4, to the nearest multiple of 8.
//! Expansion t, channels c, repeats n, stride s of the first.
//!
//! | | activation | squeeze-and-excitation | ε | padding before stride 2 | our paths | also |
//! |---|---|---|---|---|---|---|
//! | B0 to B4 | SiLU | of a quarter of the channels read | 1e-5 | both sides | torchvision's | timm's |
//! | Lite | ReLU6 | none | 1e-3 | as TensorFlow's `SAME` | timm's | efficientnet_pytorch's |
//!
//! Dropout and stochastic depth are left out: they do not act in inference.

use super::dialect::Dialect;
use super::inverted_residual::{Names, Naming, Stage, Style, TIMM, blocks};
use super::request::{Built, Request};
use crate::draws::{Draw, Draws};
use crate::layer::Activation;
use crate::network_error::NetworkError;

/// Rows of the table: kernel, t, c, s.
const STAGES: [[usize; 4]; 7] = [
    [3, 1, 16, 1],
    [3, 6, 24, 2],
    [5, 6, 40, 2],
    [3, 6, 80, 2],
    [5, 6, 112, 1],
    [5, 6, 192, 2],
    [3, 6, 320, 1],
];

/// Channels behind the stem and before the head.
const ENDS: [usize; 2] = [32, 1280];

/// What a network of the family is made of, and its channels in tenths of those of the table.
#[derive(Clone, Copy)]
pub(super) struct Kind {
    style: Style,
    width: usize,
}

/// B0 to B4.
pub(super) const fn plain(width: usize) -> Kind {
    let style = Style {
        activation: Activation::Silu,
        epsilon: 1e-5,
        has_gates: true,
        gate: [Activation::Silu, Activation::Sigmoid],
        pads_same: false,
    };
    Kind { style, width }
}

/// Lite0 and Lite1, made for processors that multiply small integers.
pub(super) const fn lite() -> Kind {
    let style = Style {
        activation: Activation::Relu6,
        epsilon: 1e-3,
        has_gates: false,
        gate: [Activation::Relu, Activation::Sigmoid],
        pads_same: true,
    };
    Kind { style, width: 10 }
}

pub(super) fn network(
    request: &Request,
    Kind { style, width }: Kind,
    repeats: [usize; 7],
) -> Result<Built, NetworkError> {
    let rows = STAGES.into_iter().zip(repeats);
    let stages = rows.map(|([kernel, expansion, channels, stride], repeats)| Stage {
        expansion,
        channels: scaled(channels, width),
        repeats,
        stride,
        kernel,
    });
    let naming = match request.dialect {
        Dialect::Timm => TIMM,
        Dialect::EfficientnetPytorch => EFFICIENTNET_PYTORCH,
        _ => TORCHVISION,
    };
    let ends = ENDS.map(|channels| scaled(channels, width));
    Ok(Built {
        blocks: blocks(request, &stages.collect::<Vec<_>>(), ends, style, &naming),
        draws: Draws {
            conv: Draw::HeFanOut,
            linear: Draw::UniformFanOut,
        },
    })
}

/// `channels` times a number of tenths, to the nearest multiple of 8 that takes no more than a tenth
/// away.
fn scaled(channels: usize, tenths: usize) -> usize {
    let wanted = channels * tenths;
    let nearest = (wanted + 40) / 80 * 8;
    match 100 * nearest < 9 * wanted {
        true => nearest + 8,
        false => nearest,
    }
}

const TORCHVISION: Naming = Naming {
    first: ["features.0.0", "features.0.1"],
    last: ["features.8.0", "features.8.1"],
    classifier: "classifier.1",
    unit: |place| {
        let unit = format!("features.{}.{}.block", place.stage + 1, place.index);
        let pair = |i: usize| [format!("{unit}.{i}.0"), format!("{unit}.{i}.1")];
        let depthwise = usize::from(place.expands);
        Names {
            expand: pair(0),
            depthwise: pair(depthwise),
            gate: ["fc1", "fc2"].map(|fc| format!("{unit}.{}.{fc}", depthwise + 1)),
            project: pair(depthwise + 2),
        }
    },
};

const EFFICIENTNET_PYTORCH: Naming = Naming {
    first: ["_conv_stem", "_bn0"],
    last: ["_conv_head", "_bn1"],
    classifier: "_fc",
    unit: |place| {
        let unit = format!("_blocks.{}", place.count);
        let pair =
            |conv: &str, norm: usize| [format!("{unit}._{conv}_conv"), format!("{unit}._bn{norm}")];
        Names {
            expand: pair("expand", 0),
            depthwise: pair("depthwise", 1),
            gate: ["reduce", "expand"].map(|conv| format!("{unit}._se_{conv}")),
            project: pair("project", 2),
        }
    },
};
