//! A network: an ordered list of named blocks.

use thiserror::Error;

use crate::cost::Cost;
use crate::initialisation::Draws;
use crate::layer::{Layer, Shape};
use crate::parameter::{Kind, Parameter, mark_classifier};

/// Why a network cannot be built or cannot read an input.
#[derive(Debug, Error, PartialEq)]
pub enum NetworkError {
    /// No such name in the zoo.
    #[error("unknown network `{name}`{}; known: {known}", nearest.as_ref().map(|n| format!(", did you mean `{n}`?")).unwrap_or_default())]
    Unknown {
        /// What was asked for.
        name: String,
        /// The closest name that exists.
        nearest: Option<String>,
        /// Every name, comma separated.
        known: String,
    },
    /// An option that the network does not have.
    #[error("network `{name}` has no option `{option}`; it applies to {applies_to}")]
    Option {
        /// The network.
        name: String,
        /// The option given.
        option: &'static str,
        /// Names of the networks that have it, comma separated.
        applies_to: String,
    },
    /// A block behind which the network cannot be slimmed or truncated.
    #[error("network `{network}` cannot be {change} behind block `{block}`: {reason}; {}", if known.is_empty() { "it has no block that could be named".into() } else { format!("choose one of {known}") })]
    Behind {
        /// The network.
        network: String,
        /// `slimmed` or `truncated`.
        change: &'static str,
        /// The block named.
        block: String,
        /// Why not.
        reason: &'static str,
        /// The blocks that can be named, comma separated.
        known: String,
    },
    /// A divisor of widths without a block behind which it acts, or one that divides nothing.
    #[error(
        "network `{network}` has divide = {divide}: expected a number of at least 2, beside slim = \"<block>\""
    )]
    Divide {
        /// The network.
        network: String,
        /// The divisor given.
        divide: usize,
    },
    /// A layer whose width cannot be divided as asked.
    #[error(
        "network `{network}` cannot be slimmed with divide = {divide}: layer `{layer}` {problem}"
    )]
    Slim {
        /// The network.
        network: String,
        /// The divisor.
        divide: usize,
        /// The layer.
        layer: String,
        /// What is in the way.
        problem: String,
    },
    /// The map is smaller than the window that has to slide over it.
    #[error("layer `{layer}` needs at least {}×{} pixels and gets {height}×{width}; use larger images (CBR networks also take padding = \"same\")", kernel[0], kernel[1])]
    MapTooSmall {
        /// The layer.
        layer: String,
        /// Rows that arrive.
        height: usize,
        /// Columns that arrive.
        width: usize,
        /// Window.
        kernel: [usize; 2],
    },
    /// A size of image that the network cannot be built for.
    #[error("network `{name}` cannot read images of {size} pixels: expected {expected}")]
    Size {
        /// The network.
        name: String,
        /// Rows and columns of the image, in pixels.
        size: usize,
        /// The sizes that it reads.
        expected: &'static str,
    },
    /// A layer that cannot read what arrives.
    #[error("layer `{layer}` cannot read a map of {} channels, {}×{} pixels", found.channels, found.height, found.width)]
    Mismatch {
        /// The layer.
        layer: String,
        /// What arrives.
        found: Shape,
    },
}

/// What a network reads: square images.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Input {
    /// Channels of an image, at least 1.
    pub channels: usize,
    /// Rows and columns of an image, in pixels.
    pub size: usize,
}

/// A named part of a network: what can be transferred, frozen or compared as one.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    /// `stem`, `block1` … `head`.
    pub name: String,
    /// Its layers in order.
    pub layers: Vec<Layer>,
}

impl Block {
    /// A block.
    pub fn new(name: impl Into<String>, layers: Vec<Layer>) -> Self {
        Self {
            name: name.into(),
            layers,
        }
    }

    /// Channels that leave the block when `channels` enter it.
    pub(crate) fn channels(&self, channels: usize) -> usize {
        let layers = self.layers.iter();
        layers.fold(channels, |channels, layer| layer.channels(channels))
    }

    /// The usual head: the mean over the map, then one linear layer at `path` from `features` to
    /// `classes`.
    pub(crate) fn linear_head(path: &str, features: usize, classes: usize) -> Self {
        let classifier = Layer::linear(path, [features, classes]);
        Self::new("head", vec![Layer::GlobalAverage, classifier])
    }
}

/// A network as data: everything about it is derived from its blocks.
#[derive(Clone, Debug, PartialEq)]
pub struct Network {
    /// Name in the zoo.
    pub name: String,
    /// What it reads.
    pub input: Input,
    /// Outputs of the head.
    pub classes: usize,
    /// Blocks from the input to the head; the last is the head.
    pub blocks: Vec<Block>,
    /// What its tensors are drawn from in random initialisation.
    pub draws: Draws,
    /// Index of the first block that differs from the published network's, where the network is
    /// slimmed or truncated: from there on every tensor is new.
    pub first_new: Option<usize>,
}

impl Network {
    /// Every tensor, from the input to the head.
    pub fn parameters(&self) -> Vec<Parameter> {
        let mut all = Vec::new();
        for (index, block) in self.blocks.iter().enumerate() {
            for layer in &block.layers {
                layer.parameters(index, &mut all);
            }
        }
        if let Some(head) = self.blocks.last() {
            mark_classifier(&head.layers, &mut all);
        }
        for parameter in &mut all {
            parameter.is_new = self.first_new.is_some_and(|new| parameter.block >= new);
        }
        all
    }

    /// Trained numbers: weights, biases, batch-norm scale and shift; running statistics excluded.
    pub fn parameter_count(&self) -> usize {
        self.parameters()
            .iter()
            .filter(|p| p.kind.is_trained())
            .map(Parameter::len)
            .sum()
    }

    /// The count of the paper's Table 1 for the CBR networks: convolution weights of every layer
    /// but the first, plus the head's weight; no biases, no batch norm. Not a parameter count in
    /// the usual sense, kept to compare with the printed numbers.
    pub fn parameter_count_paper_rule(&self) -> usize {
        self.parameters()
            .iter()
            .filter(|p| (p.kind == Kind::ConvWeight && p.block > 0) || p.kind == Kind::LinearWeight)
            .map(Parameter::len)
            .sum()
    }

    /// Cost of one image; fails where the image is too small for a layer.
    pub fn cost(&self) -> Result<Cost, NetworkError> {
        let blocks = self.block_costs()?;
        Ok(blocks.into_iter().fold(Cost::default(), |a, b| Cost {
            macs: a.macs + b.macs,
            activations: a.activations + b.activations,
        }))
    }

    /// Cost of one image by block; fails where the image is too small for a layer.
    pub fn block_costs(&self) -> Result<Vec<Cost>, NetworkError> {
        let mut costs = Vec::new();
        let mut shape = Shape {
            channels: self.input.channels,
            height: self.input.size,
            width: self.input.size,
        };
        for block in &self.blocks {
            let mut cost = Cost::default();
            for layer in &block.layers {
                shape = layer.trace(shape, &mut cost)?;
            }
            costs.push(cost);
        }
        match shape == Shape::vector(self.classes) {
            true => Ok(costs),
            false => Err(NetworkError::Mismatch {
                layer: "head".into(),
                found: shape,
            }),
        }
    }

    /// Index of a block by name.
    pub fn block_index(&self, name: &str) -> Option<usize> {
        self.blocks.iter().position(|b| b.name == name)
    }

    /// Path of the first convolution's weight: what looks at pixels.
    pub fn first_conv(&self) -> Option<String> {
        self.parameters()
            .into_iter()
            .find(|p| p.kind == Kind::ConvWeight)
            .map(|p| p.path)
    }
}
