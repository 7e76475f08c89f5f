//! A network with its tensors on a device.

mod block;
mod features;
mod pull;
pub(crate) mod unit_variance;

use std::collections::BTreeMap;
use std::sync::Arc;

use burn::tensor::{Device, Tensor, TensorData};
use kernels::Precision;
use networks::initialisation::UnitVariance;
use networks::regime::Tuning;
use networks::{
    HostTensor, Layer, Network, Norm, Parameter, PoolGeometry, Shape, Weights, WeightsError,
    same_border,
};

use self::pull::Pull;
use crate::ops::{self, BatchNormed, Recipe};
use crate::tape::Tape;

/// Share of the batch in the running statistics, as in PyTorch.
const NORM_MOMENTUM: f64 = 0.1;

/// What a network says of a batch in training.
#[derive(Debug)]
pub struct Logits {
    /// Of the head, `[batch, classes]`.
    pub main: Tensor<2>,
    /// Of the auxiliary head, `[batch, classes]`, where the network has one.
    pub auxiliary: Option<Tensor<2>>,
}

/// A network with its tensors on a device, each kept flat under its path.
#[derive(Debug)]
pub struct Model {
    network: Arc<Network>,
    parameters: Vec<Parameter>,
    tensors: BTreeMap<String, Tensor<1>>,
    device: Device,
    precision: Precision,
    tuning: Arc<Tuning>,
    pulls: BTreeMap<String, Pull>,
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
            tuning: Tuning::full(&network).into(),
            pulls: BTreeMap::new(),
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

    /// From now on trains as `tuning`, made for this network, says; at first everything is trained.
    pub fn tune(&mut self, tuning: impl Into<Arc<Tuning>>) {
        self.tuning = tuning.into();
        let pulls = self.tuning.pulls();
        self.pulls = pulls
            .map(|(path, pull)| (path.to_string(), Pull::new(pull, &self.device)))
            .collect();
    }

    /// What training does with each tensor.
    pub fn tuning(&self) -> &Arc<Tuning> {
        &self.tuning
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
        let mut pass = Pass {
            model: self,
            training: None,
        };
        pass.network(x)
    }

    /// Logits of `x` in training: batch norms use the batch and update their running statistics
    /// (unbiased variance, as PyTorch), but for those whose statistics are frozen. The tape yields
    /// the gradients of the trained tensors; what lies before the first of them is computed as in
    /// inference, and nothing of it is kept.
    pub fn forward_train(&mut self, x: Tensor<4>) -> (Logits, Tape) {
        let mut pass = Pass {
            model: self,
            training: Some(Training {
                precision: self.precision,
                ..Training::default()
            }),
        };
        let main = pass.network(x.autodiff());
        let training = pass.training.unwrap_or_default();
        for (path, batch) in training.statistics {
            if let Some(running) = self.tensors.get_mut(&path) {
                *running = running.clone() * (1.0 - NORM_MOMENTUM) + batch * NORM_MOMENTUM;
            }
        }
        let logits = Logits {
            main,
            auxiliary: training.auxiliary,
        };
        (logits, training.tape)
    }

    /// The gradient of a trained tensor with that of the tuning's penalty added.
    pub(crate) fn pulled(&self, path: &str, gradient: Tensor<1>) -> Tensor<1> {
        match (self.pulls.get(path), self.tensors.get(path)) {
            (Some(pull), Some(w)) => pull.add(gradient, w),
            _ => gradient,
        }
    }

    /// Replaces a trained tensor by what `step` makes of it; nothing else may hold it, so that the
    /// step can write in place.
    pub(crate) fn update(&mut self, path: &str, step: impl FnOnce(Tensor<1>) -> Tensor<1>) {
        if let Some(tensor) = self.tensors.remove(path) {
            self.tensors.insert(path.to_string(), step(tensor));
        }
    }

    /// The values of a tensor or buffer on the host; none where the network has no such path.
    pub fn values(&self, path: &str) -> Option<Vec<f32>> {
        self.tensors.get(path).map(host_values)
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

/// A feature map `[batch, channels, height, width]`, and how the backward pass gets it again if it
/// can.
#[derive(Clone)]
struct Map {
    x: Tensor<4>,
    recipe: Option<Recipe>,
}

impl From<Tensor<4>> for Map {
    fn from(x: Tensor<4>) -> Self {
        Self { x, recipe: None }
    }
}

/// What a walk in training leaves.
#[derive(Default)]
struct Training {
    tape: Tape,
    precision: Precision,
    /// Moments of the batch, under the paths of the running statistics.
    statistics: Vec<(String, Tensor<1>)>,
    auxiliary: Option<Tensor<2>>,
    /// What weights are multiplied by, in a walk that looks for these factors and tracks no
    /// gradients.
    factors: Option<UnitVariance>,
}

/// One walk through a network.
struct Pass<'a> {
    model: &'a Model,
    training: Option<Training>,
}

impl Pass<'_> {
    fn network(&mut self, x: Tensor<4>) -> Tensor<2> {
        let mut map = Map::from(x);
        for block in &self.model.network.blocks {
            let start = self.cut(map);
            map = self.layers(&block.layers, start);
        }
        logits(map)
    }

    /// A place where the backward pass can pause. The map itself is unchanged.
    fn cut(&mut self, map: Map) -> Map {
        match &mut self.training {
            // Two losses go back through what lies before an auxiliary head, but only once.
            Some(training) if training.auxiliary.is_none() => Map {
                x: training.tape.cut(map.x),
                recipe: map.recipe,
            },
            _ => map,
        }
    }

    /// Runs the layers in order; batch norm takes the ReLU and the pool behind it along, because
    /// one pass over the map is cheaper than three.
    fn layers(&mut self, mut layers: &[Layer], mut map: Map) -> Map {
        while let Some((layer, rest)) = layers.split_first() {
            layers = rest;
            map = match layer {
                Layer::BatchNorm(norm) => {
                    let (relu, pool, taken) = match rest {
                        [Layer::RELU, Layer::MaxPool(pool), ..] => (true, Some(*pool), 2),
                        [Layer::RELU, ..] => (true, None, 1),
                        _ => (false, None, 0),
                    };
                    layers = &rest[taken..];
                    self.batch_norm(norm, map.x, relu, pool)
                }
                Layer::Residual { .. } => {
                    let map = self.cut(map);
                    self.layer(layer, map)
                }
                layer => self.scaled(layer, map),
            };
        }
        map
    }

    fn layer(&mut self, layer: &Layer, map: Map) -> Map {
        let Map { x, recipe } = map;
        match layer {
            Layer::ReverseChannels => ops::reverse_channels(x).into(),
            Layer::PadSame { kernel, stride } => {
                let border = same_border(shape(&x), *kernel, *stride);
                ops::pad(x, border).into()
            }
            Layer::Conv(conv) => {
                let weight = self.tensor(&format!("{}.weight", conv.path)).reshape([
                    conv.channels_out,
                    conv.channels_in / conv.geometry.groups,
                    conv.kernel[0],
                    conv.kernel[1],
                ]);
                let y = ops::conv2d(x, weight, conv.geometry, self.precision(), recipe);
                match conv.bias {
                    true => ops::add_channel_bias(y, self.tensor(&format!("{}.bias", conv.path))),
                    false => y,
                }
                .into()
            }
            Layer::BatchNorm(norm) => self.batch_norm(norm, x, false, None),
            Layer::LayerNorm(norm) => {
                let [scale, shift] = self.affine(norm);
                ops::layer_norm(x, scale, shift, norm.epsilon).into()
            }
            Layer::Activation(activation) => ops::activate(x, *activation).into(),
            Layer::MaxPool(pool) => ops::max_pool(x, *pool).into(),
            Layer::AveragePool(pool) => ops::average_pool(x, *pool).into(),
            Layer::GlobalAverage => {
                let [batch, channels, ..] = x.dims();
                ops::global_average(x)
                    .reshape([batch, channels, 1, 1])
                    .into()
            }
            Layer::Residual {
                body,
                shortcut,
                relu,
            } => self.residual(body, shortcut, *relu, Map { x, recipe }),
            Layer::Branches(branches) => {
                let map = Map { x, recipe };
                let parts = branches
                    .iter()
                    .map(|branch| self.layers(branch, map.clone()).x);
                ops::concatenate(parts.collect()).into()
            }
            Layer::Gate(layers) => {
                let factors = self.layers(
                    layers,
                    Map {
                        x: x.clone(),
                        recipe,
                    },
                );
                ops::gate(x, factors.x).into()
            }
            Layer::Scale { path, .. } => ops::scale_channels(x, self.tensor(path)).into(),
            Layer::Linear {
                path,
                features_in,
                features_out,
            } => {
                let weight = self.tensor(&format!("{path}.weight"));
                let weight = weight.reshape([*features_out, *features_in]);
                let bias = self.tensor(&format!("{path}.bias"));
                ops::linear_pixels(x, weight, bias, self.precision()).into()
            }
            Layer::Embed {
                class_token,
                positions,
                ..
            } => ops::embed(x, self.tensor(class_token), self.tensor(positions)).into(),
            Layer::Attention { heads, .. } => ops::attention(x, *heads).into(),
            Layer::FirstToken => ops::first_token(x).into(),
            Layer::Auxiliary(layers) => {
                let map = Map { x, recipe };
                if self.training.is_some() {
                    let found = logits(self.layers(layers, map.clone()));
                    if let Some(training) = &mut self.training {
                        training.auxiliary = Some(found);
                    }
                }
                map
            }
        }
    }

    /// A batch norm by the batch at the end of the body takes the sum and its ReLU along.
    fn residual(&mut self, body: &[Layer], shortcut: &[Layer], relu: bool, x: Map) -> Map {
        let (inner, last) = match body {
            [inner @ .., Layer::BatchNorm(norm)] if relu && self.uses_batch(norm) => {
                (inner, Some(norm))
            }
            _ => (body, None),
        };
        let sum = self.layers(inner, x.clone());
        let Map { x, recipe } = self.layers(shortcut, x);
        let Some(norm) = last else {
            return match relu {
                true => ops::add_relu(sum.x, x),
                false => ops::add(sum.x, x),
            }
            .into();
        };
        let [scale, shift] = self.affine(norm);
        let normed = ops::batch_norm_add_relu_train(sum.x, scale, shift, x, recipe, norm.epsilon);
        self.keep_statistics(norm, &normed);
        Map {
            x: normed.y,
            recipe: Some(normed.recipe),
        }
    }

    /// What convolutions multiply in: inference is in single precision.
    fn precision(&self) -> Precision {
        self.training
            .as_ref()
            .map_or(Precision::Single, |training| training.precision)
    }

    /// Whether a batch norm normalises by the batch.
    fn uses_batch(&self, norm: &Norm) -> bool {
        self.training.is_some() && !self.model.tuning.uses_running(&norm.path)
    }

    fn keep_statistics(&mut self, norm: &Norm, normed: &BatchNormed) {
        if let Some(Training { statistics, .. }) = &mut self.training {
            let mean = normed.mean.clone().without_autodiff();
            let variance = normed.variance.clone().without_autodiff();
            statistics.push((format!("{}.running_mean", norm.path), mean));
            statistics.push((format!("{}.running_var", norm.path), variance));
        }
    }

    fn batch_norm(
        &mut self,
        norm: &Norm,
        x: Tensor<4>,
        relu: bool,
        pool: Option<PoolGeometry>,
    ) -> Map {
        let [scale, shift] = self.affine(norm);
        let epsilon = norm.epsilon;
        if !self.uses_batch(norm) {
            let mean = self.tensor(&format!("{}.running_mean", norm.path));
            let variance = self.tensor(&format!("{}.running_var", norm.path));
            let y = ops::batch_norm_inference(x, scale, shift, mean, variance, epsilon, relu);
            return match pool {
                Some(pool) => ops::max_pool(y, pool),
                None => y,
            }
            .into();
        }
        let normed = match pool {
            Some(pool) => ops::batch_norm_relu_max_pool_train(x, scale, shift, epsilon, pool),
            None => ops::batch_norm_train(x, scale, shift, epsilon, relu),
        };
        self.keep_statistics(norm, &normed);
        Map {
            x: normed.y,
            recipe: Some(normed.recipe),
        }
    }

    /// Scale and shift of a normalisation, `[channels]` each.
    fn affine(&mut self, norm: &Norm) -> [Tensor<1>; 2] {
        ["weight", "bias"].map(|name| self.tensor(&format!("{}.{name}", norm.path)))
    }

    /// A tensor for this walk; where it is trained, so that its gradient can be had.
    fn tensor(&mut self, path: &str) -> Tensor<1> {
        let tensor = &self.model.tensors[path];
        if let Some(factors) = self.factors() {
            let factor = factors.factor(path);
            return factor.map_or(tensor.clone(), |factor| tensor.clone() * factor);
        }
        match &mut self.training {
            Some(training) if self.model.tuning.is_trained(path) => {
                training.tape.leaf(path, tensor)
            }
            Some(_) => tensor.clone().autodiff(),
            None => tensor.clone(),
        }
    }
}

fn shape(x: &Tensor<4>) -> Shape {
    let [_, channels, height, width] = x.dims();
    Shape {
        channels,
        height,
        width,
    }
}

/// `[batch, classes]` of a map of one pixel, `[batch, classes, 1, 1]`.
fn logits(map: Map) -> Tensor<2> {
    let [batch, classes, ..] = map.x.dims();
    map.x.reshape([batch, classes])
}
