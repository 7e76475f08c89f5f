//! Layers as ONNX operators.

use super::error::OnnxError;
use super::graph::{Attribute, Graph, ints};
use super::output::{INPUT, LOGITS, OutputKind, PROBABILITIES};
use crate::cost::Cost;
use crate::layer::{Conv, Layer, Norm, Shape, same_border};
use crate::network::Network;
use crate::weights::Weights;

/// A walk through a network that leaves its graph.
pub(super) struct Walk<'a> {
    pub(super) graph: Graph<'a>,
    network: &'a Network,
    weights: &'a Weights,
}

/// What flows through the graph.
#[derive(Clone)]
struct Value {
    name: String,
    shape: Shape,
    form: Form,
}

/// How a value lies in the runtime's memory.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// `[batch, channels, height, width]`.
    Map,
    /// `[batch, features]`.
    Vector,
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
        let mut value = Value {
            name: INPUT.into(),
            shape: Shape {
                channels: network.input.channels,
                height: network.input.size,
                width: network.input.size,
            },
            form: Form::Map,
        };
        for block in &network.blocks {
            value = self.layers(&block.name, &block.layers, value)?;
        }
        self.vector(LOGITS, value);
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
        layers: &'a [Layer],
        mut value: Value,
    ) -> Result<Value, OnnxError> {
        for (index, layer) in layers.iter().enumerate() {
            value = self.layer(&format!("{place}.{index}"), layer, value)?;
        }
        Ok(value)
    }

    fn layer(&mut self, place: &str, layer: &'a Layer, x: Value) -> Result<Value, OnnxError> {
        let input = x.shape;
        let shape = layer.trace(input, &mut Cost::default())?;
        let mut own = Vec::new();
        layer.parameters(0, &mut own);
        let named = format!("{place}.{}", layer.name());
        let at = match own.is_empty() || !layer.inner().is_empty() {
            true => named.as_str(),
            false => layer.name(),
        };
        let mut form = Form::Map;
        let name = match layer {
            Layer::ReverseChannels => {
                let x = self.map(at, x);
                self.graph.reverse_channels(at, &x, input.channels)
            }
            Layer::PadSame { kernel, stride } => {
                let x = self.map(at, x);
                self.graph.pad(at, &x, same_border(input, *kernel, *stride))
            }
            Layer::Conv(conv) => self.operator(at, "Conv", layer, x, convolution(conv))?,
            Layer::BatchNorm(norm) => {
                self.operator(at, "BatchNormalization", layer, x, vec![epsilon(norm)])?
            }
            Layer::LayerNorm(norm) => {
                let attributes = vec![("axis", Attribute::Int(-1)), epsilon(norm)];
                if input.pixels() == 1 {
                    form = Form::Vector;
                    self.operator_of_vector(at, "LayerNormalization", layer, x, attributes)?
                } else {
                    let weights = self.weights(layer, None)?;
                    let x = self.map(at, x);
                    self.graph.layer_norm(at, &x, &weights, attributes)
                }
            }
            Layer::Activation(activation) => {
                form = x.form;
                self.graph.activation(at, *activation, &x.name)
            }
            Layer::MaxPool(pool) => {
                let x = self.map(at, x);
                self.graph.max_pool(at, pool, [input, shape], &x)
            }
            Layer::AveragePool(pool) => {
                let x = self.map(at, x);
                self.graph.average_pool(at, pool, [input, shape], &x)
            }
            Layer::GlobalAverage => self.operator(at, "GlobalAveragePool", layer, x, vec![])?,
            Layer::Residual {
                body,
                shortcut,
                relu,
            } => {
                let sum = self.layers(&format!("{at}.body"), body, x.clone())?;
                let shortcut = self.layers(&format!("{at}.shortcut"), shortcut, x)?;
                let (sum, shortcut) = (self.map(at, sum), self.map(at, shortcut));
                let sum = self.graph.node(at, "Add", &[&sum, &shortcut], vec![]);
                match relu {
                    true => self.graph.node(at, "Relu", &[&sum], vec![]),
                    false => sum,
                }
            }
            Layer::Branches(branches) => {
                let mut parts = Vec::new();
                for (index, branch) in branches.iter().enumerate() {
                    let part = self.layers(&format!("{at}.{index}"), branch, x.clone())?;
                    parts.push(self.map(at, part));
                }
                self.graph.concatenate(at, &parts, 1)
            }
            Layer::Gate(layers) => {
                let factors = self.layers(at, layers, x.clone())?;
                let (x, factors) = (self.map(at, x), self.map(at, factors));
                self.graph.node(at, "Mul", &[&x, &factors], vec![])
            }
            Layer::Scale { .. } => self.operator(at, "Mul", layer, x, vec![])?,
            // Of a vector a matrix product, of a map a convolution of one pixel.
            Layer::Linear {
                features_in,
                features_out,
                ..
            } => {
                if input.pixels() == 1 {
                    form = Form::Vector;
                    let transposed = vec![("transB", Attribute::Int(1))];
                    self.operator_of_vector(at, "Gemm", layer, x, transposed)?
                } else {
                    let kernel = [*features_out, *features_in, 1, 1];
                    let weights = self.weights(layer, Some(&kernel))?;
                    let x = self.map(at, x);
                    let attributes = vec![("kernel_shape", ints([1, 1]))];
                    self.graph.weighted(at, "Conv", &x, &weights, attributes)
                }
            }
            Layer::Embed { features, .. } => {
                let weights = self.weights(layer, None)?;
                let x = self.map(at, x);
                self.graph.embed(at, *features, &x, &weights)
            }
            Layer::Attention { heads, .. } => {
                let x = self.map(at, x);
                self.graph.attention(at, *heads, shape, &x)
            }
            Layer::FirstToken => {
                let x = self.map(at, x);
                self.graph.first_token(at, &x)
            }
            Layer::Auxiliary(_) => return Ok(x),
        };
        Ok(Value { name, shape, form })
    }

    /// One operator that reads a map and the layer's tensors in the order of its parameters.
    fn operator(
        &mut self,
        at: &str,
        operator: &'static str,
        layer: &Layer,
        x: Value,
        attributes: Vec<(&'static str, Attribute)>,
    ) -> Result<String, OnnxError> {
        let weights = self.weights(layer, None)?;
        let x = self.map(at, x);
        Ok(self.graph.weighted(at, operator, &x, &weights, attributes))
    }

    /// The same of a vector.
    fn operator_of_vector(
        &mut self,
        at: &str,
        operator: &'static str,
        layer: &Layer,
        x: Value,
        attributes: Vec<(&'static str, Attribute)>,
    ) -> Result<String, OnnxError> {
        let weights = self.weights(layer, None)?;
        let x = self.vector(at, x);
        Ok(self.graph.weighted(at, operator, &x, &weights, attributes))
    }

    /// The value as `[batch, channels, height, width]`.
    fn map(&mut self, at: &str, value: Value) -> String {
        match value.form {
            Form::Map => value.name,
            Form::Vector => self.graph.unsqueeze(at, &value.name, vec![2, 3]),
        }
    }

    /// The value, of one pixel, as `[batch, features]`.
    fn vector(&mut self, at: &str, value: Value) -> String {
        match value.form {
            Form::Vector => value.name,
            Form::Map => self.graph.node(at, "Flatten", &[&value.name], vec![]),
        }
    }

    /// Names of the layer's own tensors in the order of its parameters; the first tensor in the
    /// shape `reshaped` where that is given.
    fn weights(
        &mut self,
        layer: &Layer,
        reshaped: Option<&[usize]>,
    ) -> Result<Vec<String>, OnnxError> {
        let mut parameters = Vec::new();
        layer.parameters(0, &mut parameters);
        let mut names = Vec::new();
        for parameter in parameters {
            let tensor = self.weights.get(self.network, &parameter)?;
            let reshaped = reshaped.filter(|_| names.is_empty());
            let shape = reshaped.unwrap_or(&parameter.shape);
            names.push(self.graph.weight(&parameter.path, tensor, shape));
        }
        Ok(names)
    }
}

fn epsilon(norm: &Norm) -> (&'static str, Attribute) {
    ("epsilon", Attribute::Float(norm.epsilon as f32))
}

fn convolution(conv: &Conv) -> Vec<(&'static str, Attribute)> {
    let geometry = &conv.geometry;
    let [rows, columns] = geometry.padding;
    vec![
        ("kernel_shape", ints(conv.kernel)),
        ("strides", ints(geometry.stride)),
        ("pads", ints([rows, columns, rows, columns])),
        ("dilations", ints(geometry.dilation)),
        ("group", Attribute::Int(geometry.groups as i64)),
    ]
}
