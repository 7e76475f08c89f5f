//! Networks of one's own: layers written in a file, checked and named.

use super::own_layer::{
    NormKind, OwnAttention, OwnBlock, OwnConv, OwnLayer, OwnPool, OwnWindow, Pair,
};
use super::request::{Built, Request};
use crate::cost::Cost;
use crate::draws::Draws;
use crate::layer::{
    Activation, Attention, Branches, Conv, ConvGeometry, Embed, Gate, Layer, Norm, PadSame,
    PoolGeometry, Product, Residual, Scale, Shape,
};
use crate::network::Block;
use crate::network_error::NetworkError;

/// Most layers, repeats counted.
const MAX_LAYERS: usize = 10_000;
/// Most channels, features, and pixels of a window along an edge.
const MAX_WIDTH: usize = 1 << 16;
/// Most numbers of one tensor.
const MAX_NUMBERS: usize = 1 << 30;

/// Builds the blocks. Tensors are called as in PyTorch's `Sequential` of the same lists:
/// `stem.0.weight`, `block1.2.body.0.weight`, and so on.
pub(super) fn network(request: &Request, blocks: &[OwnBlock]) -> Result<Built, NetworkError> {
    let mut builder = Builder {
        network: &request.choice.name,
        classes: request.classes,
        block: "",
        layers: 0,
        has_tokens: false,
    };
    let Some((head, others)) = blocks.split_last() else {
        return Err(builder.refused("", "at least two blocks, the last of them `head`", "none"));
    };
    if others.is_empty() || head.name != "head" {
        let found = format!("{} blocks, the last of them `{}`", blocks.len(), head.name);
        return Err(builder.refused("", "at least two blocks, the last of them `head`", found));
    }
    let mut shape = Shape {
        channels: request.input.channels,
        height: request.input.height,
        width: request.input.width,
    };
    let mut built: Vec<Block> = Vec::new();
    for block in blocks {
        builder.block = &block.name;
        let is_sign =
            |sign: char| sign.is_ascii_lowercase() || sign.is_ascii_digit() || "-_".contains(sign);
        let is_plain = block
            .name
            .starts_with(|first: char| first.is_ascii_lowercase())
            && block.name.chars().all(is_sign)
            && block.name.len() <= 64;
        if !is_plain || built.iter().any(|known| known.name == block.name) {
            let expected = "a name of its own: a small letter, then small letters, digits, - and _";
            return Err(builder.refused("", expected, format!("`{}`", block.name)));
        }
        let layers;
        (layers, shape) = builder.list(&block.name, &block.layers, shape)?;
        built.push(Block::new(block.name.clone(), layers));
    }
    if head.layers.last() != Some(&OwnLayer::Classifier) {
        return Err(builder.refused("", "\"classifier\" as the last layer", "another"));
    }
    if shape != Shape::vector(request.classes) {
        let expected = "\"global-average\" or \"first-token\" before the classifier";
        let found = format!("logits for {}×{} pixels", shape.height, shape.width);
        return Err(builder.refused("", expected, found));
    }
    let draws = match builder.has_tokens {
        true => Draws::TRANSFORMER,
        false => Draws::RESNET,
    };
    Ok(Built {
        blocks: built,
        draws,
    })
}

/// The shape that leaves `layer` when `input` enters it, if it is a layer that can read it. `place` names
/// it in messages.
pub fn own_shape(layer: &OwnLayer, input: Shape, place: &str) -> Result<Shape, NetworkError> {
    let mut builder = Builder {
        network: place,
        classes: 1,
        block: "",
        layers: 0,
        has_tokens: false,
    };
    let (_, output) = builder.list("", std::slice::from_ref(layer), input)?;
    Ok(output)
}

struct Builder<'a> {
    network: &'a str,
    classes: usize,
    block: &'a str,
    layers: usize,
    has_tokens: bool,
}

impl Builder<'_> {
    fn refused(
        &self,
        path: &str,
        expected: impl Into<String>,
        found: impl Into<String>,
    ) -> NetworkError {
        let place = match (self.block, path) {
            ("", _) => String::new(),
            (block, "") => format!(", block `{block}`"),
            (_, path) => format!(", layer `{path}`"),
        };
        NetworkError::Own {
            place: format!("`{}`{place}", self.network),
            expected: expected.into(),
            found: found.into(),
        }
    }

    /// Layers whose paths begin with `path`, and the shape that leaves them.
    fn list(
        &mut self,
        path: &str,
        written: &[OwnLayer],
        mut shape: Shape,
    ) -> Result<(Vec<Layer>, Shape), NetworkError> {
        let mut layers = Vec::new();
        for (index, layer) in written.iter().enumerate() {
            let path = format!("{path}.{index}");
            if let OwnLayer::Repeat(repeat) = layer {
                for time in 0..repeat.times {
                    let (more, after) =
                        self.list(&format!("{path}.{time}"), &repeat.layers, shape)?;
                    // An empty list that is repeated counts, too: it must not take for ever.
                    self.count(&path)?;
                    layers.extend(more);
                    shape = after;
                }
                continue;
            }
            self.count(&path)?;
            let layer = self.layer(&path, layer, shape)?;
            shape = layer.trace(shape, &mut Cost::default())?;
            if [shape.channels, shape.height, shape.width].contains(&0)
                || shape.channels > MAX_WIDTH
            {
                let found = format!(
                    "{} channels, {}×{} pixels",
                    shape.channels, shape.height, shape.width
                );
                return Err(self.refused(
                    &path,
                    format!("1 to {MAX_WIDTH} channels of 1 pixel or more behind it"),
                    found,
                ));
            }
            layers.push(layer);
        }
        Ok((layers, shape))
    }

    fn count(&mut self, path: &str) -> Result<(), NetworkError> {
        self.layers += 1;
        match self.layers > MAX_LAYERS {
            true => Err(self.refused(path, format!("at most {MAX_LAYERS} layers"), "more")),
            false => Ok(()),
        }
    }

    fn layer(
        &mut self,
        path: &str,
        written: &OwnLayer,
        input: Shape,
    ) -> Result<Layer, NetworkError> {
        let norm = || Norm::new(path.to_owned(), input.channels);
        Ok(match written {
            OwnLayer::Conv(conv) => self.conv(path, conv, input)?,
            OwnLayer::BatchNorm => Layer::batch_norm(norm()),
            OwnLayer::LayerNorm => Layer::layer_norm(norm().epsilon(1e-6)),
            OwnLayer::Norm(found) => {
                let norm = norm().epsilon(found.epsilon.into());
                match found.kind {
                    NormKind::BatchNorm => Layer::batch_norm(norm),
                    NormKind::LayerNorm => Layer::layer_norm(norm),
                }
            }
            OwnLayer::Relu => Layer::RELU,
            OwnLayer::Relu6 => Layer::Activation(Activation::Relu6),
            OwnLayer::Silu => Layer::Activation(Activation::Silu),
            OwnLayer::Gelu => Layer::Activation(Activation::Gelu),
            OwnLayer::QuickGelu => Layer::Activation(Activation::QuickGelu),
            OwnLayer::Sigmoid => Layer::Activation(Activation::Sigmoid),
            OwnLayer::HardSwish => Layer::Activation(Activation::HardSwish),
            OwnLayer::HardSigmoid => Layer::Activation(Activation::HardSigmoid),
            OwnLayer::PadSame(window) => self.pad_same(path, window)?,
            OwnLayer::MaxPool(pool) => Layer::max_pool(self.pool(path, pool)?),
            OwnLayer::AveragePool(pool) => Layer::average_pool(self.pool(path, pool)?),
            OwnLayer::GlobalAverage => Layer::GlobalAverage,
            OwnLayer::Linear(features) => self.linear(path, *features, input)?,
            OwnLayer::Classifier => self.linear(path, self.classes, input)?,
            OwnLayer::Residual(residual) => {
                let (body, _) = self.list(&format!("{path}.body"), &residual.body, input)?;
                let shortcut = format!("{path}.shortcut");
                let (shortcut, _) = self.list(&shortcut, &residual.shortcut, input)?;
                Layer::Residual(Residual {
                    body,
                    shortcut,
                    relu: false,
                })
            }
            OwnLayer::Branches(branches) => {
                if branches.is_empty() {
                    return Err(self.refused(path, "at least one branch", "none"));
                }
                let lists = branches.iter().enumerate().map(|(branch, layers)| {
                    let (layers, _) = self.list(&format!("{path}.{branch}"), layers, input)?;
                    Ok(layers)
                });
                Layer::Branches(Branches(lists.collect::<Result<_, NetworkError>>()?))
            }
            OwnLayer::Gate(layers) => Layer::Gate(Gate(self.list(path, layers, input)?.0)),
            OwnLayer::Product([first, second]) => {
                let (first, of_first) = self.list(&format!("{path}.0"), first, input)?;
                let (second, of_second) = self.list(&format!("{path}.1"), second, input)?;
                if of_first != of_second {
                    let found = [of_first, of_second].map(|shape| {
                        let Shape {
                            channels,
                            height,
                            width,
                        } = shape;
                        format!("{channels} channels, {height}×{width} pixels")
                    });
                    let expected = "two lists that make maps of one shape";
                    return Err(self.refused(path, expected, found.join("; and ")));
                }
                Layer::Product(Product([first, second]))
            }
            OwnLayer::Scale => Layer::Scale(Scale {
                path: path.to_owned(),
                channels: input.channels,
            }),
            OwnLayer::Embed => {
                self.has_tokens = true;
                Layer::Embed(Embed {
                    class_token: format!("{path}.class_token"),
                    registers: None,
                    positions: Some(format!("{path}.positions")),
                    features: input.channels,
                    tokens: 1 + input.pixels(),
                })
            }
            OwnLayer::Attention(OwnAttention { heads }) => {
                let features = input.channels / 3;
                if *heads == 0
                    || !input.channels.is_multiple_of(3)
                    || !features.is_multiple_of(*heads)
                {
                    let expected = format!(
                        "three times as many features as {heads} heads can share: {{ linear = … }} before it"
                    );
                    return Err(self.refused(
                        path,
                        expected,
                        format!("{} features", input.channels),
                    ));
                }
                Layer::Attention(Attention {
                    heads: *heads,
                    features,
                })
            }
            OwnLayer::FirstToken => Layer::FirstToken,
            OwnLayer::Repeat(_) => {
                return Err(self.refused(path, "a layer", "layers several times over"));
            }
        })
    }

    fn conv(&self, path: &str, conv: &OwnConv, input: Shape) -> Result<Layer, NetworkError> {
        let kernel = conv.kernel.each();
        let dilation = conv.dilation.map_or([1; 2], Pair::each);
        let stride = conv.stride.map_or([1; 2], Pair::each);
        let groups = conv.groups.unwrap_or(1);
        let numbers = [kernel, dilation, stride].concat();
        self.bounded(path, &[numbers, vec![conv.channels, groups]].concat())?;
        let same = [0, 1].map(|axis| dilation[axis] * (kernel[axis] - 1) / 2);
        let padding = conv.padding.map_or(same, Pair::each);
        if padding.iter().any(|border| *border > MAX_WIDTH) {
            return Err(self.refused(
                path,
                format!("a padding of at most {MAX_WIDTH}"),
                format!("{padding:?}"),
            ));
        }
        if !input.channels.is_multiple_of(groups) || !conv.channels.is_multiple_of(groups) {
            let found = format!("{} and {}", input.channels, conv.channels);
            return Err(self.refused(
                path,
                format!("channels in and out that {groups} groups share evenly"),
                found,
            ));
        }
        self.weights(
            path,
            &[conv.channels, input.channels / groups, kernel[0], kernel[1]],
        )?;
        Ok(Layer::Conv(Conv {
            path: path.to_owned(),
            channels_in: input.channels,
            channels_out: conv.channels,
            kernel,
            geometry: ConvGeometry {
                stride,
                padding,
                dilation,
                groups,
            },
            bias: conv.bias,
        }))
    }

    fn pool(&self, path: &str, pool: &OwnPool) -> Result<PoolGeometry, NetworkError> {
        let kernel = pool.window.each();
        let stride = pool.stride.map_or(kernel, Pair::each);
        self.bounded(path, &[kernel, stride].concat())?;
        let padding = pool.padding.map_or([0; 2], Pair::each);
        if [0, 1]
            .into_iter()
            .any(|axis| 2 * padding[axis].min(MAX_WIDTH) > kernel[axis])
        {
            return Err(self.refused(
                path,
                "a padding of at most half the window",
                format!("{padding:?}"),
            ));
        }
        Ok(PoolGeometry {
            kernel,
            stride,
            padding,
            ceil: pool.ceil,
        })
    }

    fn pad_same(&self, path: &str, window: &OwnWindow) -> Result<Layer, NetworkError> {
        let kernel = window.window.each();
        let stride = window.stride.map_or([1; 2], Pair::each);
        self.bounded(path, &[kernel, stride].concat())?;
        Ok(Layer::PadSame(PadSame { kernel, stride }))
    }

    fn linear(&self, path: &str, features: usize, input: Shape) -> Result<Layer, NetworkError> {
        self.bounded(path, &[features])?;
        self.weights(path, &[features, input.channels])?;
        Ok(Layer::linear(path, [input.channels, features]))
    }

    fn bounded(&self, path: &str, numbers: &[usize]) -> Result<(), NetworkError> {
        match numbers.iter().find(|n| !(1..=MAX_WIDTH).contains(*n)) {
            Some(found) => {
                let expected = format!("numbers from 1 to {MAX_WIDTH}");
                Err(self.refused(path, expected, found.to_string()))
            }
            None => Ok(()),
        }
    }

    fn weights(&self, path: &str, shape: &[usize]) -> Result<(), NetworkError> {
        let numbers = shape
            .iter()
            .try_fold(1_usize, |all, extent| all.checked_mul(*extent));
        match numbers.is_some_and(|numbers| numbers <= MAX_NUMBERS) {
            true => Ok(()),
            false => {
                let expected = format!("a tensor of at most {MAX_NUMBERS} numbers");
                Err(self.refused(path, expected, format!("{shape:?}")))
            }
        }
    }
}
