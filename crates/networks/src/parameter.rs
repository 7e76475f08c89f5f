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
    /// Bias of a convolution or linear layer `[out]`.
    Bias,
    /// Scale (gamma) of a batch or layer norm `[channels]`.
    NormScale,
    /// Shift (beta) of a batch or layer norm `[channels]`.
    NormShift,
    /// Batch-norm running mean `[channels]`: a buffer, not trained.
    RunningMean,
    /// Batch-norm running variance `[channels]`, unbiased and never negative: a buffer, not trained.
    RunningVariance,
    /// One factor per channel `[channels, 1, 1]`.
    LayerScale,
    /// One factor per channel of a global response norm `[channels]`, 0 at first.
    ResponseScale,
    /// Tokens of no pixel `[1, count, features]`: the one that stands for the whole image, or registers.
    ClassToken,
    /// What is added to tokens for their places `[1, places, features]`: to all, or to the last ones.
    Positions,
    /// What is added to the scores of attention for how far two tokens are apart `[distances, heads]`.
    RelativePositions,
    /// A constant factor per channel `[channels, 1, 1]`: a buffer, not trained.
    Factor,
}

impl Kind {
    /// Whether gradients reach the tensor. Running statistics and constants are buffers.
    pub fn is_trained(self) -> bool {
        match self {
            Self::RunningMean | Self::RunningVariance | Self::Factor => false,
            Self::ConvWeight
            | Self::LinearWeight
            | Self::Bias
            | Self::NormScale
            | Self::NormShift
            | Self::LayerScale
            | Self::ResponseScale
            | Self::ClassToken
            | Self::Positions
            | Self::RelativePositions => true,
        }
    }

    /// Whether the tensor belongs to a batch or layer norm.
    pub fn is_norm(self) -> bool {
        match self {
            Self::NormScale | Self::NormShift | Self::RunningMean | Self::RunningVariance => true,
            Self::ConvWeight
            | Self::LinearWeight
            | Self::Bias
            | Self::LayerScale
            | Self::ResponseScale
            | Self::ClassToken
            | Self::Positions
            | Self::RelativePositions
            | Self::Factor => false,
        }
    }

    /// Whether it is the weight of a convolution or linear layer: what has inputs and outputs.
    pub fn is_weight(self) -> bool {
        match self {
            Self::ConvWeight | Self::LinearWeight => true,
            Self::Bias
            | Self::NormScale
            | Self::NormShift
            | Self::RunningMean
            | Self::RunningVariance
            | Self::LayerScale
            | Self::ResponseScale
            | Self::ClassToken
            | Self::Positions
            | Self::RelativePositions
            | Self::Factor => false,
        }
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
    /// Whether it belongs to a classifier: the last linear layer of the network or of its
    /// auxiliary head.
    pub is_classifier: bool,
    /// Whether no published network has the tensor with this shape, so that no pretrained values
    /// exist for it: it belongs to a slimmed block, or to the head behind a cut.
    pub is_new: bool,
    /// Whether a regime added it to the network for the time of training.
    pub is_added: bool,
}

impl Parameter {
    /// A tensor of a layer that stands in no network yet.
    pub fn new(path: String, shape: Vec<usize>, kind: Kind) -> Self {
        Self {
            path,
            shape,
            kind,
            block: 0,
            is_classifier: false,
            is_new: false,
            is_added: false,
        }
    }

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
