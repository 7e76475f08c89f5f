//! A network as a file.

use onnx_graph::{About, file};

use super::error::{FILE_LIMIT, OnnxError};
use super::output::{INPUT, LOGITS, OutputKind, PROBABILITIES};
use super::walk::Walk;
use crate::network::Network;
use checkpoints::Weights;

/// Program that the files name as theirs.
const PRODUCER: &str = "transfusion";

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
    let input = network.input;
    let description = format!(
        "{} for images of {} channels, {} pixels, and {} classes; the input holds normalised \
         pixels, see the properties",
        network.name,
        input.channels,
        input.pixels(),
        network.classes
    );
    let classes = [network.classes];
    let about = About {
        producer: PRODUCER,
        version: env!("CARGO_PKG_VERSION"),
        description: &description,
        name: &network.name,
        inputs: &[(INPUT, &[input.channels, input.height, input.width])],
        outputs: &[LOGITS, PROBABILITIES].map(|name| (name, classes.as_slice())),
        properties: metadata,
    };
    let file = file(walk.graph, &about);
    match file.size() {
        bytes if bytes > FILE_LIMIT => Err(OnnxError::TooLarge {
            network: network.name.clone(),
            bytes,
        }),
        _ => Ok(file.into_bytes()),
    }
}
