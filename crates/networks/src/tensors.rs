//! The tensors of a layer.

use crate::layer::Layer;
use crate::parameter::{Kind, Parameter};

impl Layer {
    /// The tensors that this layer owns, in the order of its forward pass.
    pub fn parameters(&self, block: usize, into: &mut Vec<Parameter>) {
        let start = into.len();
        into.extend(self.own());
        for layer in self.inner().into_iter().flatten() {
            layer.parameters(block, into);
        }
        let all = &mut into[start..];
        all.iter_mut().for_each(|parameter| parameter.block = block);
        if let Self::Auxiliary(layers) = self {
            mark_classifier(layers, all);
        }
    }

    /// Those of no layer inside.
    fn own(&self) -> Vec<Parameter> {
        match self {
            Self::Conv(conv) => conv.parameters(),
            Self::BatchNorm(norm) => [norm.affine(), norm.statistics()].concat(),
            Self::LayerNorm(norm) => norm.affine(),
            Self::Scale { path, channels } => {
                let shape = vec![*channels, 1, 1];
                vec![Parameter::new(path.clone(), shape, Kind::LayerScale)]
            }
            Self::Linear {
                path,
                features_in,
                features_out,
            } => {
                let shape = vec![*features_out, *features_in];
                let bias = vec![*features_out];
                vec![
                    Parameter::new(format!("{path}.weight"), shape, Kind::LinearWeight),
                    Parameter::new(format!("{path}.bias"), bias, Kind::Bias),
                ]
            }
            Self::Embed {
                class_token,
                positions,
                features,
                tokens,
            } => {
                let token = vec![1, 1, *features];
                let all = vec![1, *tokens, *features];
                vec![
                    Parameter::new(class_token.clone(), token, Kind::ClassToken),
                    Parameter::new(positions.clone(), all, Kind::Positions),
                ]
            }
            Self::ReverseChannels
            | Self::PadSame { .. }
            | Self::Activation(_)
            | Self::MaxPool(_)
            | Self::AveragePool(_)
            | Self::GlobalAverage
            | Self::Residual { .. }
            | Self::Branches(_)
            | Self::Gate(_)
            | Self::Attention { .. }
            | Self::FirstToken
            | Self::Auxiliary(_) => Vec::new(),
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
