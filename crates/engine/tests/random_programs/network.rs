//! Networks made of random layers, and of a transformer's.

use networks::{
    Activation, Attention, Block, Conv, ConvGeometry, Cost, Draws, Embed, Input, Layer, Linear,
    Network, Norm, PadSame, PatchTokens, PoolGeometry, Product, Registers, Residual,
    RotaryPositions, Scale, Shape,
};

use crate::recipe::{Filter, Grouping, Recipe};

/// Outputs of every head.
pub const CLASSES: usize = 3;

/// The network of `recipes`, block by block; a layer that does not fit what enters it is left out.
pub fn convolutional(recipes: &[Vec<Recipe>], input: Input) -> Network {
    let mut maker = Maker::default();
    let mut shape = Shape {
        channels: input.channels,
        height: input.height,
        width: input.width,
    };
    let mut blocks = Vec::new();
    for (index, recipes) in recipes.iter().enumerate() {
        let (mut layers, leaves) = maker.layers(recipes, shape);
        shape = leaves;
        if index == 0 {
            // There is a weight behind the first block at least.
            layers.push(maker.conv([shape.channels, 4], [1, 1]));
            shape.channels = 4;
        }
        blocks.push(Block::new(name(index), layers));
    }
    blocks.push(Block::new("head", maker.head(shape)));
    network(blocks, input)
}

/// Patches as tokens, and `depth` blocks of attention. With registers the head reads the mean of
/// the patches, else the class token. Positions are learnt, or rotations.
pub fn transformer(
    depth: usize,
    heads: usize,
    registers: usize,
    is_rotary: bool,
    input: Input,
) -> Network {
    let mut maker = Maker::default();
    let features = if is_rotary { 4 * heads } else { 2 * heads };
    let [height, width] = [input.height, input.width].map(|side| side / 3);
    let patches = height * width;
    let mut patch = Conv::new(maker.path(), [input.channels, features], 3)
        .stride(3)
        .padding(0);
    patch.bias = true;
    let embed = Layer::Embed(Embed {
        class_token: "token".into(),
        registers: (registers > 0).then(|| Registers {
            path: "registers".into(),
            count: registers,
        }),
        positions: (!is_rotary).then(|| "positions".into()),
        features,
        tokens: patches + 1 + registers,
    });
    let mut blocks = vec![Block::new("stem", vec![Layer::Conv(patch), embed])];
    for index in 0..depth {
        let mut attention = vec![
            maker.layer_norm(features),
            Layer::Linear(Linear {
                path: maker.path(),
                features_in: features,
                features_out: 3 * features,
                bias: !is_rotary,
            }),
            Layer::Attention(Attention { heads, features }),
            maker.linear([features, features]),
        ];
        if is_rotary {
            let places = RotaryPositions {
                heads,
                features,
                first: 1 + registers,
                height,
                width,
            };
            attention.insert(2, Layer::RotaryPositions(places));
        }
        let mlp = vec![
            maker.layer_norm(features),
            maker.linear([features, 8]),
            Layer::Activation(Activation::Gelu),
            maker.linear([8, features]),
        ];
        let residual = |body| {
            Layer::Residual(Residual {
                body,
                shortcut: Vec::new(),
                relu: false,
            })
        };
        blocks.push(Block::new(
            name(index + 1),
            vec![residual(attention), residual(mlp)],
        ));
    }
    let mut head = vec![maker.layer_norm(features)];
    head.extend(match registers {
        0 => vec![Layer::FirstToken],
        _ => {
            let skipped = 1 + registers;
            vec![
                Layer::PatchTokens(PatchTokens { skipped }),
                Layer::GlobalAverage,
            ]
        }
    });
    head.push(maker.linear([features, CLASSES]));
    blocks.push(Block::new("head", head));
    network(blocks, input)
}

fn name(index: usize) -> String {
    match index {
        0 => "stem".into(),
        _ => format!("block{index}"),
    }
}

pub fn network(blocks: Vec<Block>, input: Input) -> Network {
    Network {
        name: "random".into(),
        input,
        classes: CLASSES,
        blocks,
        draws: Draws::RESNET,
        first_new: None,
    }
}

/// Gives every layer with tensors a path of its own.
#[derive(Default)]
struct Maker {
    paths: usize,
    has_auxiliary: bool,
}

impl Maker {
    fn path(&mut self) -> String {
        self.paths += 1;
        format!("layer{}", self.paths)
    }

    fn linear(&mut self, features: [usize; 2]) -> Layer {
        Layer::linear(self.path(), features)
    }

    fn layer_norm(&mut self, channels: usize) -> Layer {
        Layer::layer_norm(Norm::new(self.path(), channels).epsilon(1e-2))
    }

    fn batch_norm(&mut self, channels: usize) -> Layer {
        Layer::batch_norm(Norm::new(self.path(), channels).epsilon(1e-2))
    }

    fn conv(&mut self, channels: [usize; 2], kernel: [usize; 2]) -> Layer {
        let conv = Conv::new(self.path(), channels, 1);
        Layer::Conv(Conv { kernel, ..conv })
    }

    fn head(&mut self, shape: Shape) -> Vec<Layer> {
        let linear = self.linear([shape.channels, CLASSES]);
        vec![Layer::GlobalAverage, linear]
    }

    /// The layers of `recipes`, and what leaves them.
    fn layers(&mut self, recipes: &[Recipe], input: Shape) -> (Vec<Layer>, Shape) {
        let (mut layers, mut shape) = (Vec::new(), input);
        for recipe in recipes {
            for layer in self.layer(recipe, shape) {
                if let Ok(leaves) = layer.trace(shape, &mut Cost::default())
                    && leaves.pixels() > 0
                    && leaves.channels <= 16
                {
                    layers.push(layer);
                    shape = leaves;
                }
            }
        }
        (layers, shape)
    }

    fn layer(&mut self, recipe: &Recipe, shape: Shape) -> Vec<Layer> {
        let channels = shape.channels;
        let layer = match recipe {
            Recipe::Conv(filter) => self.filter(filter, channels),
            // Two pixels of a batch of two are normalised to their signs.
            Recipe::BatchNorm if shape.pixels() < 4 => return Vec::new(),
            Recipe::BatchNorm => self.batch_norm(channels),
            Recipe::LayerNorm if channels < 3 => return Vec::new(),
            Recipe::LayerNorm => self.layer_norm(channels),
            Recipe::Activation(function) => Layer::Activation(*function),
            Recipe::MaxPool(pool) => Layer::max_pool(*pool),
            Recipe::AveragePool(pool) => Layer::average_pool(*pool),
            Recipe::Scale => Layer::Scale(Scale {
                path: self.path(),
                channels,
            }),
            Recipe::PadSame { kernel, stride } => Layer::PadSame(PadSame {
                kernel: *kernel,
                stride: [*stride; 2],
            }),
            Recipe::ReverseChannels => Layer::ReverseChannels,
            Recipe::Linear { channels: out } => self.linear([channels, *out]),
            Recipe::Residual {
                body,
                norm,
                relu,
                projected,
            } => return self.residual(body, [*norm, *relu, *projected], shape),
            Recipe::Branches(branches) => return self.branches(branches, shape),
            Recipe::Gate(function) => Layer::gate(vec![
                Layer::GlobalAverage,
                self.linear([channels, 4]),
                Layer::Activation(*function),
                self.linear([4, channels]),
                Layer::Activation(Activation::Sigmoid),
            ]),
            Recipe::Product {
                function,
                of_itself,
            } => {
                let first = function
                    .map(|function| vec![self.linear([channels; 2]), Layer::Activation(function)]);
                let second = (!of_itself).then(|| vec![self.linear([channels; 2])]);
                Layer::Product(Product([first, second].map(Option::unwrap_or_default)))
            }
            Recipe::Auxiliary if self.has_auxiliary => return Vec::new(),
            Recipe::Auxiliary => {
                self.has_auxiliary = true;
                Layer::auxiliary(self.head(shape))
            }
            Recipe::Unit { filter, pool } => {
                let conv = self.filter(filter, channels);
                let Ok(shape) = conv.trace(shape, &mut Cost::default()) else {
                    return Vec::new();
                };
                let norm = self.layer(&Recipe::BatchNorm, shape);
                let after = [Layer::RELU].into_iter().chain(pool.map(Layer::max_pool));
                return [conv].into_iter().chain(norm).chain(after).collect();
            }
        };
        vec![layer]
    }

    fn filter(&mut self, filter: &Filter, into: usize) -> Layer {
        let (channels_out, groups) = match filter.grouping {
            Grouping::Depthwise => (into, into),
            Grouping::Halves if into.is_multiple_of(2) => (filter.channels.div_ceil(2) * 2, 2),
            Grouping::Halves | Grouping::None => (filter.channels, 1),
        };
        Layer::Conv(Conv {
            path: self.path(),
            channels_in: into,
            channels_out,
            kernel: filter.kernel,
            geometry: ConvGeometry {
                stride: filter.stride,
                padding: filter.padding,
                dilation: [filter.dilation; 2],
                groups,
            },
            bias: filter.bias,
        })
    }

    fn residual(
        &mut self,
        body: &[Recipe],
        [norm, relu, projected]: [bool; 3],
        shape: Shape,
    ) -> Vec<Layer> {
        let (mut body, leaves) = self.layers(body, shape);
        // A sum of a map with itself is no network's.
        body.push(self.conv([leaves.channels; 2], [1, 1]));
        if norm {
            body.extend(self.layer(&Recipe::BatchNorm, leaves));
        }
        let mut shortcut = Vec::new();
        if leaves != shape || projected {
            // A window that is as much larger than a pixel as the body shrinks the map.
            let [Some(rows), Some(columns)] = [
                shape.height.checked_sub(leaves.height),
                shape.width.checked_sub(leaves.width),
            ] else {
                return body;
            };
            let channels = [shape.channels, leaves.channels];
            shortcut.push(self.conv(channels, [rows + 1, columns + 1]));
            if norm {
                shortcut.extend(self.layer(&Recipe::BatchNorm, leaves));
            }
        }
        vec![Layer::Residual(Residual {
            body,
            shortcut,
            relu,
        })]
    }

    fn branches(&mut self, branches: &[Vec<Recipe>], shape: Shape) -> Vec<Layer> {
        let mut made = Vec::new();
        for (index, recipes) in branches.iter().enumerate() {
            let (mut layers, leaves) = match recipes.is_empty() && index == 0 {
                true => (Vec::new(), shape),
                false => self.layers(recipes, shape),
            };
            // Only the first may hand on what it reads: no map is in a concatenation twice.
            if index > 0 {
                layers.push(self.conv([leaves.channels, 2], [1, 1]));
            }
            made.push((layers, leaves));
        }
        let least = |of: fn(&Shape) -> usize| made.iter().map(|(_, shape)| of(shape)).min();
        let (Some(height), Some(width)) = (least(|s| s.height), least(|s| s.width)) else {
            return Vec::new();
        };
        for (layers, leaves) in &mut made {
            let kernel = [leaves.height - height + 1, leaves.width - width + 1];
            if kernel != [1, 1] {
                layers.push(Layer::max_pool(PoolGeometry {
                    kernel,
                    stride: [1; 2],
                    padding: [0; 2],
                    ceil: false,
                }));
            }
        }
        vec![Layer::branches(
            made.into_iter().map(|(layers, _)| layers).collect(),
        )]
    }
}
