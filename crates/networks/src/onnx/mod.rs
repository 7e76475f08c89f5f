//! Networks as ONNX files, for inference in other programs.
//!
//! A file has the input `image`, float32 `[batch, channels, size, size]`, and the outputs `logits`
//! and `probabilities`, float32 `[batch, classes]`. The batch is free. Pixels arrive normalised:
//! how is written in the file's metadata, because the graph is the network and nothing else.

mod composed;
mod fields;
mod graph;
mod layers;
mod message;
mod metadata;

pub use metadata::{Extent, OnnxMetadata, OnnxValue, read_metadata};

use thiserror::Error;

use self::graph::Graph;
use self::layers::Walk;
use self::message::Message;
use crate::network::Network;
use crate::network_error::NetworkError;
use crate::weights::{Weights, WeightsError};

/// Name of the graph's input: normalised pixels, float32 `[batch, channels, size, size]`.
pub const INPUT: &str = "image";
/// Name of the first output, float32 `[batch, classes]`.
pub const LOGITS: &str = "logits";
/// Name of the second output, float32 in [0, 1], `[batch, classes]`.
pub const PROBABILITIES: &str = "probabilities";

/// Program that the files name as theirs.
const PRODUCER: &str = "transfusion";
/// Version of the format, from 2021: whatever reads ONNX reads it.
const IR_VERSION: i64 = 8;
/// Version of the operators: the first with `LayerNormalization`.
const OPSET: i64 = 17;
/// Protocol buffers cannot be larger, in bytes.
const FILE_LIMIT: usize = i32::MAX as usize;

/// What makes probabilities out of logits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutputKind {
    /// `e^zᵢ / Σⱼ e^zⱼ`: one class an image.
    Softmax,
    /// `1 / (1 + e⁻ᶻ)`: every class by itself.
    Sigmoid,
}

/// Why a network cannot be written as ONNX, or a file not be read.
#[derive(Debug, Error)]
pub enum OnnxError {
    /// The layers do not fit together.
    #[error(transparent)]
    Network(#[from] NetworkError),
    /// The tensors do not make up the network.
    #[error(transparent)]
    Weights(#[from] WeightsError),
    /// More than one file can hold.
    #[error(
        "network `{network}` takes {bytes} bytes as ONNX; a file holds at most {FILE_LIMIT}; write safetensors instead"
    )]
    TooLarge {
        /// The network.
        network: String,
        /// What it takes.
        bytes: usize,
    },
    /// Not ONNX, or damaged.
    #[error("not a whole ONNX file: at byte {offset}, {reason}; export or fetch it again")]
    Damaged {
        /// Where, in bytes from the start.
        offset: usize,
        /// What the reader expected and found.
        reason: String,
    },
    /// A list that no real file has.
    #[error("the ONNX file lists more than {limit} {list}; no such file is read")]
    TooMany {
        /// What it lists.
        list: &'static str,
        /// How many are read at most.
        limit: usize,
    },
}

impl OnnxError {
    fn damaged(offset: usize, reason: String) -> Self {
        Self::Damaged { offset, reason }
    }
}

/// The bytes of an ONNX file that computes what [`Model::forward`](crate::Model::forward) does:
/// `network` in inference with `weights`, and its probabilities. `metadata` goes into the file's
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
