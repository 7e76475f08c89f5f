//! MobileNet-V2 (Sandler et al. 2018), with torchvision's paths; timm's as a second dialect.
//!
//! | block | output | t | c | n | s |
//! |---|---|---|---|---|---|
//! | stem | 1/2 | 3×3 | 32 | 1 | 2 |
//! | block1 | 1/2 | 1 | 16 | 1 | 1 |
//! | block2 | 1/4 | 6 | 24 | 2 | 2 |
//! | block3 | 1/8 | 6 | 32 | 3 | 2 |
//! | block4 | 1/16 | 6 | 64 | 4 | 2 |
//! | block5 | 1/16 | 6 | 96 | 3 | 1 |
//! | block6 | 1/32 | 6 | 160 | 3 | 2 |
//! | block7 | 1/32 | 6 | 320 | 1 | 1 |
//! | block8 | 1/32 | 1×1 | 1280 | 1 | 1 |
//! | head | 1 | global average, linear | | | |
//!
//! Expansion t, channels c, repeats n, stride s of the first; depthwise kernels are 3×3, the
//! activation is ReLU6. Dropout before the head is left out: it does not act in inference.

use super::dialect::Dialect;
use super::inverted_residual::{Names, Naming, Stage, Style, TIMM, blocks};
use super::request::{Built, Request};
use crate::draws::{Draw, Draws};
use crate::layer::Activation;
use crate::network_error::NetworkError;

/// Rows of the table: t, c, n, s.
const STAGES: [[usize; 4]; 7] = [
    [1, 16, 1, 1],
    [6, 24, 2, 2],
    [6, 32, 3, 2],
    [6, 64, 4, 2],
    [6, 96, 3, 1],
    [6, 160, 3, 2],
    [6, 320, 1, 1],
];

const STYLE: Style = Style {
    activation: Activation::Relu6,
    epsilon: 1e-5,
    has_gates: false,
    gate: [Activation::Relu, Activation::Sigmoid],
    pads_same: false,
};

pub(super) fn network(request: &Request) -> Result<Built, NetworkError> {
    let stages = STAGES.map(|[expansion, channels, repeats, stride]| Stage {
        expansion,
        channels,
        repeats,
        stride,
        kernel: 3,
    });
    let naming = match request.dialect {
        Dialect::Timm => TIMM,
        _ => TORCHVISION,
    };
    Ok(Built {
        blocks: blocks(request, &stages, [32, 1280], STYLE, &naming),
        draws: Draws {
            conv: Draw::HeFanOut,
            linear: Draw::Normal(0.01),
        },
    })
}

const TORCHVISION: Naming = Naming {
    first: ["features.0.0", "features.0.1"],
    last: ["features.18.0", "features.18.1"],
    classifier: "classifier.1",
    unit: |place| {
        let unit = format!("features.{}.conv", place.count + 1);
        let pair = |i: usize| [format!("{unit}.{i}.0"), format!("{unit}.{i}.1")];
        let depthwise = usize::from(place.expands);
        Names {
            expand: pair(0),
            depthwise: pair(depthwise),
            gate: Default::default(),
            project: [1, 2].map(|i| format!("{unit}.{}", depthwise + i)),
        }
    },
};
