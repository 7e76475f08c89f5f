//! Where a layer stands in a graph.

use super::graph::{Attribute, Graph, ints};

/// The graph as one layer sees it: what the layer adds is named after it.
pub struct Site<'s, 'a> {
    at: &'s str,
    graph: &'s mut Graph<'a>,
    weights: Vec<Weight<'a>>,
}

/// A tensor of a layer.
pub struct Weight<'a> {
    /// Its name in the graph.
    pub path: String,
    /// Extents, outermost first.
    pub shape: Vec<usize>,
    /// As many values as the product of `shape`.
    pub values: &'a [f32],
}

impl<'a> Graph<'a> {
    /// Where the layer called `at` stands, which owns `weights`.
    pub fn site<'s>(&'s mut self, at: &'s str, weights: Vec<Weight<'a>>) -> Site<'s, 'a> {
        Site {
            at,
            graph: self,
            weights,
        }
    }
}

/// What flows through the graph, by its name there.
#[derive(Clone)]
pub struct Value {
    /// Its name in the graph.
    pub name: String,
    /// How it lies in memory.
    pub form: Form,
}

/// How a value lies in the runtime's memory.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// `[batch, channels, height, width]`.
    Map,
    /// `[batch, features]`.
    Vector,
}

impl Value {
    /// A map.
    pub fn map(name: String) -> Self {
        let form = Form::Map;
        Self { name, form }
    }

    /// A vector.
    pub fn vector(name: String) -> Self {
        let form = Form::Vector;
        Self { name, form }
    }
}

/// Each gives the name of what it adds.
impl Site<'_, '_> {
    /// An operator.
    pub fn node(
        &mut self,
        operator: &'static str,
        inputs: &[&str],
        attributes: Vec<(&'static str, Attribute)>,
    ) -> String {
        self.graph.node(self.at, operator, inputs, attributes)
    }

    /// An operator of several outputs.
    pub fn node_with<const N: usize>(
        &mut self,
        operator: &'static str,
        inputs: &[&str],
        attributes: Vec<(&'static str, Attribute)>,
    ) -> [String; N] {
        self.graph.node_with(self.at, operator, inputs, attributes)
    }

    /// An operator that reads `x` and `tensors`.
    pub fn weighted(
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

    /// An operator that reads a map and the layer's tensors in their order.
    pub fn operator(
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
    pub fn operator_of_vector(
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
    pub fn map(&mut self, value: Value) -> String {
        match value.form {
            Form::Map => value.name,
            Form::Vector => self.unsqueeze(&value.name, vec![2, 3]),
        }
    }

    /// The value, of one pixel, as `[batch, features]`.
    pub fn vector(&mut self, value: Value) -> String {
        match value.form {
            Form::Vector => value.name,
            Form::Map => self.node("Flatten", &[&value.name], vec![]),
        }
    }

    /// The layer's own tensors in their order.
    pub fn weights(&mut self) -> Vec<String> {
        let weights = self.weights.iter();
        weights
            .map(|of| self.graph.weight(&of.path, of.values, &of.shape))
            .collect()
    }

    /// The same, the first of them in another shape of as many values.
    pub fn weights_with_first(&mut self, shape: &[usize]) -> Vec<String> {
        if let Some(first) = self.weights.first_mut() {
            first.shape = shape.to_vec();
        }
        self.weights()
    }

    /// Float32 numbers of `shape`.
    pub fn floats(&mut self, role: &str, shape: &[usize], values: Vec<f32>) -> String {
        self.graph.floats(self.at, role, shape, values)
    }

    /// One float32 number.
    pub fn float(&mut self, role: &str, value: f32) -> String {
        self.floats(role, &[], vec![value])
    }

    /// Integers as a list.
    pub fn ints(&mut self, role: &str, values: Vec<i64>) -> String {
        self.graph.ints(self.at, role, values)
    }

    /// Over the last axis.
    pub fn softmax(&mut self, x: &str) -> String {
        self.graph.softmax(self.at, x)
    }

    /// The parts one after the other along an axis.
    pub fn concatenate(&mut self, parts: &[String], axis: i64) -> String {
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        self.node("Concat", &parts, vec![("axis", Attribute::Int(axis))])
    }

    /// New axes of extent 1.
    pub fn unsqueeze(&mut self, x: &str, axes: Vec<i64>) -> String {
        let axes = self.ints("axes", axes);
        self.node("Unsqueeze", &[x, &axes], vec![])
    }

    /// The axes in another order.
    pub fn transpose<const N: usize>(&mut self, x: &str, axes: [usize; N]) -> String {
        self.node("Transpose", &[x], vec![("perm", ints(axes))])
    }

    /// An extent of 0 stays what it is: the batch.
    pub fn reshape(&mut self, x: &str, shape: Vec<i64>) -> String {
        let shape = self.ints("shape", shape);
        self.node("Reshape", &[x, &shape], vec![])
    }
}
