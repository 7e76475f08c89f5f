//! What an ONNX file says about itself.

use super::OnnxError;
use super::fields::{Field, Fields};

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
