//! The walk through a network that leaves its graph.

use onnx_graph::{Graph, Value, Weight};

use super::error::OnnxError;
use super::output::{INPUT, LOGITS, OutputKind, PROBABILITIES};
use crate::cost::Cost;
use crate::layer::{AnyKind, Inner, Shape};
use crate::network::Network;
use crate::parameter::Parameter;
use checkpoints::Weights;

/// A walk through a network.
pub(super) struct Walk<'a> {
    pub(super) graph: Graph<'a>,
    network: &'a Network,
    weights: &'a Weights,
}

/// What has been reached.
#[derive(Clone)]
struct Reached {
    value: Value,
    shape: Shape,
}

impl<'a> Walk<'a> {
    pub(super) fn new(network: &'a Network, weights: &'a Weights) -> Self {
        Self {
            graph: Graph::new(&[INPUT, LOGITS, PROBABILITIES]),
            network,
            weights,
        }
    }

    /// From the image to logits and probabilities.
    pub(super) fn network(&mut self, output: OutputKind) -> Result<(), OnnxError> {
        let network = self.network;
        let mut reached = Reached {
            value: Value::map(INPUT.into()),
            shape: Shape {
                channels: network.input.channels,
                height: network.input.height,
                width: network.input.width,
            },
        };
        for block in &network.blocks {
            let layers: Vec<_> = block.layers.iter().map(AsRef::as_ref).collect();
            reached = self.layers(&block.name, &layers, reached)?;
        }
        self.graph.site(LOGITS, Vec::new()).vector(reached.value);
        self.graph.name_last(LOGITS);
        match output {
            OutputKind::Softmax => self.graph.softmax(PROBABILITIES, LOGITS),
            OutputKind::Sigmoid => self.graph.node(PROBABILITIES, "Sigmoid", &[LOGITS], vec![]),
        };
        self.graph.name_last(PROBABILITIES);
        Ok(())
    }

    /// `place` says where the layers stand, for those that have no path of their own.
    fn layers(
        &mut self,
        place: &str,
        layers: &[&AnyKind],
        mut reached: Reached,
    ) -> Result<Reached, OnnxError> {
        for (index, layer) in layers.iter().enumerate() {
            reached = self.layer(&format!("{place}.{index}"), *layer, reached)?;
        }
        Ok(reached)
    }

    fn layer(&mut self, place: &str, layer: &AnyKind, x: Reached) -> Result<Reached, OnnxError> {
        let input = x.shape;
        let output = layer.trace(input, &mut Cost::default())?;
        let mut weights = Vec::new();
        for parameter in layer.own() {
            let values = &self.network.tensor(self.weights, &parameter)?.values;
            let Parameter { path, shape, .. } = parameter;
            weights.push(Weight {
                path,
                shape,
                values,
            });
        }
        let at = match weights.is_empty() {
            true => format!("{place}.{}", layer.name()),
            false => layer.name().into(),
        };
        let mut inner = Vec::new();
        for list in layer.inner().into_iter().filter(|list| !list.is_head) {
            let Inner { place, layers, .. } = list;
            let place = match place.as_str() {
                "" => at.clone(),
                place => format!("{at}.{place}"),
            };
            inner.push(self.layers(&place, &layers, x.clone())?.value);
        }
        let mut site = self.graph.site(&at, weights);
        let value = layer.onnx(&mut site, [input, output], x.value, inner);
        Ok(Reached {
            value,
            shape: output,
        })
    }
}
