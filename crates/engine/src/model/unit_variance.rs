//! LSUV: a forward pass that scales weights on its way, so that layers write with variance 1.

use std::sync::Arc;

use burn::tensor::Tensor;
use networks::initialisation::{Initialisation, InitialisationError, MatchReport, UnitVariance};
use networks::{Layer, Network, Weights};

use super::{Map, Model, Pass, Training};

/// Scales the weights that `init` says are to write with variance 1, on the batch `pixels`
/// `[batch, channels, height, width]`: layer after layer in the order of the forward pass, each
/// weight of a convolution or linear layer is divided by the standard deviation of what the layer
/// writes (over all its entries, bias included), until the variance is within 0.1 of 1 or ten times.
/// Batch norms normalise by the batch, as in training; running statistics stay as they are. Factors
/// go into `report`. `weights` are those that [`initialise`](networks::initialisation::initialise)
/// made.
///
/// Layer-sequential unit variance, Mishkin & Matas 2016. Not a normalisation of what each channel
/// writes, and not of gradients.
pub fn unit_variance(
    network: &Arc<Network>,
    init: &Initialisation,
    weights: &mut Weights,
    report: &mut MatchReport,
    pixels: Tensor<4>,
) -> Result<(), InitialisationError> {
    let wanted = UnitVariance::of(network, init)?;
    let model = Model::new(network.clone(), weights, &pixels.device())?;
    let factors = model.unit_variance_factors(pixels, wanted);
    factors.apply(weights, report);
    Ok(())
}

impl Model {
    /// The factors by which layers write with variance 1 when `x`
    /// `[batch, channels, height, width]` runs through the network as in training. Every layer
    /// reads what the scaled ones before it write; the model is unchanged.
    fn unit_variance_factors(&self, x: Tensor<4>, factors: UnitVariance) -> UnitVariance {
        let training = Training {
            factors: Some(factors),
            ..Training::default()
        };
        let mut pass = Pass {
            model: self,
            training: Some(training),
        };
        pass.network(x);
        let training = pass.training.unwrap_or_default();
        training.factors.unwrap_or_default()
    }
}

impl Pass<'_> {
    /// The layer; where its weight is to be scaled, as often as needed.
    pub(super) fn scaled(&mut self, layer: &Layer, map: Map) -> Map {
        let Some(path) = self.weight_to_scale(layer) else {
            return self.layer(layer, map);
        };
        for _ in 0..UnitVariance::ROUNDS {
            let written = self.layer(layer, map.clone()).x.into_data();
            let written = written.try_into_vec::<f32>();
            let written = written.expect("maps of a model are float32");
            let is_adjusted = self.factors().is_some_and(|f| f.adjust(&path, &written));
            if !is_adjusted {
                break;
            }
        }
        self.layer(layer, map)
    }

    /// The factors, in a pass that looks for them.
    pub(super) fn factors(&mut self) -> Option<&mut UnitVariance> {
        self.training.as_mut()?.factors.as_mut()
    }

    fn weight_to_scale(&mut self, layer: &Layer) -> Option<String> {
        let factors = self.factors()?;
        let mut own = Vec::new();
        if layer.inner().is_empty() {
            layer.parameters(0, &mut own);
        }
        let mut paths = own.into_iter().map(|parameter| parameter.path);
        paths.find(|path| factors.factor(path).is_some())
    }
}
