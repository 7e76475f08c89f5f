//! What an ONNX file says about itself.

use onnx_graph::{Field, Fields};

use super::error::OnnxError;

/// Most properties, inputs or outputs that are read.
const LIST_LIMIT: usize = 1 << 16;
/// Most extents of one input or output that are read.
const RANK_LIMIT: usize = 64;

/// What an ONNX file says about itself, without its tensors.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OnnxMetadata {
    /// Program that wrote it.
    pub producer: String,
    /// Version of that program.
    pub producer_version: String,
    /// For people.
    pub description: String,
    /// Version of ONNX's own operators.
    pub opset: Option<i64>,
    /// Key and text, in the order of the file.
    pub properties: Vec<(String, String)>,
    /// What the graph reads; old files list their tensors too.
    pub inputs: Vec<OnnxValue>,
    /// What the graph computes.
    pub outputs: Vec<OnnxValue>,
}

impl OnnxMetadata {
    /// The text of the first property `key`.
    pub fn property(&self, key: &str) -> Option<&str> {
        let mut properties = self.properties.iter();
        let found = properties.find(|(k, _)| k == key);
        found.map(|(_, text)| text.as_str())
    }
}

/// An input or output of a graph.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OnnxValue {
    /// Its name.
    pub name: String,
    /// Number of its element type in ONNX's list; 1 is float32, 0 is not stated.
    pub element_type: i64,
    /// Extents, outermost first; none where the file does not state them.
    pub shape: Option<Vec<Extent>>,
}

/// How far a tensor reaches along one axis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Extent {
    /// As many entries, at least 0 in a valid file.
    Fixed(i64),
    /// As many as the tensors given have, under a name.
    Free(String),
    /// Not stated.
    Unknown,
}

/// What the ONNX file `bytes` says about itself. Tensors are passed over: the memory taken grows
/// with the names and texts that the file really holds.
pub fn read_metadata(bytes: &[u8]) -> Result<OnnxMetadata, OnnxError> {
    let mut found = OnnxMetadata::default();
    let (mut format, mut graphs) = (0, 0);
    for field in Fields::of_file(bytes) {
        let field = field?;
        match field.number {
            1 => format = field.int()?,
            2 => found.producer = field.text()?,
            3 => found.producer_version = field.text()?,
            6 => found.description = field.text()?,
            7 => {
                graphs += 1;
                read_graph(&field, &mut found)?;
            }
            8 => found.opset = read_opset(&field)?.or(found.opset),
            14 => push(&mut found.properties, read_property(&field)?, "properties")?,
            _ => {}
        }
    }
    match format >= 1 && graphs >= 1 {
        true => Ok(found),
        false => {
            let reason = format!(
                "the file ends with {graphs} graphs and format version {format}; expected one \
                 graph and a version of at least 1"
            );
            Err(OnnxError::damaged(bytes.len(), reason))
        }
    }
}

/// `GraphProto`.
fn read_graph(graph: &Field, into: &mut OnnxMetadata) -> Result<(), OnnxError> {
    for field in graph.message()? {
        let field = field?;
        match field.number {
            11 => push(&mut into.inputs, read_value(&field)?, "inputs")?,
            12 => push(&mut into.outputs, read_value(&field)?, "outputs")?,
            _ => {}
        }
    }
    Ok(())
}

/// `OperatorSetIdProto`: the version, if it is that of ONNX's own operators.
fn read_opset(opset: &Field) -> Result<Option<i64>, OnnxError> {
    let (mut domain, mut version) = (String::new(), None);
    for field in opset.message()? {
        let field = field?;
        match field.number {
            1 => domain = field.text()?,
            2 => version = Some(field.int()?),
            _ => {}
        }
    }
    Ok(version.filter(|_| domain.is_empty() || domain == "ai.onnx"))
}

/// `StringStringEntryProto`.
fn read_property(property: &Field) -> Result<(String, String), OnnxError> {
    let (mut key, mut text) = Default::default();
    for field in property.message()? {
        let field = field?;
        match field.number {
            1 => key = field.text()?,
            2 => text = field.text()?,
            _ => {}
        }
    }
    Ok((key, text))
}

/// `ValueInfoProto`.
fn read_value(value: &Field) -> Result<OnnxValue, OnnxError> {
    let mut found = OnnxValue::default();
    for field in value.message()? {
        let field = field?;
        match field.number {
            1 => found.name = field.text()?,
            2 => read_type(&field, &mut found)?,
            _ => {}
        }
    }
    Ok(found)
}

/// `TypeProto`, as far as it is that of a tensor.
fn read_type(kind: &Field, into: &mut OnnxValue) -> Result<(), OnnxError> {
    for tensor in kind.message()? {
        let tensor = tensor?;
        if tensor.number != 1 {
            continue;
        }
        for field in tensor.message()? {
            let field = field?;
            match field.number {
                1 => into.element_type = field.int()?,
                2 => into.shape = Some(read_shape(&field)?),
                _ => {}
            }
        }
    }
    Ok(())
}

/// `TensorShapeProto`.
fn read_shape(shape: &Field) -> Result<Vec<Extent>, OnnxError> {
    let mut extents = Vec::new();
    for dimension in shape.message()? {
        let dimension = dimension?;
        if dimension.number != 1 {
            continue;
        }
        let mut extent = Extent::Unknown;
        for field in dimension.message()? {
            let field = field?;
            match field.number {
                1 => extent = Extent::Fixed(field.int()?),
                2 => extent = Extent::Free(field.text()?),
                _ => {}
            }
        }
        extents.push(extent);
        within(&extents, RANK_LIMIT, "extents of one tensor")?;
    }
    Ok(extents)
}

fn push<T>(into: &mut Vec<T>, item: T, list: &'static str) -> Result<(), OnnxError> {
    into.push(item);
    within(into, LIST_LIMIT, list)
}

fn within<T>(items: &[T], limit: usize, list: &'static str) -> Result<(), OnnxError> {
    match items.len() > limit {
        true => Err(OnnxError::TooMany { list, limit }),
        false => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::draws::Draws;
    use crate::onnx::{OutputKind, to_onnx};
    use crate::{Block, HostTensor, Input, Network, Weights};
    use checkpoints::WeightsError;

    fn network() -> Network {
        Network {
            name: "mean".into(),
            input: Input::square(3, 4),
            classes: 2,
            blocks: vec![Block::linear_head("fc", 3, 2)],
            draws: Draws::RESNET,
            first_new: None,
        }
    }

    fn weights() -> Weights {
        let tensor = |shape: Vec<usize>| HostTensor {
            values: vec![0.5; shape.iter().product()],
            shape,
        };
        let (weight, bias) = (tensor(vec![2, 3]), tensor(vec![2]));
        Weights {
            tensors: [("fc.weight".into(), weight), ("fc.bias".into(), bias)].into(),
        }
    }

    fn file() -> Vec<u8> {
        let metadata = [
            ("classes", "[\"no\", \"yes\"]".into()),
            ("empty", String::new()),
        ];
        to_onnx(&network(), &weights(), OutputKind::Softmax, &metadata).unwrap()
    }

    #[test]
    fn a_file_says_what_it_is() {
        let found = read_metadata(&file()).unwrap();
        assert_eq!(found.producer, "transfusion");
        assert_eq!(found.producer_version, env!("CARGO_PKG_VERSION"));
        assert!(found.description.contains("4×4 pixels"));
        assert_eq!(found.opset, Some(17));
        assert_eq!(found.property("classes"), Some("[\"no\", \"yes\"]"));
        assert_eq!(found.property("empty"), Some(""));
        assert_eq!(found.property("other"), None);
        let value = |name: &str, extents: &[i64]| {
            let batch = [Extent::Free("batch".into())].into_iter();
            OnnxValue {
                name: name.into(),
                element_type: 1,
                shape: Some(
                    batch
                        .chain(extents.iter().map(|n| Extent::Fixed(*n)))
                        .collect(),
                ),
            }
        };
        assert_eq!(found.inputs, [value("image", &[3, 4, 4])]);
        let outputs = ["logits", "probabilities"].map(|name| value(name, &[2]));
        assert_eq!(found.outputs, outputs);
    }

    /// `onnx.helper.make_model(onnx.helper.make_graph([], "g",
    /// [onnx.helper.make_tensor_value_info("x", 10, [None, "n", 7])], []), producer_name="hand",
    /// opset_imports=[onnx.helper.make_opsetid("", 21), onnx.helper.make_opsetid("ai.onnx.ml", 3)],
    /// ir_version=9).SerializeToString().hex()` of onnx 1.23.2.
    #[test]
    fn a_file_of_the_reference_library() {
        let bytes = b"\x08\x09\x12\x04hand:\x1b\x12\x01gZ\x16\x0a\x01x\x12\x11\x0a\x0f\x08\x0a\x12\x0b\x0a\x00\x0a\
              \x03\x12\x01n\x0a\x02\x08\x07B\x04\x0a\x00\x10\x15B\x0e\x0a\x0aai.onnx.ml\x10\x03";
        let found = read_metadata(bytes).unwrap();
        let shape = vec![Extent::Unknown, Extent::Free("n".into()), Extent::Fixed(7)];
        let value = OnnxValue {
            name: "x".into(),
            element_type: 10,
            shape: Some(shape),
        };
        assert_eq!((found.producer.as_str(), found.opset), ("hand", Some(21)));
        assert_eq!(found.inputs, [value]);
    }

    #[test]
    fn a_length_that_is_not_true_is_named_and_costs_nothing() {
        let mut bytes = file();
        // A property of 9.3 GiB in a file of less than 1 KB.
        bytes.extend([14 << 3 | 2, 0x80, 0x80, 0x80, 0xa0, 0x25]);
        assert!(bytes.len() < 1024);
        let error = read_metadata(&bytes).unwrap_err().to_string();
        let expected = format!(
            "at byte {}, 9999220736 bytes should follow and there are 0",
            bytes.len()
        );
        assert!(error.contains(&expected), "{error}");
    }

    #[test]
    fn lists_are_bounded() {
        let mut bytes = file();
        bytes.extend([14 << 3 | 2, 0].repeat(LIST_LIMIT));
        let error = read_metadata(&bytes).unwrap_err();
        assert!(matches!(error, OnnxError::TooMany { .. }), "{error}");
    }

    #[test]
    fn other_files_are_refused() {
        for bytes in [
            b"".as_slice(),
            b"\x89PNG\r\n\x1a\n",
            b"PK\x03\x04",
            &[0x08, 8],
        ] {
            let error = read_metadata(bytes).unwrap_err();
            assert!(matches!(error, OnnxError::Damaged { .. }), "{error}");
        }
    }

    #[test]
    fn weights_of_another_network_are_refused() {
        let mut weights = weights();
        weights.tensors.remove("fc.bias");
        let error = to_onnx(&network(), &weights, OutputKind::Sigmoid, &[]).unwrap_err();
        let OnnxError::Weights(WeightsError::Incomplete { tensor, .. }) = error else {
            panic!("{error}");
        };
        assert_eq!(tensor, "fc.bias");
    }

    proptest! {
        #[test]
        fn damage_is_an_error_or_another_file(at in 0..4096usize, byte: u8, cut in 0..4096usize) {
            let mut bytes = file();
            let at = at % bytes.len();
            bytes[at] = byte;
            bytes.truncate(bytes.len() - cut % bytes.len());
            read_metadata(&bytes).ok();
        }

        #[test]
        fn noise_is_an_error_or_a_file(bytes: Vec<u8>) {
            read_metadata(&bytes).ok();
        }
    }
}
