//! Where a layer stands in a graph.

use super::graph::{Attribute, Graph, ints};
use crate::layer::Shape;
use crate::parameter::Parameter;

/// The graph as one layer sees it: what the layer adds is named after it.
pub(crate) struct Site<'s, 'a> {
    /// Name of the layer in the graph.
    pub(super) at: &'s str,
    pub(super) graph: &'s mut Graph<'a>,
    /// The layer's own tensors in the order of its parameters, and their values.
    pub(super) tensors: Vec<(Parameter, &'a [f32])>,
    /// What enters the layer.
    pub(crate) input: Shape,
    /// What leaves it.
    pub(crate) output: Shape,
}

/// What flows through the graph, by its name there.
#[derive(Clone)]
pub(crate) struct Value {
    pub(crate) name: String,
    pub(crate) form: Form,
}

/// How a value lies in the runtime's memory.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// `[batch, channels, height, width]`.
    Map,
    /// `[batch, features]`.
    Vector,
}

impl Value {
    /// A map.
    pub(crate) fn map(name: String) -> Self {
        let form = Form::Map;
        Self { name, form }
    }

    /// A vector.
    pub(crate) fn vector(name: String) -> Self {
        let form = Form::Vector;
        Self { name, form }
    }
}

/// Each gives the name of what it adds.
impl Site<'_, '_> {
    /// An operator.
    pub(crate) fn node(
        &mut self,
        operator: &'static str,
        inputs: &[&str],
        attributes: Vec<(&'static str, Attribute)>,
    ) -> String {
        self.graph.node(self.at, operator, inputs, attributes)
    }

    /// An operator of several outputs.
    pub(crate) fn node_with<const N: usize>(
        &mut self,
        operator: &'static str,
        inputs: &[&str],
        attributes: Vec<(&'static str, Attribute)>,
    ) -> [String; N] {
        self.graph.node_with(self.at, operator, inputs, attributes)
    }

    /// An operator that reads `x` and `tensors`.
    pub(crate) fn weighted(
        &mut self,
        operator: &'static str,
        x: &str,
        tensors: &[String],
        attributes: Vec<(&'static str, Attribute)>,
    ) -> String {
        let mut inputs = vec![x];
        inputs.extend(tensors.iter().map(String::as_str));
        self.node(operator, &inputs, attributes)
    }

    /// An operator that reads a map and the layer's tensors in the order of its parameters.
    pub(crate) fn operator(
        &mut self,
        operator: &'static str,
        x: Value,
        attributes: Vec<(&'static str, Attribute)>,
    ) -> Value {
        let weights = self.weights();
        let x = self.map(x);
        Value::map(self.weighted(operator, &x, &weights, attributes))
    }

    /// The same of a vector.
    pub(crate) fn operator_of_vector(
        &mut self,
        operator: &'static str,
        x: Value,
        attributes: Vec<(&'static str, Attribute)>,
    ) -> Value {
        let weights = self.weights();
        let x = self.vector(x);
        Value::vector(self.weighted(operator, &x, &weights, attributes))
    }

    /// The value as `[batch, channels, height, width]`.
    pub(crate) fn map(&mut self, value: Value) -> String {
        match value.form {
            Form::Map => value.name,
            Form::Vector => self.unsqueeze(&value.name, vec![2, 3]),
        }
    }

    /// The value, of one pixel, as `[batch, features]`.
    pub(crate) fn vector(&mut self, value: Value) -> String {
        match value.form {
            Form::Vector => value.name,
            Form::Map => self.node("Flatten", &[&value.name], vec![]),
        }
    }

    /// The layer's own tensors in the order of its parameters.
    pub(crate) fn weights(&mut self) -> Vec<String> {
        let tensors = self.tensors.iter();
        tensors
            .map(|(parameter, values)| {
                let Parameter { path, shape, .. } = parameter;
                self.graph.weight(path, values, shape)
            })
            .collect()
    }

    /// The same, the first of them in another shape of as many values.
    pub(crate) fn weights_with_first(&mut self, shape: &[usize]) -> Vec<String> {
        if let Some((first, _)) = self.tensors.first_mut() {
            first.shape = shape.to_vec();
        }
        self.weights()
    }

    /// Float32 numbers of `shape`.
    pub(crate) fn floats(&mut self, role: &str, shape: &[usize], values: Vec<f32>) -> String {
        self.graph.floats(self.at, role, shape, values)
    }

    /// One float32 number.
    pub(crate) fn float(&mut self, role: &str, value: f32) -> String {
        self.floats(role, &[], vec![value])
    }

    /// Integers as a list.
    pub(crate) fn ints(&mut self, role: &str, values: Vec<i64>) -> String {
        self.graph.ints(self.at, role, values)
    }

    /// Over the last axis.
    pub(crate) fn softmax(&mut self, x: &str) -> String {
        self.graph.softmax(self.at, x)
    }

    /// The parts one after the other along an axis.
    pub(crate) fn concatenate(&mut self, parts: &[String], axis: i64) -> String {
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        self.node("Concat", &parts, vec![("axis", Attribute::Int(axis))])
    }

    /// New axes of extent 1.
    pub(crate) fn unsqueeze(&mut self, x: &str, axes: Vec<i64>) -> String {
        let axes = self.ints("axes", axes);
        self.node("Unsqueeze", &[x, &axes], vec![])
    }

    /// The axes in another order.
    pub(crate) fn transpose<const N: usize>(&mut self, x: &str, axes: [usize; N]) -> String {
        self.node("Transpose", &[x], vec![("perm", ints(axes))])
    }

    /// An extent of 0 stays what it is: the batch.
    pub(crate) fn reshape(&mut self, x: &str, shape: Vec<i64>) -> String {
        let shape = self.ints("shape", shape);
        self.node("Reshape", &[x, &shape], vec![])
    }
}
