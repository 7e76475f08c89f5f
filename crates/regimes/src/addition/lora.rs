//! Low-rank adaptation (Hu et al. 2021).

use std::collections::BTreeSet;

use networks::{
    Added, Conv, Factor, Kind, Layer, Network, Parameter, Residual, Selection, SelectionError,
    Weights, layer as layer_of,
};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use super::error::AdditionError;
use super::values::values;
use super::walk::{leaves, rewritten};
use initialisation::uniform;

/// `y = W x + b + (alpha / rank) · B A x` beside every selected layer, with A `[rank, in]` and B
/// `[out, rank]`; beside a convolution, A has its kernel and B is 1 × 1. A begins uniform within
/// ±1/√fan-in and B with zeros, as peft's, so that training starts from the network as it is.
///
/// It goes beside linear layers but the classifier, and convolutions without groups; other selected
/// layers stay as they are.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Lora {
    /// Rows of A and columns of B, at least 1 and at most the smaller side of every layer's matrix.
    pub rank: usize,
    /// Above 0; `alpha / rank` is the factor of the product.
    pub alpha: f64,
    /// Which layers: those with a selected weight.
    pub on: Selection,
}

impl Default for Lora {
    fn default() -> Self {
        Self {
            rank: 8,
            alpha: 16.0,
            on: "linear".into(),
        }
    }
}

/// The two layers beside one.
struct Beside {
    path: String,
    a: Conv,
    b: Conv,
}

impl Beside {
    /// None where the layer cannot have it.
    fn of(layer: &Layer, rank: usize) -> Option<Self> {
        let (path, a, channels_out) = match layer {
            Layer::Linear(linear) => {
                let path = format!("{}.lora_A", linear.path);
                let a = Conv::new(path, [linear.features_in, rank], 1);
                (&linear.path, a, linear.features_out)
            }
            Layer::Conv(conv) if conv.geometry.groups == 1 => {
                let a = Conv {
                    path: format!("{}.lora_A", conv.path),
                    channels_out: rank,
                    bias: false,
                    ..conv.clone()
                };
                (&conv.path, a, conv.channels_out)
            }
            _ => return None,
        };
        Some(Self {
            path: path.clone(),
            a,
            b: Conv::new(format!("{path}.lora_B"), [rank, channels_out], 1),
        })
    }

    /// Path of the factors.
    fn factor(&self) -> String {
        format!("{}.lora_factor.weight", self.path)
    }

    /// Columns of A: what one output of the layer sums over.
    fn inputs(&self) -> usize {
        self.a.channels_in * self.a.kernel[0] * self.a.kernel[1]
    }
}

impl Lora {
    pub(super) fn name(&self) -> String {
        let default = Self::default();
        let mut name = format!("lora-r{}", self.rank);
        if self.alpha != default.alpha {
            name.push_str(&format!("-alpha-{}", self.alpha));
        }
        if self.on != default.on {
            name.push_str(&format!("-on-{}", self.on));
        }
        name
    }

    /// Paths of the layers that it goes beside.
    fn layers(&self, network: &Network) -> Result<BTreeSet<String>, AdditionError> {
        let none = || AdditionError::NoLayer {
            addition: "LoRA",
            on: self.on.to_string(),
            network: network.name.clone(),
            beside: "linear layers but the classifier (`on = \"linear\"`), and convolutions without groups (`on = \"convolutions\"`)",
        };
        let selected = match self.on.paths(network) {
            Err(SelectionError::Nothing { .. }) => return Err(none()),
            selected => selected?,
        };
        let parameters = network.parameters();
        let weights = parameters
            .iter()
            .filter(|p| p.kind.is_weight() && !p.is_classifier && selected.contains(&p.path));
        let weighty: BTreeSet<&str> = weights.map(|p| layer_of(&p.path)).collect();
        let mut layers = BTreeSet::new();
        for layer in leaves(network) {
            let beside = Beside::of(layer, self.rank);
            let Some(beside) = beside.filter(|beside| weighty.contains(beside.path.as_str()))
            else {
                continue;
            };
            let most = beside.inputs().min(beside.b.channels_out);
            if self.rank > most {
                return Err(AdditionError::Rank {
                    rank: self.rank,
                    layer: beside.path,
                    network: network.name.clone(),
                    most,
                });
            }
            layers.insert(beside.path);
        }
        match layers.is_empty() {
            true => Err(none()),
            false => Ok(layers),
        }
    }

    pub(super) fn onto(&self, network: &Network) -> Result<Network, AdditionError> {
        let layers = self.layers(network)?;
        Ok(rewritten(network, &|layer| {
            let beside = Beside::of(layer, self.rank);
            let Some(beside) = beside.filter(|beside| layers.contains(&beside.path)) else {
                return vec![layer.clone()];
            };
            let factor = Factor {
                path: beside.factor(),
                channels: self.rank,
            };
            let product = vec![
                Layer::Conv(beside.a),
                Layer::Factor(factor),
                Layer::Conv(beside.b),
            ];
            vec![Layer::Residual(Residual {
                body: vec![layer.clone()],
                shortcut: vec![Layer::Added(Added(product))],
                relu: false,
            })]
        }))
    }

    /// What an added tensor begins with.
    pub(super) fn first(&self, parameter: &Parameter, stream: &mut ChaCha8Rng) -> Vec<f32> {
        let n = parameter.len();
        match parameter.kind {
            Kind::Factor => vec![self.factor() as f32; n],
            _ if layer_of(&parameter.path).ends_with(".lora_A") => {
                uniform(n, 1.0 / (parameter.fan_in() as f64).sqrt(), stream)
            }
            _ => vec![0.0; n],
        }
    }

    fn factor(&self) -> f64 {
        self.alpha / self.rank as f64
    }

    /// W + (alpha / rank) · B A in every layer.
    pub(super) fn merge(
        &self,
        network: &Network,
        weights: &Weights,
        merged: &mut Weights,
    ) -> Result<(), AdditionError> {
        let layers = self.layers(network)?;
        for layer in leaves(network) {
            let beside = Beside::of(layer, self.rank);
            let Some(beside) = beside.filter(|beside| layers.contains(&beside.path)) else {
                continue;
            };
            let a = values(weights, &format!("{}.weight", beside.a.path));
            let b = values(weights, &format!("{}.weight", beside.b.path));
            let factors = values(weights, &beside.factor());
            let weight = merged.tensors.get_mut(&format!("{}.weight", beside.path));
            let Some(weight) = weight else { continue };
            let inputs = beside.inputs();
            let outputs = weight.values.chunks_exact_mut(inputs);
            let mut sums = vec![0.0; inputs];
            for (output, b) in outputs.zip(b.chunks_exact(self.rank)) {
                sums.fill(0.0);
                for ((b, factor), a) in b.iter().zip(factors).zip(a.chunks_exact(inputs)) {
                    let share = f64::from(*b) * f64::from(*factor);
                    for (sum, a) in sums.iter_mut().zip(a) {
                        *sum += share * f64::from(*a);
                    }
                }
                for (w, sum) in output.iter_mut().zip(&sums) {
                    *w = (f64::from(*w) + sum) as f32;
                }
            }
        }
        Ok(())
    }
}
