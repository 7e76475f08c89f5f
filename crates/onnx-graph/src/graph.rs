//! A graph of ONNX operators.

use std::collections::BTreeSet;

use super::message::Message;

/// Number of float32 among ONNX's element types.
const FLOAT: i64 = 1;
/// Number of int64 among ONNX's element types.
const INT64: i64 = 7;

/// Operators in the order of computation, and the tensors that they read. Borrows the weights.
#[derive(Default)]
pub struct Graph<'a> {
    nodes: Vec<Node>,
    tensors: Vec<Tensor<'a>>,
    names: BTreeSet<String>,
}

struct Node {
    operator: &'static str,
    /// The node's, and that of its first output.
    name: String,
    inputs: Vec<String>,
    outputs: Vec<String>,
    attributes: Vec<(&'static str, Attribute)>,
}

/// What an operator is told besides its inputs.
pub enum Attribute {
    /// A number.
    Float(f32),
    /// An integer.
    Int(i64),
    /// A list of integers.
    Ints(Vec<i64>),
}

/// Integers as an attribute.
pub fn ints<const N: usize>(values: [usize; N]) -> Attribute {
    Attribute::Ints(values.iter().map(|n| *n as i64).collect())
}

struct Tensor<'a> {
    name: String,
    shape: Vec<usize>,
    values: Values<'a>,
}

enum Values<'a> {
    Weights(&'a [f32]),
    Floats(Vec<f32>),
    Ints(Vec<i64>),
}

impl<'a> Graph<'a> {
    /// A graph in which `names` are taken.
    pub fn new(names: &[&str]) -> Self {
        Self {
            names: names.iter().map(|name| name.to_string()).collect(),
            ..Self::default()
        }
    }

    /// Adds an operator of the layer `layer`; gives the name of its output.
    pub fn node(
        &mut self,
        layer: &str,
        operator: &'static str,
        inputs: &[&str],
        attributes: Vec<(&'static str, Attribute)>,
    ) -> String {
        let [output] = self.node_with(layer, operator, inputs, attributes);
        output
    }

    /// The same for an operator of several outputs.
    pub fn node_with<const N: usize>(
        &mut self,
        layer: &str,
        operator: &'static str,
        inputs: &[&str],
        attributes: Vec<(&'static str, Attribute)>,
    ) -> [String; N] {
        let outputs = [(); N].map(|()| self.unique(format!("{layer}/{operator}")));
        self.nodes.push(Node {
            operator,
            name: outputs.first().cloned().unwrap_or_default(),
            inputs: inputs.iter().map(|name| name.to_string()).collect(),
            outputs: outputs.to_vec(),
            attributes,
        });
        outputs
    }

    /// Gives the last operator's output a name that is taken for it.
    pub fn name_last(&mut self, name: &str) {
        if let Some(output) = self.nodes.last_mut().and_then(|n| n.outputs.first_mut()) {
            *output = name.into();
        }
    }

    /// Adds a tensor of the network under its path, in another shape of as many values.
    pub fn weight(&mut self, path: &str, values: &'a [f32], shape: &[usize]) -> String {
        self.tensor(path.into(), shape, Values::Weights(values))
    }

    /// Adds float32 numbers of `shape` for the layer `layer`.
    pub fn floats(&mut self, layer: &str, role: &str, shape: &[usize], values: Vec<f32>) -> String {
        self.tensor(format!("{layer}/{role}"), shape, Values::Floats(values))
    }

    /// Adds integers for the layer `layer`, as a list.
    pub fn ints(&mut self, layer: &str, role: &str, values: Vec<i64>) -> String {
        let shape = [values.len()];
        self.tensor(format!("{layer}/{role}"), &shape, Values::Ints(values))
    }

    /// Adds a softmax over the last axis.
    pub fn softmax(&mut self, layer: &str, x: &str) -> String {
        let axis = vec![("axis", Attribute::Int(-1))];
        self.node(layer, "Softmax", &[x], axis)
    }

    fn tensor(&mut self, name: String, shape: &[usize], values: Values<'a>) -> String {
        let name = self.unique(name);
        self.tensors.push(Tensor {
            name: name.clone(),
            shape: shape.to_vec(),
            values,
        });
        name
    }

    /// `name`, with a number behind it where it is taken.
    fn unique(&mut self, name: String) -> String {
        let numbered = (2..).map(|number| format!("{name}{number}"));
        let mut candidates = std::iter::once(name.clone()).chain(numbered);
        let free = candidates.find(|candidate| !self.names.contains(candidate));
        let free = free.unwrap_or(name);
        self.names.insert(free.clone());
        free
    }

    /// `GraphProto`. Inputs and outputs are float32, each `[batch, …shape]`.
    pub(crate) fn into_message(
        self,
        name: &str,
        inputs: &[(&str, &[usize])],
        outputs: &[(&str, &[usize])],
    ) -> Message<'a> {
        let mut graph = Message::default();
        for node in self.nodes {
            graph.message(1, node.into_message());
        }
        graph.text(2, name);
        for tensor in self.tensors {
            graph.message(5, tensor.into_message());
        }
        for (field, values) in [(11, inputs), (12, outputs)] {
            for (name, shape) in values {
                graph.message(field, value_info(name, shape));
            }
        }
        graph
    }
}

impl Node {
    /// `NodeProto`.
    fn into_message<'a>(self) -> Message<'a> {
        let mut node = Message::default();
        for input in &self.inputs {
            node.text(1, input);
        }
        for output in &self.outputs {
            node.text(2, output);
        }
        node.text(3, &self.name);
        node.text(4, self.operator);
        for (name, attribute) in self.attributes {
            node.message(5, attribute.into_message(name));
        }
        node
    }
}

impl Attribute {
    /// `AttributeProto`: the value, and which kind it is of.
    fn into_message<'a>(self, name: &str) -> Message<'a> {
        let mut attribute = Message::default();
        attribute.text(1, name);
        match self {
            Self::Float(value) => {
                attribute.float(2, value);
                attribute.int(20, 1);
            }
            Self::Int(value) => {
                attribute.int(3, value);
                attribute.int(20, 2);
            }
            Self::Ints(values) => {
                for value in values {
                    attribute.int(8, value);
                }
                attribute.int(20, 7);
            }
        }
        attribute
    }
}

impl<'a> Tensor<'a> {
    /// `TensorProto` with its values in `raw_data`.
    fn into_message(self) -> Message<'a> {
        let mut tensor = Message::default();
        for extent in self.shape {
            tensor.int(1, extent as i64);
        }
        tensor.int(
            2,
            match &self.values {
                Values::Weights(_) | Values::Floats(_) => FLOAT,
                Values::Ints(_) => INT64,
            },
        );
        tensor.text(8, &self.name);
        let little_endian: Vec<u8> = match self.values {
            Values::Weights(values) => {
                tensor.raw_floats(9, values);
                return tensor;
            }
            Values::Floats(values) => values.iter().flat_map(|v| v.to_le_bytes()).collect(),
            Values::Ints(values) => values.iter().flat_map(|v| v.to_le_bytes()).collect(),
        };
        tensor.raw(9, &little_endian);
        tensor
    }
}

/// `ValueInfoProto` of float32 numbers `[batch, …shape]`, where the batch is free.
fn value_info<'a>(name: &str, shape: &[usize]) -> Message<'a> {
    let mut batch = Message::default();
    batch.text(2, "batch");
    let mut extents = Message::default();
    extents.message(1, batch);
    for extent in shape {
        let mut dimension = Message::default();
        dimension.int(1, *extent as i64);
        extents.message(1, dimension);
    }
    let mut tensor = Message::default();
    tensor.int(1, FLOAT);
    tensor.message(2, extents);
    let mut kind = Message::default();
    kind.message(1, tensor);
    let mut value = Message::default();
    value.text(1, name);
    value.message(2, kind);
    value
}
