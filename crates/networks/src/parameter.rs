//! One named tensor of a network.

use serde::{Deserialize, Serialize};

use crate::layer::{Layer, Norm};

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
    /// The token that stands for the whole image `[1, 1, features]`.
    ClassToken,
    /// What is added to each token for its place `[1, tokens, features]`.
    Positions,
}

impl Kind {
    /// Whether gradients reach the tensor. Running statistics are buffers.
    pub fn is_trained(self) -> bool {
        !matches!(self, Kind::RunningMean | Kind::RunningVariance)
    }

    /// Whether the tensor belongs to a batch or layer norm.
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
    /// Whether it belongs to a classifier: the last linear layer of the network or of its
    /// auxiliary head.
    pub is_classifier: bool,
    /// Whether no published network has the tensor with this shape, so that no pretrained values
    /// exist for it: it belongs to a slimmed block, or to the head behind a cut.
    pub is_new: bool,
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

impl Layer {
    /// The tensors that this layer owns, in the order of its forward pass.
    pub fn parameters(&self, block: usize, into: &mut Vec<Parameter>) {
        let mut add = |path: String, shape: Vec<usize>, kind: Kind| {
            into.push(Parameter {
                path,
                shape,
                kind,
                block,
                is_classifier: false,
                is_new: false,
            });
        };
        let affine = |norm: &Norm| {
            [("weight", Kind::NormScale), ("bias", Kind::NormShift)]
                .map(|(name, kind)| (format!("{}.{name}", norm.path), kind))
        };
        match self {
            Self::Conv(conv) => {
                let [rows, columns] = conv.kernel;
                let inputs = conv.channels_in / conv.geometry.groups;
                let shape = vec![conv.channels_out, inputs, rows, columns];
                add(format!("{}.weight", conv.path), shape, Kind::ConvWeight);
                if conv.bias {
                    add(
                        format!("{}.bias", conv.path),
                        vec![conv.channels_out],
                        Kind::Bias,
                    );
                }
            }
            Self::BatchNorm(norm) => {
                for (path, kind) in affine(norm) {
                    add(path, vec![norm.channels], kind);
                }
                for (name, kind) in [
                    ("running_mean", Kind::RunningMean),
                    ("running_var", Kind::RunningVariance),
                ] {
                    add(format!("{}.{name}", norm.path), vec![norm.channels], kind);
                }
            }
            Self::LayerNorm(norm) => {
                for (path, kind) in affine(norm) {
                    add(path, vec![norm.channels], kind);
                }
            }
            Self::Scale { path, channels } => {
                add(path.clone(), vec![*channels, 1, 1], Kind::LayerScale);
            }
            Self::Linear {
                path,
                features_in,
                features_out,
            } => {
                let shape = vec![*features_out, *features_in];
                add(format!("{path}.weight"), shape, Kind::LinearWeight);
                add(format!("{path}.bias"), vec![*features_out], Kind::Bias);
            }
            Self::Embed {
                class_token,
                positions,
                features,
                tokens,
            } => {
                add(class_token.clone(), vec![1, 1, *features], Kind::ClassToken);
                add(
                    positions.clone(),
                    vec![1, *tokens, *features],
                    Kind::Positions,
                );
            }
            Self::Auxiliary(layers) => {
                let start = into.len();
                for layer in layers {
                    layer.parameters(block, into);
                }
                mark_classifier(layers, &mut into[start..]);
            }
            _ => {
                for layer in self.inner().into_iter().flatten() {
                    layer.parameters(block, into);
                }
            }
        }
    }
}

/// Marks the tensors of the linear layer that `layers` end with.
pub(crate) fn mark_classifier(layers: &[Layer], parameters: &mut [Parameter]) {
    let Some(Layer::Linear { path, .. }) = layers.last() else {
        return;
    };
    for parameter in parameters {
        let of_layer = parameter.path.strip_prefix(path.as_str());
        parameter.is_classifier = of_layer.is_some_and(|rest| rest.starts_with('.'));
    }
}
