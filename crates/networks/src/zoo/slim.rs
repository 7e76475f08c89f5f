//! Slimmed networks (Raghu et al. 2019, "hybrid" transfer): the first blocks as published, the
//! widths of the later ones divided.
//!
//! The later layers are walked from the input on; each reads what now arrives.
//!
//! | layer | writes |
//! |---|---|
//! | convolution, linear | ⌈channels / divisor⌉, or what its list has to end with |
//! | depthwise convolution | what arrives, still one kernel a channel |
//! | rotary positions, attention | heads / divisor of the same size |
//! | residual | what its shortcut writes, which an empty one does not change |
//! | branches | the sum of what they write; an empty one passes what arrives |
//! | gate | what arrives |
//! | head, auxiliary head | the classes |
//! | any other | what arrives |

use crate::layer::{
    Attention, Auxiliary, BatchNorm, Branches, Conv, Embed, Gate, Layer, LayerNorm, Linear, Norm,
    Product, Residual, ResponseNorm, RotaryPositions, Scale, WindowAttention,
};
use crate::network::{Block, Network};
use crate::network_error::NetworkError;

/// The network with the widths of every block behind the one at index `last` divided.
pub(super) fn slim(network: Network, last: usize, divisor: usize) -> Result<Network, NetworkError> {
    let slimming = Slimming {
        network: &network.name,
        classes: network.classes,
        divisor,
    };
    let mut blocks: Vec<Block> = network.blocks[..=last].to_vec();
    let channels = network.input.channels;
    let mut channels = blocks.iter().fold(channels, |n, block| block.channels(n));
    let head = network.blocks.len() - 1;
    for (index, block) in network.blocks.iter().enumerate().skip(last + 1) {
        let end = (index == head).then_some(network.classes);
        let (layers, written) = slimming.layers(&block.layers, channels, end)?;
        blocks.push(Block::new(&block.name, layers));
        channels = written;
    }
    Ok(Network {
        blocks,
        first_new: Some(last + 1),
        ..network
    })
}

/// How layers are rewritten.
struct Slimming<'a> {
    network: &'a str,
    classes: usize,
    divisor: usize,
}

impl Slimming<'_> {
    /// The layers for a map of `channels`, and the channels that they write: `end`, where that is
    /// fixed.
    fn layers(
        &self,
        layers: &[Layer],
        mut channels: usize,
        end: Option<usize>,
    ) -> Result<(Vec<Layer>, usize), NetworkError> {
        let last = layers.iter().rposition(Layer::chooses_width);
        let mut slim = Vec::with_capacity(layers.len());
        for (index, layer) in layers.iter().enumerate() {
            let end = end.filter(|_| Some(index) == last);
            let (layer, written) = self.layer(layer, channels, end)?;
            slim.push(layer);
            channels = written;
        }
        match (end, layers.last()) {
            (Some(end), Some(layer)) if end != channels => Err(self.refusal(
                layer,
                format!("writes {channels} channels instead of {end}"),
            )),
            _ => Ok((slim, channels)),
        }
    }

    /// The layer for a map of `channels`, and the channels that it writes: `end`, where that is
    /// fixed and the layer can choose.
    fn layer(
        &self,
        layer: &Layer,
        channels: usize,
        end: Option<usize>,
    ) -> Result<(Layer, usize), NetworkError> {
        let norm = |norm: &Norm| Norm {
            channels,
            ..norm.clone()
        };
        let slim = match layer {
            Layer::Conv(conv) => Layer::Conv(self.conv(conv, channels, end)?),
            Layer::Linear(linear) => {
                let written = end.unwrap_or(self.narrow(linear.features_out));
                Layer::Linear(Linear {
                    features_in: channels,
                    features_out: written,
                    ..linear.clone()
                })
            }
            Layer::BatchNorm(BatchNorm(found)) => Layer::batch_norm(norm(found)),
            Layer::LayerNorm(LayerNorm(found)) => Layer::layer_norm(norm(found)),
            Layer::Scale(scale) => Layer::Scale(Scale {
                channels,
                ..scale.clone()
            }),
            Layer::Embed(embed) => Layer::Embed(Embed {
                features: channels,
                ..embed.clone()
            }),
            Layer::Attention(attention) => {
                Layer::Attention(self.attention(layer, channels, *attention)?)
            }
            Layer::RotaryPositions(positions) => {
                let RotaryPositions {
                    heads, features, ..
                } = *positions;
                let Attention { heads, features } =
                    self.attention(layer, channels, Attention { heads, features })?;
                Layer::RotaryPositions(RotaryPositions {
                    heads,
                    features,
                    ..*positions
                })
            }
            Layer::WindowAttention(within) => Layer::WindowAttention(WindowAttention {
                attention: self.attention(layer, channels, within.attention)?,
                ..within.clone()
            }),
            Layer::ResponseNorm(norm) => Layer::ResponseNorm(ResponseNorm {
                channels,
                ..norm.clone()
            }),
            Layer::Residual(residual) => {
                let (shortcut, written) = self.layers(&residual.shortcut, channels, end)?;
                let (body, _) = self.layers(&residual.body, channels, Some(written))?;
                Layer::Residual(Residual {
                    body,
                    shortcut,
                    relu: residual.relu,
                })
            }
            Layer::Branches(Branches(branches)) => {
                let slim = |branch: &Vec<Layer>| Ok(self.layers(branch, channels, None)?.0);
                Layer::branches(branches.iter().map(slim).collect::<Result<_, _>>()?)
            }
            Layer::Gate(Gate(body)) => Layer::gate(self.layers(body, channels, Some(channels))?.0),
            Layer::Product(Product([first, second])) => {
                let (first, written) = self.layers(first, channels, end)?;
                let (second, _) = self.layers(second, channels, Some(written))?;
                Layer::Product(Product([first, second]))
            }
            Layer::Auxiliary(Auxiliary(head)) => {
                Layer::auxiliary(self.layers(head, channels, Some(self.classes))?.0)
            }
            Layer::ReverseChannels
            | Layer::PadSame(_)
            | Layer::Activation(_)
            | Layer::MaxPool(_)
            | Layer::AveragePool(_)
            | Layer::GlobalAverage
            | Layer::FirstToken
            | Layer::PatchTokens(_)
            | Layer::ToWindows(_)
            | Layer::FromWindows(_)
            | Layer::MergePatches
            | Layer::Added(_)
            | Layer::Factor(_) => layer.clone(),
        };
        let written = slim.channels(channels);
        Ok((slim, written))
    }

    fn conv(&self, conv: &Conv, channels: usize, end: Option<usize>) -> Result<Conv, NetworkError> {
        let mut slim = Conv {
            channels_in: channels,
            ..conv.clone()
        };
        if conv.is_depthwise() {
            slim.geometry.groups = channels;
            slim.channels_out = conv.channels_out / conv.channels_in * channels;
        } else {
            slim.channels_out = end.unwrap_or(self.narrow(conv.channels_out));
        }
        let groups = slim.geometry.groups;
        match [slim.channels_in, slim.channels_out]
            .iter()
            .all(|n| n.is_multiple_of(groups))
        {
            true => Ok(slim),
            false => {
                let [read, written] = [slim.channels_in, slim.channels_out];
                let problem =
                    format!("has {groups} groups, which do not divide {read} and {written}");
                Err(self.refusal(&Layer::Conv(slim), problem))
            }
        }
    }

    /// Fewer heads of the same size, because positions and products of a head belong together.
    fn attention(
        &self,
        layer: &Layer,
        channels: usize,
        Attention { heads, features }: Attention,
    ) -> Result<Attention, NetworkError> {
        if !heads.is_multiple_of(self.divisor) {
            let divisors: Vec<_> = (2..=heads)
                .filter(|n| heads.is_multiple_of(*n))
                .map(|n| n.to_string())
                .collect();
            let problem = format!(
                "has {heads} heads; divide them by one of {}",
                divisors.join(", ")
            );
            return Err(self.refusal(layer, problem));
        }
        let features = features / self.divisor;
        match channels == 3 * features {
            true => Ok(Attention {
                heads: heads / self.divisor,
                features,
            }),
            false => {
                let problem = format!("reads {channels} channels instead of {}", 3 * features);
                Err(self.refusal(layer, problem))
            }
        }
    }

    fn narrow(&self, channels: usize) -> usize {
        channels.div_ceil(self.divisor)
    }

    fn refusal(&self, layer: &Layer, problem: String) -> NetworkError {
        NetworkError::Slim {
            network: self.network.into(),
            divide: self.divisor,
            layer: layer.name().into(),
            problem,
        }
    }
}
