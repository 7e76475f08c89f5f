//! A network: an ordered list of named blocks.

use thiserror::Error;

use crate::cost::Cost;
use crate::layer::{Layer, Shape};
use crate::parameter::{Kind, Parameter};

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
        /// Where the option exists.
        applies_to: &'static str,
    },
    /// The map is smaller than the window that has to slide over it.
    #[error("layer `{layer}` needs at least {}×{} pixels and gets {height}×{width}; use larger images or padding = \"same\"", kernel[0], kernel[1])]
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
    /// A layer that cannot read what arrives.
    #[error("layer `{layer}` cannot read {found:?}")]
    Mismatch {
        /// The layer.
        layer: String,
        /// What arrives.
        found: Shape,
    },
}

/// A named part of a network: what can be transferred, frozen or compared as one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// `stem`, `block1` … `head`.
    pub name: String,
    /// Its layers in order.
    pub layers: Vec<Layer>,
}

impl Block {
    /// The usual head: the mean over the map, then one linear layer `fc` from `features` to
    /// `classes`.
    pub(crate) fn linear_head(features: usize, classes: usize) -> Self {
        Self {
            name: "head".into(),
            layers: vec![
                Layer::GlobalAverage,
                Layer::Linear {
                    path: "fc".into(),
                    features_in: features,
                    features_out: classes,
                },
            ],
        }
    }
}

/// A network as data: everything about it is derived from its blocks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Network {
    /// Name in the zoo.
    pub name: String,
    /// Input channels: 1 (grey) or 3 (RGB).
    pub channels_in: usize,
    /// Outputs of the head.
    pub classes: usize,
    /// Blocks from the input to the head; the last is the head.
    pub blocks: Vec<Block>,
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

    /// Cost of one square image of `size` pixels; fails where the image is too small.
    pub fn cost(&self, size: usize) -> Result<Cost, NetworkError> {
        let mut cost = Cost::default();
        let mut shape = Shape::Map {
            channels: self.channels_in,
            height: size,
            width: size,
        };
        for layer in self.blocks.iter().flat_map(|b| &b.layers) {
            shape = layer.trace(shape, &mut cost)?;
        }
        match shape {
            Shape::Features(n) if n == self.classes => Ok(cost),
            found => Err(NetworkError::Mismatch {
                layer: "head".into(),
                found,
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
