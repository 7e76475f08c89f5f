//! Inception-v3 (Szegedy et al. 2016), with torchvision's paths.
//!
//! Every convolution is followed by batch norm of ε 1e-3 and ReLU. The blocks are the seven groups
//! of Matsoukas et al. (2022).
//!
//! | block | layers | output at 299 pixels |
//! |---|---|---|
//! | stem | `Conv2d_1a` 3×3, 32, /2 | 149×149 |
//! | block1 | `Conv2d_2a` 3×3, 32; `Conv2d_2b` 3×3, 64, padded; max-pool 3×3 /2 | 73×73 |
//! | block2 | `Conv2d_3b` 1×1, 80 | 73×73 |
//! | block3 | `Conv2d_4a` 3×3, 192; max-pool 3×3 /2 | 35×35 |
//! | block4 | `Mixed_5b`, `5c`, `5d`: 3 × module A | 35×35, 288 |
//! | block5 | `Mixed_6a`: module B; `6b` to `6e`: 4 × module C of 128, 160, 160, 192 | 17×17, 768 |
//! | auxiliary | `AuxLogits`, where asked for: a second head for training | |
//! | block6 | `Mixed_7a`: module D; `7b`, `7c`: 2 × module E | 8×8, 2048 |
//! | head | global average, linear | 1 |
//!
//! Dropout before the head is left out: it does not act in inference. Pixels are scaled by whoever
//! reads the images; torchvision's `transform_input` is no part of the network.

use self::Step::{Average, Conv as Same, Fork, Halve, Maximum};
use super::request::{Built, Request};
use crate::draws::{Draw, Draws};
use crate::layer::PoolGeometry;
use crate::layer::{Conv, Layer, Norm};
use crate::network::Block;
use crate::network_error::NetworkError;

pub(super) fn network(request: &Request) -> Result<Built, NetworkError> {
    let auxiliary = request.choice.auxiliary.unwrap_or_default();
    let (smallest, expected) = match auxiliary {
        true => (299, "sides of 299 pixels or more with the auxiliary head"),
        false => (75, "sides of 75 pixels or more"),
    };
    if request.input.shorter() < smallest {
        return Err(NetworkError::Size {
            name: request.choice.name.clone(),
            found: request.input.pixels(),
            expected,
        });
    }
    let mut channels = request.input.channels;
    let mut plain = |name: &str, width: usize, kernel: usize, stride: usize, padding: usize| {
        let conv = Conv::new(String::new(), [channels, width], kernel);
        channels = width;
        unit(name, conv.stride(stride).padding(padding))
    };
    let mut blocks = vec![
        Block::new("stem", plain("Conv2d_1a_3x3", 32, 3, 2, 0)),
        Block::new(
            "block1",
            [
                plain("Conv2d_2a_3x3", 32, 3, 1, 0),
                plain("Conv2d_2b_3x3", 64, 3, 1, 1),
                vec![maximum()],
            ]
            .concat(),
        ),
        Block::new("block2", plain("Conv2d_3b_1x1", 80, 1, 1, 0)),
        Block::new(
            "block3",
            [plain("Conv2d_4a_3x3", 192, 3, 1, 0), vec![maximum()]].concat(),
        ),
    ];
    let mut mixed = |modules: Vec<(&str, Module)>| {
        let layers = modules.into_iter().map(|(name, module)| {
            let (layer, width) = branches(name, channels, module);
            channels = width;
            layer
        });
        layers.collect()
    };
    let block4 = vec![
        ("Mixed_5b", a(32)),
        ("Mixed_5c", a(64)),
        ("Mixed_5d", a(64)),
    ];
    blocks.push(Block::new("block4", mixed(block4)));
    let block5 = vec![
        ("Mixed_6a", b()),
        ("Mixed_6b", c(128)),
        ("Mixed_6c", c(160)),
        ("Mixed_6d", c(160)),
        ("Mixed_6e", c(192)),
    ];
    blocks.push(Block::new("block5", mixed(block5)));
    if auxiliary {
        let head = auxiliary_head(request.classes);
        blocks.push(Block::new("auxiliary", vec![Layer::auxiliary(head)]));
    }
    let block6 = vec![("Mixed_7a", d()), ("Mixed_7b", e()), ("Mixed_7c", e())];
    blocks.push(Block::new("block6", mixed(block6)));
    blocks.push(Block::linear_head("fc", channels, request.classes));
    Ok(Built {
        blocks,
        draws: Draws {
            conv: Draw::Truncated(0.1),
            linear: Draw::Truncated(0.1),
        },
    })
}

/// The branches of a module; all read the same map.
type Module = Vec<Vec<Step>>;

/// A step of a branch.
enum Step {
    /// A convolution of stride 1, padded so that maps keep their size: name, channels written,
    /// kernel.
    Conv(&'static str, usize, [usize; 2]),
    /// A 3×3 convolution of stride 2 without padding: name, channels written.
    Halve(&'static str, usize),
    /// Mean over 3×3, stride 1, padded.
    Average,
    /// Maximum over 3×3, stride 2.
    Maximum,
    /// 1×3 and 3×1 side by side, `<name>a` and `<name>b`: name, channels that each writes.
    Fork(&'static str, usize),
}

fn a(pool: usize) -> Module {
    vec![
        vec![Same("branch1x1", 64, [1, 1])],
        vec![
            Same("branch5x5_1", 48, [1, 1]),
            Same("branch5x5_2", 64, [5, 5]),
        ],
        vec![
            Same("branch3x3dbl_1", 64, [1, 1]),
            Same("branch3x3dbl_2", 96, [3, 3]),
            Same("branch3x3dbl_3", 96, [3, 3]),
        ],
        vec![Average, Same("branch_pool", pool, [1, 1])],
    ]
}

fn b() -> Module {
    vec![
        vec![Halve("branch3x3", 384)],
        vec![
            Same("branch3x3dbl_1", 64, [1, 1]),
            Same("branch3x3dbl_2", 96, [3, 3]),
            Halve("branch3x3dbl_3", 96),
        ],
        vec![Maximum],
    ]
}

fn c(width: usize) -> Module {
    vec![
        vec![Same("branch1x1", 192, [1, 1])],
        vec![
            Same("branch7x7_1", width, [1, 1]),
            Same("branch7x7_2", width, [1, 7]),
            Same("branch7x7_3", 192, [7, 1]),
        ],
        vec![
            Same("branch7x7dbl_1", width, [1, 1]),
            Same("branch7x7dbl_2", width, [7, 1]),
            Same("branch7x7dbl_3", width, [1, 7]),
            Same("branch7x7dbl_4", width, [7, 1]),
            Same("branch7x7dbl_5", 192, [1, 7]),
        ],
        vec![Average, Same("branch_pool", 192, [1, 1])],
    ]
}

fn d() -> Module {
    vec![
        vec![Same("branch3x3_1", 192, [1, 1]), Halve("branch3x3_2", 320)],
        vec![
            Same("branch7x7x3_1", 192, [1, 1]),
            Same("branch7x7x3_2", 192, [1, 7]),
            Same("branch7x7x3_3", 192, [7, 1]),
            Halve("branch7x7x3_4", 192),
        ],
        vec![Maximum],
    ]
}

fn e() -> Module {
    vec![
        vec![Same("branch1x1", 320, [1, 1])],
        vec![Same("branch3x3_1", 384, [1, 1]), Fork("branch3x3_2", 384)],
        vec![
            Same("branch3x3dbl_1", 448, [1, 1]),
            Same("branch3x3dbl_2", 384, [3, 3]),
            Fork("branch3x3dbl_3", 384),
        ],
        vec![Average, Same("branch_pool", 192, [1, 1])],
    ]
}

/// The module `name` on `channels`, and the channels that it writes.
fn branches(name: &str, channels: usize, module: Module) -> (Layer, usize) {
    let mut written = 0;
    let branch = |steps: Vec<Step>| {
        let (mut layers, mut width) = (Vec::new(), channels);
        for step in &steps {
            width = step.append(name, width, &mut layers);
        }
        written += width;
        layers
    };
    let layer = Layer::branches(module.into_iter().map(branch).collect());
    (layer, written)
}

impl Step {
    /// Adds the step's layers, which read `channels`; returns the channels that they write.
    fn append(&self, module: &str, channels: usize, layers: &mut Vec<Layer>) -> usize {
        match self {
            Same(name, width, kernel) => {
                layers.extend(same(module, name, [channels, *width], *kernel));
                *width
            }
            Halve(name, width) => {
                let conv = Conv::new(String::new(), [channels, *width], 3);
                let conv = conv.stride(2).padding(0);
                layers.extend(unit(&format!("{module}.{name}"), conv));
                *width
            }
            Average => {
                layers.push(Layer::average_pool(PoolGeometry {
                    kernel: [3; 2],
                    stride: [1; 2],
                    padding: [1; 2],
                    ceil: false,
                }));
                channels
            }
            Maximum => {
                layers.push(maximum());
                channels
            }
            Fork(name, width) => {
                let side = |letter: char, kernel: [usize; 2]| {
                    same(
                        module,
                        &format!("{name}{letter}"),
                        [channels, *width],
                        kernel,
                    )
                };
                layers.push(Layer::branches(vec![side('a', [1, 3]), side('b', [3, 1])]));
                2 * width
            }
        }
    }
}

/// A unit of stride 1, padded so that maps keep their size.
fn same(module: &str, name: &str, channels: [usize; 2], kernel: [usize; 2]) -> Vec<Layer> {
    let mut conv = Conv::new(String::new(), channels, 1);
    conv.kernel = kernel;
    conv.geometry.padding = kernel.map(|extent| extent / 2);
    unit(&format!("{module}.{name}"), conv)
}

/// `AuxLogits`, on 768 channels of 17×17 pixels: mean over 5×5 /3; 1×1, 128; 5×5, 768; global
/// average, linear.
fn auxiliary_head(classes: usize) -> Vec<Layer> {
    let mut layers = vec![Layer::average_pool(PoolGeometry {
        kernel: [5; 2],
        stride: [3; 2],
        padding: [0; 2],
        ceil: false,
    })];
    let reduce = Conv::new(String::new(), [768, 128], 1);
    layers.extend(unit("AuxLogits.conv0", reduce));
    let whole = Conv::new(String::new(), [128, 768], 5).padding(0);
    layers.extend(unit("AuxLogits.conv1", whole));
    layers.push(Layer::GlobalAverage);
    layers.push(Layer::linear("AuxLogits.fc", [768, classes]));
    layers
}

/// A convolution under `path`, batch norm and ReLU.
fn unit(path: &str, conv: Conv) -> Vec<Layer> {
    let norm = Norm::new(format!("{path}.bn"), conv.channels_out).epsilon(1e-3);
    let conv = Conv {
        path: format!("{path}.conv"),
        ..conv
    };
    vec![Layer::Conv(conv), Layer::batch_norm(norm), Layer::RELU]
}

fn maximum() -> Layer {
    Layer::max_pool(PoolGeometry {
        kernel: [3; 2],
        stride: [2; 2],
        padding: [0; 2],
        ceil: false,
    })
}
