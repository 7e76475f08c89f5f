//! Scaling and shifting features (Lian et al. 2022).

use std::collections::BTreeSet;

use networks::{
    Added, BatchNorm, Conv, Kind, Layer, LayerNorm, Network, Parameter, Selection, SelectionError,
    Weights, layer as layer_of,
};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use super::error::AdditionError;
use super::values::values;
use super::walk::{leaves, rewritten};
use initialisation::normal;

/// Standard deviation of first factors and shifts.
const STD: f64 = 0.02;

/// `factor · y + shift`, one of each a channel, behind every selected layer that has a bias or
/// shift of its own, the classifier apart: linear layers and convolutions with a bias, norms. Factors
/// begin as N(1, 0.02²) and shifts as N(0, 0.02²).
///
/// A convolution without a bias has a norm behind it, and that norm a factor and a shift: more of
/// them could not express more. A linear layer without one, such as DINOv3's of queries, keys and values, has no
/// place for a shift in the merged network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Ssf {
    /// Which layers: those with a selected weight.
    pub on: Selection,
}

impl Default for Ssf {
    fn default() -> Self {
        Self { on: "all".into() }
    }
}

/// Path and channels of what a layer writes, where it has a shift.
fn shifted(layer: &Layer) -> Option<(&str, usize)> {
    match layer {
        Layer::Linear(linear) if linear.bias => Some((&linear.path, linear.features_out)),
        Layer::Conv(conv) if conv.bias => Some((&conv.path, conv.channels_out)),
        Layer::BatchNorm(BatchNorm(norm)) | Layer::LayerNorm(LayerNorm(norm)) => {
            Some((&norm.path, norm.channels))
        }
        _ => None,
    }
}

/// Path of the layer that is added behind another.
fn behind(path: &str) -> String {
    format!("{path}.ssf")
}

impl Ssf {
    pub(super) fn name(&self) -> String {
        match *self == Self::default() {
            true => "ssf".into(),
            false => format!("ssf-on-{}", self.on),
        }
    }

    /// Paths of the layers that it goes behind.
    fn layers(&self, network: &Network) -> Result<BTreeSet<String>, AdditionError> {
        let selected = match self.on.paths(network) {
            Err(SelectionError::Nothing { .. }) => BTreeSet::new(),
            selected => selected?,
        };
        let parameters = network.parameters();
        let own = parameters.iter().filter(|p| !p.is_classifier);
        let own = own.filter(|p| selected.contains(&p.path));
        let chosen: BTreeSet<&str> = own.map(|p| layer_of(&p.path)).collect();
        let leaves = leaves(network).into_iter().filter_map(shifted);
        let layers = leaves.filter(|(path, _)| chosen.contains(path));
        let layers: BTreeSet<String> = layers.map(|(path, _)| path.to_string()).collect();
        match layers.is_empty() {
            true => Err(AdditionError::NoLayer {
                addition: "SSF",
                on: self.on.to_string(),
                network: network.name.clone(),
                beside: "linear layers with a bias but the classifier, convolutions with one, and norms",
            }),
            false => Ok(layers),
        }
    }

    pub(super) fn onto(&self, network: &Network) -> Result<Network, AdditionError> {
        let layers = self.layers(network)?;
        Ok(rewritten(network, &|layer| {
            let chosen = shifted(layer).filter(|(path, _)| layers.contains(*path));
            let Some((path, channels)) = chosen else {
                return vec![layer.clone()];
            };
            let line = Conv::new(behind(path), [channels; 2], 1);
            let line = Layer::Conv(line.depthwise().with_bias());
            vec![layer.clone(), Layer::Added(Added(vec![line]))]
        }))
    }

    /// What an added tensor begins with.
    pub(super) fn first(parameter: &Parameter, stream: &mut ChaCha8Rng) -> Vec<f32> {
        let mean = match parameter.kind {
            Kind::Bias => 0.0,
            _ => 1.0,
        };
        normal(parameter.len(), mean, STD, stream)
    }

    /// Factor · W and factor · b + shift in every layer.
    pub(super) fn merge(
        &self,
        network: &Network,
        weights: &Weights,
        merged: &mut Weights,
    ) -> Result<(), AdditionError> {
        for path in self.layers(network)? {
            let line = behind(&path);
            let factors = values(weights, &format!("{line}.weight"));
            let shifts = values(weights, &format!("{line}.bias"));
            if let Some(weight) = merged.tensors.get_mut(&format!("{path}.weight")) {
                let inputs = weight.values.len() / factors.len().max(1);
                let outputs = weight.values.chunks_exact_mut(inputs.max(1));
                for (output, factor) in outputs.zip(factors) {
                    output.iter_mut().for_each(|w| *w *= factor);
                }
            }
            if let Some(bias) = merged.tensors.get_mut(&format!("{path}.bias")) {
                for ((b, factor), shift) in bias.values.iter_mut().zip(factors).zip(shifts) {
                    *b = (f64::from(*b) * f64::from(*factor) + f64::from(*shift)) as f32;
                }
            }
        }
        Ok(())
    }
}
