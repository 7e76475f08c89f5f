//! A network with its tensors on a device.

use std::collections::BTreeMap;
use std::sync::Arc;

use burn::tensor::{Device, Tensor, TensorData};
use kernels::Precision;

use crate::layer::Layer;
use crate::network::Network;
use crate::ops::{self, BatchNormed, Recipe};
use crate::parameter::Parameter;
use crate::tape::Tape;
use crate::weights::{HostTensor, Weights, WeightsError};

/// Added to variances before the square root, as in PyTorch.
const NORM_EPSILON: f64 = 1e-5;
/// Share of the batch in the running statistics, as in PyTorch.
const NORM_MOMENTUM: f64 = 0.1;

/// A network with its tensors on a device, each kept flat under its path.
#[derive(Debug)]
pub struct Model {
    network: Arc<Network>,
    parameters: Vec<Parameter>,
    tensors: BTreeMap<String, Tensor<1>>,
    device: Device,
    precision: Precision,
}

impl Model {
    /// Places `weights` on a device without autodiff.
    pub fn new(
        network: Arc<Network>,
        weights: &Weights,
        device: &Device,
    ) -> Result<Self, WeightsError> {
        let parameters = network.parameters();
        let mut tensors = BTreeMap::new();
        for parameter in &parameters {
            let tensor = weights.get(&network, parameter)?;
            let data = TensorData::new(tensor.values.clone(), [parameter.len()]);
            tensors.insert(parameter.path.clone(), Tensor::from_data(data, device));
        }
        Ok(Self {
            network,
            parameters,
            tensors,
            device: device.clone(),
            precision: Precision::default(),
        })
    }

    /// The same model with training steps that multiply in `precision`; inference and the tensors
    /// themselves stay `f32`.
    pub fn training_in(self, precision: Precision) -> Self {
        Self { precision, ..self }
    }

    /// The network that the tensors belong to.
    pub fn network(&self) -> &Arc<Network> {
        &self.network
    }

    /// The device that the tensors live on, without autodiff.
    pub fn device(&self) -> &Device {
        &self.device
    }

    /// A copy of every tensor on the host.
    pub fn weights(&self) -> Weights {
        let tensors = self
            .parameters
            .iter()
            .map(|p| {
                let values = host_values(&self.tensors[&p.path]);
                (
                    p.path.clone(),
                    HostTensor {
                        shape: p.shape.clone(),
                        values,
                    },
                )
            })
            .collect();
        Weights { tensors }
    }

    /// Logits `[batch, classes]` of `x` `[batch, channels, height, width]` in inference: batch
    /// norms use their running statistics.
    pub fn forward(&self, x: Tensor<4>) -> Tensor<2> {
        Pass {
            model: self,
            training: None,
        }
        .network(x)
    }

    /// Logits `[batch, classes]` of `x` in training: batch norms use the batch and update their
    /// running statistics (unbiased variance, as PyTorch). The tape yields the gradients.
    pub fn forward_train(&mut self, x: Tensor<4>) -> (Tensor<2>, Tape) {
        let mut pass = Pass {
            model: self,
            training: Some(Training::default()),
        };
        let logits = self.precision.with(|| pass.network(x.autodiff()));
        let Training { tape, statistics } = pass.training.unwrap_or_default();
        for (path, batch) in statistics {
            if let Some(running) = self.tensors.get_mut(&path) {
                *running = running.clone() * (1.0 - NORM_MOMENTUM) + batch * NORM_MOMENTUM;
            }
        }
        (logits, tape)
    }

    /// Replaces a trained tensor by what `step` makes of it; nothing else may hold it, so that the
    /// step can write in place.
    pub(crate) fn update(&mut self, path: &str, step: impl FnOnce(Tensor<1>) -> Tensor<1>) {
        if let Some(tensor) = self.tensors.remove(path) {
            self.tensors.insert(path.to_string(), step(tensor));
        }
    }

    /// Paths of the trained tensors, from the input to the head.
    pub fn trained(&self) -> impl Iterator<Item = &Parameter> {
        self.parameters.iter().filter(|p| p.kind.is_trained())
    }

    /// Whether every trained tensor and buffer is a finite number.
    pub fn is_finite(&self) -> bool {
        self.tensors
            .values()
            .all(|t| host_values(t).iter().all(|v| v.is_finite()))
    }
}

/// A copy of a tensor's values on the host.
pub(crate) fn host_values(tensor: &Tensor<1>) -> Vec<f32> {
    tensor
        .clone()
        .into_data()
        .try_into_vec::<f32>()
        .expect("tensors of a model are float32")
}

/// What flows through the layers.
enum Flow {
    Map(Map),
    Features(Tensor<2>),
}

/// A feature map, and how the backward pass gets it again if it can.
#[derive(Clone)]
struct Map {
    x: Tensor<4>,
    recipe: Option<Recipe>,
}

impl From<Tensor<4>> for Flow {
    fn from(x: Tensor<4>) -> Self {
        Self::Map(Map { x, recipe: None })
    }
}

/// What a walk in training leaves.
#[derive(Default)]
struct Training {
    tape: Tape,
    /// Moments of the batch, under the paths of the running statistics.
    statistics: Vec<(String, Tensor<1>)>,
}

/// One walk through a network; in training, batch norms normalise by the batch.
struct Pass<'a> {
    model: &'a Model,
    training: Option<Training>,
}

impl Pass<'_> {
    fn network(&mut self, x: Tensor<4>) -> Tensor<2> {
        let mut flow = Flow::from(x);
        for block in &self.model.network.blocks {
            let start = self.cut(flow);
            flow = self.layers(&block.layers, start);
        }
        match flow {
            Flow::Features(logits) => logits,
            Flow::Map(_) => unreachable!("a network ends in a linear head"),
        }
    }

    /// A place where the backward pass can pause. The map itself is unchanged.
    fn cut(&mut self, flow: Flow) -> Flow {
        match (&mut self.training, flow) {
            (Some(training), Flow::Map(Map { x, recipe })) => {
                let x = training.tape.cut(x);
                Flow::Map(Map { x, recipe })
            }
            (_, flow) => flow,
        }
    }

    /// Runs the layers in order; batch norm takes the ReLU and the pool behind it along, because
    /// one pass over the map is cheaper than three.
    fn layers(&mut self, mut layers: &[Layer], mut flow: Flow) -> Flow {
        while let Some((layer, rest)) = layers.split_first() {
            layers = rest;
            flow = match (layer, flow) {
                (Layer::BatchNorm { path, .. }, Flow::Map(x)) => {
                    let relu = matches!(rest, [Layer::Relu, ..]);
                    let pool = match rest {
                        [Layer::Relu, Layer::MaxPool(pool), ..] => Some(*pool),
                        _ => None,
                    };
                    layers = &rest[usize::from(relu) + usize::from(pool.is_some())..];
                    Flow::Map(self.batch_norm(path, x.x, relu, pool))
                }
                (layer @ Layer::Residual { .. }, flow) => {
                    let flow = self.cut(flow);
                    self.layer(layer, flow)
                }
                (layer, flow) => self.layer(layer, flow),
            };
        }
        flow
    }

    fn layer(&mut self, layer: &Layer, flow: Flow) -> Flow {
        match (layer, flow) {
            (Layer::Conv(conv), Flow::Map(Map { x, recipe })) => {
                let weight = self.tensor(&format!("{}.weight", conv.path)).reshape([
                    conv.channels_out,
                    conv.channels_in / conv.geometry.groups,
                    conv.kernel[0],
                    conv.kernel[1],
                ]);
                ops::conv2d(x, weight, conv.geometry, recipe).into()
            }
            (Layer::Relu, Flow::Map(map)) => ops::relu(map.x).into(),
            (Layer::MaxPool(pool), Flow::Map(map)) => ops::max_pool(map.x, *pool).into(),
            (Layer::GlobalAverage, Flow::Map(map)) => Flow::Features(ops::global_average(map.x)),
            (Layer::Residual { body, shortcut }, Flow::Map(x)) => {
                Flow::Map(self.residual(body, shortcut, x))
            }
            (
                Layer::Linear {
                    path,
                    features_in,
                    features_out,
                },
                Flow::Features(x),
            ) => {
                let weight = self
                    .tensor(&format!("{path}.weight"))
                    .reshape([*features_out, *features_in]);
                Flow::Features(ops::linear(x, weight, self.tensor(&format!("{path}.bias"))))
            }
            (layer, _) => unreachable!(
                "layer `{}` cannot follow; Network::cost refuses this",
                layer.name()
            ),
        }
    }

    /// In training a batch norm at the end of the body takes the sum and its ReLU along.
    fn residual(&mut self, body: &[Layer], shortcut: &[Layer], x: Map) -> Map {
        let (inner, last) = match body {
            [inner @ .., Layer::BatchNorm { path, .. }] if self.training.is_some() => {
                (inner, Some(path))
            }
            _ => (body, None),
        };
        let sum = self.layers(inner, Flow::Map(x.clone()));
        let projected = self.layers(shortcut, Flow::Map(x));
        let (Flow::Map(sum), Flow::Map(projected)) = (sum, projected) else {
            unreachable!("a residual adds maps")
        };
        let Some(path) = last else {
            let x = ops::add_relu(sum.x, projected.x);
            return Map { x, recipe: None };
        };
        let gamma = self.tensor(&format!("{path}.weight"));
        let beta = self.tensor(&format!("{path}.bias"));
        let Map { x, recipe } = projected;
        let normed = ops::batch_norm_add_relu_train(sum.x, gamma, beta, x, recipe, NORM_EPSILON);
        self.keep_statistics(path, &normed);
        Map {
            x: normed.y,
            recipe: Some(normed.recipe),
        }
    }

    fn keep_statistics(&mut self, path: &str, normed: &BatchNormed) {
        if let Some(Training { statistics, .. }) = &mut self.training {
            let mean = normed.mean.clone().without_autodiff();
            let variance = normed.variance.clone().without_autodiff();
            statistics.push((format!("{path}.running_mean"), mean));
            statistics.push((format!("{path}.running_var"), variance));
        }
    }

    fn batch_norm(
        &mut self,
        path: &str,
        x: Tensor<4>,
        relu: bool,
        pool: Option<ops::PoolGeometry>,
    ) -> Map {
        let gamma = self.tensor(&format!("{path}.weight"));
        let beta = self.tensor(&format!("{path}.bias"));
        if self.training.is_none() {
            let mean = self.tensor(&format!("{path}.running_mean"));
            let variance = self.tensor(&format!("{path}.running_var"));
            let y = ops::batch_norm_inference(x, gamma, beta, mean, variance, NORM_EPSILON, relu);
            let x = match pool {
                Some(pool) => ops::max_pool(y, pool),
                None => y,
            };
            return Map { x, recipe: None };
        }
        let normed = match pool {
            Some(pool) => ops::batch_norm_relu_max_pool_train(x, gamma, beta, NORM_EPSILON, pool),
            None => ops::batch_norm_train(x, gamma, beta, NORM_EPSILON, relu),
        };
        self.keep_statistics(path, &normed);
        Map {
            x: normed.y,
            recipe: Some(normed.recipe),
        }
    }

    fn tensor(&mut self, path: &str) -> Tensor<1> {
        let tensor = &self.model.tensors[path];
        match &mut self.training {
            Some(training) => training.tape.leaf(path, tensor),
            None => tensor.clone(),
        }
    }
}
