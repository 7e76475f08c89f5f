//! A forward pass that scales weights on its way, so that layers write with variance 1.

use std::collections::BTreeMap;

use burn::tensor::Tensor;

use super::{Map, Model, Pass, Training};
use crate::layer::Layer;

/// Largest distance of a variance from 1 that is left alone.
const TOLERANCE: f64 = 0.1;
/// Times a weight is scaled at most.
const ROUNDS: usize = 10;

impl Model {
    /// Factors of the weights at the paths of `factors`, by which their layers write with variance
    /// within 0.1 of 1 when `x` `[batch, channels, height, width]` runs through the network as in
    /// training. Every layer reads what the scaled ones before it write; the model is unchanged.
    pub(crate) fn unit_variance_factors(
        &self,
        x: Tensor<4>,
        factors: BTreeMap<String, f32>,
    ) -> BTreeMap<String, f32> {
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
        for _ in 0..ROUNDS {
            let variance = variance(&self.layer(layer, map.clone()).x);
            if (variance - 1.0).abs() <= TOLERANCE || !variance.is_normal() {
                break;
            }
            if let Some(factor) = self.factors().and_then(|f| f.get_mut(&path)) {
                *factor = (f64::from(*factor) / variance.sqrt()) as f32;
            }
        }
        self.layer(layer, map)
    }

    /// The factors, in a pass that looks for them.
    pub(super) fn factors(&mut self) -> Option<&mut BTreeMap<String, f32>> {
        self.training.as_mut()?.factors.as_mut()
    }

    fn weight_to_scale(&mut self, layer: &Layer) -> Option<String> {
        let path = match layer {
            Layer::Conv(conv) => &conv.path,
            Layer::Linear { path, .. } => path,
            _ => return None,
        };
        let path = format!("{path}.weight");
        self.factors()?.contains_key(&path).then_some(path)
    }
}

/// Variance over all entries, in f64.
fn variance(map: &Tensor<4>) -> f64 {
    let values = map.clone().into_data().try_into_vec::<f32>();
    let values = values.expect("maps of a model are float32");
    let n = values.len().max(1) as f64;
    let mean = values.iter().map(|v| f64::from(*v)).sum::<f64>() / n;
    let squares = values.iter().map(|v| (f64::from(*v) - mean).powi(2));
    squares.sum::<f64>() / n
}
