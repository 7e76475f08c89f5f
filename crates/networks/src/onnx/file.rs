//! A network as a file.

use super::error::{FILE_LIMIT, OnnxError};
use super::graph::Graph;
use super::message::Message;
use super::output::{INPUT, LOGITS, OutputKind, PROBABILITIES};
use super::walk::Walk;
use crate::network::Network;
use crate::weights::Weights;

/// Program that the files name as theirs.
const PRODUCER: &str = "transfusion";
/// Version of the format, from 2021: whatever reads ONNX reads it.
const IR_VERSION: i64 = 8;
/// Version of the operators: the first with `LayerNormalization`.
const OPSET: i64 = 17;
/// The bytes of an ONNX file that computes `network` in inference with `weights`, and
/// its probabilities. `metadata` goes into the file's
/// properties in the order given; keys must differ. Tensors keep their paths as names, auxiliary
/// heads are left out. Equal arguments give equal bytes.
pub fn to_onnx(
    network: &Network,
    weights: &Weights,
    output: OutputKind,
    metadata: &[(&str, String)],
) -> Result<Vec<u8>, OnnxError> {
    network.cost()?;
    let mut walk = Walk::new(network, weights);
    walk.network(output)?;
    let model = model(network, walk.graph, metadata);
    match model.len() {
        bytes if bytes > FILE_LIMIT => Err(OnnxError::TooLarge {
            network: network.name.clone(),
            bytes,
        }),
        _ => Ok(model.into_bytes()),
    }
}

/// `ModelProto`.
fn model<'a>(network: &Network, graph: Graph<'a>, metadata: &[(&str, String)]) -> Message<'a> {
    let (size, channels) = (network.input.size, network.input.channels);
    let mut opset = Message::default();
    opset.text(1, "");
    opset.int(2, OPSET);
    let mut model = Message::default();
    model.int(1, IR_VERSION);
    model.text(2, PRODUCER);
    model.text(3, env!("CARGO_PKG_VERSION"));
    model.text(
        6,
        &format!(
            "{} for images of {channels} channels, {size}×{size} pixels, and {} classes; the input \
             holds normalised pixels, see the properties",
            network.name, network.classes
        ),
    );
    let image = [channels, size, size];
    let classes = [network.classes];
    let inputs = [(INPUT, image.as_slice())];
    let outputs = [LOGITS, PROBABILITIES].map(|name| (name, classes.as_slice()));
    model.message(7, graph.into_message(&network.name, &inputs, &outputs));
    model.message(8, opset);
    for (key, value) in metadata {
        let mut property = Message::default();
        property.text(1, key);
        property.text(2, value);
        model.message(14, property);
    }
    model
}
