//! A network: an ordered list of named blocks.

use checkpoints::{HostTensor, Weights, WeightsError};

use crate::cost::Cost;
use crate::draws::Draws;
use crate::layer::{Layer, Shape, mark_classifier};
use crate::network_error::NetworkError;
use crate::parameter::{Kind, Parameter};

/// What a network reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Input {
    /// Channels of an image, at least 1.
    pub channels: usize,
    /// Rows of an image, in pixels.
    pub height: usize,
    /// Columns of an image, in pixels.
    pub width: usize,
}

impl Input {
    /// Images of `size` × `size` pixels.
    pub const fn square(channels: usize, size: usize) -> Self {
        Self {
            channels,
            height: size,
            width: size,
        }
    }

    /// Shape of `batch` images: batch, channels, rows, columns.
    pub const fn batch(&self, batch: usize) -> [usize; 4] {
        [batch, self.channels, self.height, self.width]
    }

    /// Samples of an image.
    pub const fn samples(&self) -> usize {
        self.channels * self.height * self.width
    }

    /// The shorter side, in pixels.
    pub fn shorter(&self) -> usize {
        self.height.min(self.width)
    }

    /// `224×224`: rows by columns.
    pub fn pixels(&self) -> String {
        format!("{}×{}", self.height, self.width)
    }
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
    /// The tensor of `weights` that a parameter of the network names, if its shape agrees.
    pub fn tensor<'w>(
        &self,
        weights: &'w Weights,
        parameter: &Parameter,
    ) -> Result<&'w HostTensor, WeightsError> {
        let found = match weights.tensors.get(&parameter.path) {
            Some(tensor) if tensor.shape == parameter.shape => return Ok(tensor),
            Some(tensor) => format!("{:?}", tensor.shape),
            None => "no such tensor".into(),
        };
        Err(WeightsError::Incomplete {
            network: self.name.clone(),
            tensor: parameter.path.clone(),
            expected: parameter.shape.clone(),
            found,
        })
    }

    /// Every tensor, from the input to the head.
    pub fn parameters(&self) -> Vec<Parameter> {
        let mut all = Vec::new();
        for (index, block) in self.blocks.iter().enumerate() {
            for layer in &block.layers {
                layer.parameters(index, &mut all);
            }
        }
        if let Some(head) = self.blocks.last() {
            mark_classifier(head.layers.last().map(AsRef::as_ref), &mut all);
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
            height: self.input.height,
            width: self.input.width,
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
