//! Adapters with a bottleneck (Houlsby et al. 2019).

use std::collections::BTreeSet;

use networks::{
    Added, Auxiliary, Block, Branches, Conv, Gate, Kind, Layer, Network, Parameter, Product,
    Residual, Selection, SelectionError, layer as layer_of,
};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use super::error::AdditionError;
use initialisation::uniform;

/// `y + U max(D y + d, 0) + u` at the end of every innermost body of a residual sum that has a selected
/// weight, with D `[channels / reduction, channels]` and U `[channels, channels / reduction]`, at
/// every pixel or token. D begins uniform within ±1/√fan-in, U, d and u with zeros, so that
/// training starts from the network as it is.
///
/// In networks without residual sums it stands at the end of every block but the head that has a
/// selected weight.
///
/// There is a function between its layers: it cannot become part of the network's tensors, and
/// stays in the network that a run leaves.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Adapter {
    /// Channels are divided by it in the bottleneck, which has one at least.
    pub reduction: usize,
    /// Which bodies or blocks: those with a selected weight.
    pub on: Selection,
}

impl Default for Adapter {
    fn default() -> Self {
        Self {
            reduction: 16,
            on: "all".into(),
        }
    }
}

impl Adapter {
    pub(super) fn name(&self) -> String {
        let mut name = format!("adapter-r{}", self.reduction);
        if self.on != Self::default().on {
            name.push_str(&format!("-on-{}", self.on));
        }
        name
    }

    pub(super) fn onto(&self, network: &Network) -> Result<Network, AdditionError> {
        let none = || AdditionError::NoLayer {
            addition: "an adapter",
            on: self.on.to_string(),
            network: network.name.clone(),
            beside: "bodies of residual sums with a selected weight, and blocks but the head where there are no such sums",
        };
        let selected = match self.on.paths(network) {
            Err(SelectionError::Nothing { .. }) => return Err(none()),
            selected => selected?,
        };
        let parameters = network.parameters();
        let weights = parameters
            .iter()
            .filter(|p| p.kind.is_weight() && !p.is_classifier);
        let weights: BTreeSet<&str> = weights
            .map(|p| p.path.as_str())
            .filter(|path| selected.contains(*path))
            .collect();
        let growing = Growing {
            reduction: self.reduction,
            weights: &weights,
        };
        let last = network.blocks.len().saturating_sub(1);
        let has_sums = network.blocks.iter().any(|block| has_sums(&block.layers));
        let mut channels = network.input.channels;
        let mut blocks = Vec::new();
        for (index, block) in network.blocks.iter().enumerate() {
            let (mut layers, written) = growing.layers(&block.layers, channels);
            channels = written;
            if !has_sums && index < last && growing.is_selected(&block.layers) {
                layers.push(growing.adapter(&block.name, channels));
            }
            blocks.push(Block::new(block.name.clone(), layers));
        }
        let grown = Network {
            blocks,
            ..network.clone()
        };
        match grown.parameters().iter().any(|p| p.is_added) {
            true => Ok(grown),
            false => Err(none()),
        }
    }

    /// What an added tensor begins with.
    pub(super) fn first(parameter: &Parameter, stream: &mut ChaCha8Rng) -> Vec<f32> {
        let is_down = layer_of(&parameter.path).ends_with(".adapter_down");
        match parameter.kind {
            Kind::ConvWeight if is_down => {
                let bound = 1.0 / (parameter.fan_in() as f64).sqrt();
                uniform(parameter.len(), bound, stream)
            }
            _ => vec![0.0; parameter.len()],
        }
    }
}

/// Whether a residual sum is among the layers, or inside of them.
fn has_sums(layers: &[Layer]) -> bool {
    layers.iter().any(|layer| match layer {
        Layer::Residual(_) => true,
        Layer::Branches(Branches(branches)) => branches.iter().any(|branch| has_sums(branch)),
        Layer::Product(Product(factors)) => factors.iter().any(|factor| has_sums(factor)),
        Layer::Gate(Gate(inner)) => has_sums(inner),
        _ => false,
    })
}

/// Adapters on their way into a network.
struct Growing<'a> {
    reduction: usize,
    /// Paths of the selected weights.
    weights: &'a BTreeSet<&'a str>,
}

impl Growing<'_> {
    /// The layers for a map of `channels` with the adapters inside, and the channels they write.
    fn layers(&self, all: &[Layer], channels: usize) -> (Vec<Layer>, usize) {
        let mut width = channels;
        let mut grown = Vec::with_capacity(all.len());
        for layer in all {
            grown.push(self.layer(layer, width));
            width = layer.channels(width);
        }
        (grown, width)
    }

    fn layer(&self, layer: &Layer, channels: usize) -> Layer {
        let inner = |layers: &[Layer]| self.layers(layers, channels).0;
        match layer {
            Layer::Residual(residual) => {
                let (mut body, written) = self.layers(&residual.body, channels);
                // Of nested sums the innermost, so that every adapter has a name of its own.
                if !has_sums(&residual.body)
                    && self.is_selected(&residual.body)
                    && let Some(last) = tensors(&residual.body).pop()
                {
                    body.push(self.adapter(layer_of(&last.path), written));
                }
                Layer::Residual(Residual {
                    body,
                    shortcut: inner(&residual.shortcut),
                    relu: residual.relu,
                })
            }
            Layer::Branches(Branches(branches)) => {
                Layer::branches(branches.iter().map(|branch| inner(branch)).collect())
            }
            Layer::Product(Product(factors)) => {
                Layer::Product(Product(factors.each_ref().map(|factor| inner(factor))))
            }
            Layer::Gate(Gate(body)) => Layer::gate(inner(body)),
            // A second head is no part of the network that a run leaves.
            Layer::Auxiliary(Auxiliary(_)) => layer.clone(),
            leaf => leaf.clone(),
        }
    }

    fn is_selected(&self, layers: &[Layer]) -> bool {
        let mut tensors = tensors(layers).into_iter();
        tensors.any(|tensor| self.weights.contains(tensor.path.as_str()))
    }

    /// The adapter at the end of what is called `name` and writes `channels`.
    fn adapter(&self, name: &str, channels: usize) -> Layer {
        let between = (channels / self.reduction.max(1)).max(1);
        let line = |place: &str, widths| {
            Layer::Conv(Conv::new(format!("{name}.adapter_{place}"), widths, 1).with_bias())
        };
        Layer::Added(Added(vec![Layer::Residual(Residual {
            body: vec![
                line("down", [channels, between]),
                Layer::RELU,
                line("up", [between, channels]),
            ],
            shortcut: Vec::new(),
            relu: false,
        })]))
    }
}

fn tensors(layers: &[Layer]) -> Vec<Parameter> {
    let mut tensors = Vec::new();
    for layer in layers {
        layer.parameters(0, &mut tensors);
    }
    tensors
}
