//! Where a graph ends.

use networks::onnx::{Extent, OnnxMetadata, OnnxValue};
use networks::{Input, Shape};
use onnx_graph::GraphRead;

use super::error::ImportError;
use super::step::Form;

/// Most pixels along an edge.
const MOST: i64 = 1 << 14;
/// Fewer channels than this are those of a picture.
const CHANNELS: i64 = 4;

/// The picture: its name, extents and form.
pub(crate) fn picture(
    about: &OnnxMetadata,
    graph: &GraphRead,
) -> Result<(String, Shape, Form), ImportError> {
    let is_tensor =
        |value: &&OnnxValue| graph.tensors.iter().any(|tensor| tensor.name == value.name);
    let inputs: Vec<&OnnxValue> = about
        .inputs
        .iter()
        .filter(|value| !is_tensor(value))
        .collect();
    let refused = |found: String| ImportError::Graph {
        expected:
            "one input, float32 [batch, channels, rows, columns] with all but the batch fixed"
                .into(),
        found,
    };
    let [input] = inputs[..] else {
        let names: Vec<&str> = inputs.iter().map(|input| input.name.as_str()).collect();
        return Err(refused(format!(
            "{} inputs: {}",
            names.len(),
            names.join(", ")
        )));
    };
    if !matches!(input.element_type, 1 | 10 | 11) {
        return Err(refused(format!(
            "numbers of type {} of ONNX's list",
            input.element_type
        )));
    }
    let extents = input.shape.as_deref().unwrap_or_default();
    let fixed = |extent: &Extent| match extent {
        Extent::Fixed(n) if (1..=MOST).contains(n) => Some(*n),
        Extent::Fixed(_) | Extent::Free(_) | Extent::Unknown => None,
    };
    let all: Option<Vec<i64>> = extents.iter().skip(1).map(fixed).collect();
    match all.as_deref() {
        Some([rows, columns, channels]) if *rows > CHANNELS && *channels <= CHANNELS => Ok((
            input.name.clone(),
            shape([*channels, *rows, *columns]),
            Form::Last,
        )),
        Some([channels, rows, columns]) => Ok((
            input.name.clone(),
            shape([*channels, *rows, *columns]),
            Form::Map,
        )),
        _ => {
            let words = extents.iter().map(|extent| match extent {
                Extent::Fixed(n) => n.to_string(),
                Extent::Free(name) => format!("`{name}`"),
                Extent::Unknown => "?".into(),
            });
            let words: Vec<String> = words.collect();
            Err(refused(format!(
                "[{}]; export with a fixed size of pictures",
                words.join(", ")
            )))
        }
    }
}

fn shape([channels, height, width]: [i64; 3]) -> Shape {
    Shape {
        channels: channels as usize,
        height: height as usize,
        width: width as usize,
    }
}

/// The same as what a network reads.
pub(crate) fn input(shape: Shape) -> Input {
    Input {
        channels: shape.channels,
        height: shape.height,
        width: shape.width,
    }
}

/// The result that probabilities are made of, where several are written.
pub(crate) fn result<'a>(
    about: &'a OnnxMetadata,
    graph: &'a GraphRead<'a>,
) -> Result<&'a str, ImportError> {
    let logits = |name: &'a str| {
        let mut nodes = graph.nodes.iter();
        let writer = nodes.find(|node| node.outputs.first() == Some(&name));
        let is_probability =
            |operator: &str| matches!(operator, "Softmax" | "LogSoftmax" | "Sigmoid" | "Identity");
        match writer {
            Some(node) if is_probability(node.operator) => node.input(0).unwrap_or(name),
            _ => name,
        }
    };
    let mut results: Vec<&str> = about
        .outputs
        .iter()
        .map(|output| logits(&output.name))
        .collect();
    results.sort_unstable();
    results.dedup();
    match results[..] {
        [only] => Ok(only),
        _ => Err(ImportError::Graph {
            expected: "one output, and beside it at most its softmax or sigmoid".into(),
            found: format!("{} outputs: {}", results.len(), results.join(", ")),
        }),
    }
}
