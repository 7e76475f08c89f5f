//! The tensors of a `.safetensors` file.

use std::path::Path;

use arrays::{Element, Kind};
use safetensors::Dtype;
use safetensors::tensor::{Metadata, TensorInfo};

use super::array::StoredArray;
use super::bytes::Bytes;
use super::error::FileError;

/// Most bytes of a header: 100 MB, the format's own bound.
const MAX_HEADER: u64 = 100_000_000;

/// Name and place of a tensor.
#[derive(Clone, Debug)]
pub(super) struct Tensor {
    pub(super) name: String,
    pub(super) element: Element,
    pub(super) shape: Vec<usize>,
    start: u64,
    length: u64,
}

/// The tensors of a file, by name; those whose elements are not numbers that are read, by name
/// and type, apart.
pub(super) fn tensors(path: &Path, bytes: &Bytes) -> Result<(Vec<Tensor>, Vec<String>), FileError> {
    let place = path.display().to_string();
    let io = |source| FileError::Io {
        path: path.into(),
        source,
    };
    let mut length = [0; 8];
    bytes.read_exact_at(&mut length, 0).map_err(io)?;
    let length = u64::from_le_bytes(length);
    let data = bytes.length().saturating_sub(8).checked_sub(length);
    let Some(data) = data.filter(|_| length <= MAX_HEADER) else {
        return Err(FileError::damaged(
            place,
            format!(
                "a header of at most {} bytes",
                MAX_HEADER.min(bytes.length())
            ),
            format!("one of {length} bytes"),
        ));
    };
    let mut header = vec![0; length as usize];
    bytes.read_exact_at(&mut header, 8).map_err(io)?;
    let metadata: Metadata = outside::check_names(&header)
        .and_then(|()| serde_json::from_slice(&header))
        .map_err(|error| FileError::damaged(&place, "a .safetensors header", error.to_string()))?;
    let mut tensors = Vec::new();
    let mut refused = Vec::new();
    for (name, info) in metadata.tensors() {
        let (start, end) = info.data_offsets;
        if end as u64 > data {
            return Err(FileError::damaged(
                &place,
                format!("tensor {name} at bytes {start} to {end} of the data"),
                format!("{data} bytes of data; the file is cut off"),
            ));
        }
        match element(info) {
            Some(element) => tensors.push(Tensor {
                name,
                element,
                shape: info.shape.clone(),
                start: 8 + length + start as u64,
                length: (end - start) as u64,
            }),
            None => refused.push(format!("{name} ({:?})", info.dtype)),
        }
    }
    tensors.sort_by(|a, b| super::natural_order::compare(&a.name, &b.name));
    refused.sort();
    Ok((tensors, refused))
}

/// Opens a tensor.
pub(super) fn open(path: &Path, bytes: &Bytes, tensor: &Tensor) -> Result<StoredArray, FileError> {
    let place = format!("{}, {}", path.display(), tensor.name);
    let elements = bytes.part(tensor.start, tensor.length).ok_or_else(|| {
        FileError::damaged(&place, "a tensor within the file", "one beyond its end")
    })?;
    StoredArray::new(place, elements, tensor.element, false, tensor.shape.clone())
}

fn element(info: &TensorInfo) -> Option<Element> {
    let (kind, bytes) = match info.dtype {
        Dtype::BOOL => (Kind::Boolean, 1),
        Dtype::U8 => (Kind::Unsigned, 1),
        Dtype::U16 => (Kind::Unsigned, 2),
        Dtype::U32 => (Kind::Unsigned, 4),
        Dtype::U64 => (Kind::Unsigned, 8),
        Dtype::I8 => (Kind::Signed, 1),
        Dtype::I16 => (Kind::Signed, 2),
        Dtype::I32 => (Kind::Signed, 4),
        Dtype::I64 => (Kind::Signed, 8),
        Dtype::F16 => (Kind::Float, 2),
        Dtype::F32 => (Kind::Float, 4),
        Dtype::F64 => (Kind::Float, 8),
        Dtype::BF16 => (Kind::Bfloat, 2),
        _ => return None,
    };
    Element::new(kind, bytes, false)
}
