//! A graph as a file.

use super::graph::Graph;
use super::message::Message;

/// Version of the format, from 2021: whatever reads ONNX reads it.
const IR_VERSION: i64 = 8;
/// Version of the operators: the first with `LayerNormalization`.
const OPSET: i64 = 17;

/// What a file says besides its graph.
pub struct About<'a> {
    /// The program that writes it.
    pub producer: &'a str,
    /// That program's version.
    pub version: &'a str,
    /// What the graph computes, in a sentence.
    pub description: &'a str,
    /// Name of the graph.
    pub name: &'a str,
    /// Names and shapes of what it reads: float32 `[batch, …shape]`, where the batch is free.
    pub inputs: &'a [(&'a str, &'a [usize])],
    /// Names and shapes of what it writes, likewise.
    pub outputs: &'a [(&'a str, &'a [usize])],
    /// The file's properties in order; keys must differ.
    pub properties: &'a [(&'a str, String)],
}

/// An ONNX file: `ModelProto`. Equal arguments give equal bytes.
pub fn file<'a>(graph: Graph<'a>, about: &About) -> Message<'a> {
    let mut opset = Message::default();
    opset.text(1, "");
    opset.int(2, OPSET);
    let mut model = Message::default();
    model.int(1, IR_VERSION);
    model.text(2, about.producer);
    model.text(3, about.version);
    model.text(6, about.description);
    model.message(
        7,
        graph.into_message(about.name, about.inputs, about.outputs),
    );
    model.message(8, opset);
    for (key, value) in about.properties {
        let mut property = Message::default();
        property.text(1, key);
        property.text(2, value);
        model.message(14, property);
    }
    model
}
