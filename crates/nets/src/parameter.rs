//! One named tensor of a network.

use serde::{Deserialize, Serialize};

/// What a tensor does in its layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Convolution weight `[out, in / groups, height, width]`.
    ConvWeight,
    /// Linear weight `[out, in]`.
    LinearWeight,
    /// Linear bias `[out]`.
    Bias,
    /// Batch-norm scale (gamma) `[channels]`.
    NormScale,
    /// Batch-norm shift (beta) `[channels]`.
    NormShift,
    /// Batch-norm running mean `[channels]`: a buffer, not trained.
    RunningMean,
    /// Batch-norm running variance `[channels]`, unbiased and never negative: a buffer, not trained.
    RunningVariance,
}

impl Kind {
    /// Whether gradients reach the tensor. Running statistics are buffers.
    pub fn is_trained(self) -> bool {
        !matches!(self, Kind::RunningMean | Kind::RunningVariance)
    }

    /// Whether the tensor belongs to a batch norm.
    pub fn is_norm(self) -> bool {
        matches!(
            self,
            Kind::NormScale | Kind::NormShift | Kind::RunningMean | Kind::RunningVariance
        )
    }
}

/// One tensor of a network, by its path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Dotted path, as torchvision names it where torchvision has the network.
    pub path: String,
    /// Extents, outermost first.
    pub shape: Vec<usize>,
    /// What the tensor does.
    pub kind: Kind,
    /// Index of its block in the network's block list.
    pub block: usize,
}

impl Parameter {
    /// Numbers in the tensor.
    pub fn len(&self) -> usize {
        self.shape.iter().product()
    }

    /// Whether the tensor holds nothing.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Inputs that one output sums over; 1 for vectors.
    pub fn fan_in(&self) -> usize {
        self.shape.iter().skip(1).product()
    }

    /// Outputs that one input reaches; 1 for vectors.
    pub fn fan_out(&self) -> usize {
        self.shape[0] * self.shape.iter().skip(2).product::<usize>()
    }
}
