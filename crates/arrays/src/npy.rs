//! The header of a NumPy array (`.npy`), read with bounds.

use std::io::Read;

use crate::{Element, Kind};

/// Longest header accepted, in bytes; NumPy's own bound.
const MAX_HEADER_BYTES: usize = 10_000;

/// Why an array cannot be read: what was expected and what was found.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected}, found {found}")]
pub struct NpyError {
    /// What the format or the bound asks for.
    pub expected: String,
    /// What is there.
    pub found: String,
    /// Whether the array is whole but its elements are of a type that is not read, such as text.
    pub is_other_element: bool,
}

impl NpyError {
    /// The error.
    pub fn new(expected: impl Into<String>, found: impl Into<String>) -> Self {
        Self {
            expected: expected.into(),
            found: found.into(),
            is_other_element: false,
        }
    }
}

/// Most axes accepted.
const MAX_AXES: usize = 8;

/// Element type, order and shape of an array, as its header declares them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NpyHeader {
    /// What the elements are.
    pub element: Element,
    /// Whether the first axis is the fastest in the file; the last one is where `false`.
    pub is_fortran: bool,
    /// Extent of every axis as NumPy shows them, whichever is the fastest.
    pub shape: Vec<usize>,
}

impl NpyHeader {
    /// Reads the header and leaves `reader` at the first element.
    pub fn read(reader: &mut impl Read) -> Result<Self, NpyError> {
        Self::parse(&header_text(reader)?)
    }

    /// Parses `{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3), }`.
    fn parse(text: &str) -> Result<Self, NpyError> {
        let Fields {
            descr,
            is_fortran,
            shape,
        } = Fields::parse(text)?;
        let element = element(&descr).ok_or_else(|| NpyError {
            is_other_element: true,
            ..NpyError::new(
                "elements that are integers, floats of 2, 4 or 8 bytes, or booleans",
                format!("`{descr}`"),
            )
        })?;
        Ok(Self {
            element,
            is_fortran,
            shape,
        })
    }

    /// Bytes of all elements; `None` if that exceeds the address space.
    pub fn data_bytes(&self) -> Option<usize> {
        self.shape
            .iter()
            .try_fold(self.element.bytes(), |bytes, &extent| {
                bytes.checked_mul(extent)
            })
    }

    /// Refuses anything but integers.
    pub fn check_integers(&self) -> Result<(), NpyError> {
        match self.element.kind() {
            Kind::Float | Kind::Bfloat => {
                Err(NpyError::new("an integer element type", self.describe()))
            }
            Kind::Unsigned | Kind::Signed | Kind::Boolean => Ok(()),
        }
    }

    /// Refuses arrays whose last axis is not the fastest.
    pub fn check_rows(&self) -> Result<(), NpyError> {
        if self.is_fortran {
            return Err(NpyError::new(
                "rows in C order (save with numpy.ascontiguousarray)",
                "Fortran order",
            ));
        }
        Ok(())
    }

    /// Whether elements are unsigned and `bytes` wide.
    pub fn is_unsigned(&self, bytes: usize) -> bool {
        self.element.kind() == Kind::Unsigned && self.element.bytes() == bytes
    }

    /// Element type and shape, for messages.
    pub fn describe(&self) -> String {
        format!("{} {:?}", self.element, self.shape)
    }

    /// Reads the elements' bytes, of which the header must declare at most `limit`. Memory grows
    /// with what is really there, not with what the header declares.
    pub fn read_data(&self, reader: impl Read, limit: u64) -> Result<Vec<u8>, NpyError> {
        let within = |bytes: &usize| *bytes as u64 <= limit;
        let expected = self.data_bytes().filter(within).ok_or_else(|| {
            NpyError::new(
                format!("an array of at most {limit} bytes"),
                self.describe(),
            )
        })?;
        let mut data = Vec::with_capacity(expected.min(16 << 20));
        reader
            .take(expected as u64 + 1)
            .read_to_end(&mut data)
            .map_err(|e| NpyError::new(format!("{expected} bytes of elements"), e.to_string()))?;
        if data.len() != expected {
            let found = if data.len() > expected {
                "more than that".into()
            } else {
                format!("{} bytes", data.len())
            };
            return Err(NpyError::new(
                format!("{expected} bytes of elements for {}", self.describe()),
                found,
            ));
        }
        Ok(data)
    }

    /// The elements as integers, from the bytes that `read_data` returned; those above the range
    /// of `i64` become its greatest.
    pub fn integers<'a>(&'a self, data: &'a [u8]) -> impl Iterator<Item = i64> + 'a {
        data.chunks_exact(self.element.bytes())
            .map(|bytes| self.element.integer(bytes))
    }
}

/// The signature, the version and the length are read, and then the text between them and the
/// first element.
pub(crate) fn header_text(reader: &mut impl Read) -> Result<String, NpyError> {
    let mut start = [0; 8];
    fill(reader, &mut start)?;
    if &start[..6] != b"\x93NUMPY" {
        return Err(NpyError::new(
            "the .npy signature",
            format!("{:02x?}", &start[..6]),
        ));
    }
    let length = match start[6] {
        1 => {
            let mut bytes = [0; 2];
            fill(reader, &mut bytes)?;
            usize::from(u16::from_le_bytes(bytes))
        }
        2 | 3 => {
            let mut bytes = [0; 4];
            fill(reader, &mut bytes)?;
            u32::from_le_bytes(bytes) as usize
        }
        version => {
            return Err(NpyError::new(
                ".npy version 1 to 3",
                format!("version {version}"),
            ));
        }
    };
    if length > MAX_HEADER_BYTES {
        return Err(NpyError::new(
            format!("a header of at most {MAX_HEADER_BYTES} bytes"),
            format!("{length} bytes"),
        ));
    }
    let mut text = vec![0; length];
    fill(reader, &mut text)?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

/// What a header says, before the elements are understood.
pub(crate) struct Fields {
    pub(crate) descr: String,
    pub(crate) is_fortran: bool,
    pub(crate) shape: Vec<usize>,
}

impl Fields {
    pub(crate) fn parse(text: &str) -> Result<Self, NpyError> {
        let entry = |key: &str| {
            let quoted = [format!("'{key}':"), format!("\"{key}\":")];
            quoted
                .iter()
                .find_map(|quoted| text.split_once(quoted.as_str()))
                .map(|(_, rest)| rest.trim_start())
                .ok_or_else(|| NpyError::new(format!("a header with `{key}`"), text.trim()))
        };
        let descr: String = entry("descr")?
            .chars()
            .skip(1)
            .take_while(|c| !matches!(c, '\'' | '"'))
            .collect();
        let is_fortran = match entry("fortran_order")? {
            word if word.starts_with("False") => false,
            word if word.starts_with("True") => true,
            _ => return Err(NpyError::new("fortran_order True or False", text.trim())),
        };
        let shape = entry("shape")?;
        let malformed = || NpyError::new("a shape such as (2, 3)", shape.trim());
        let inside = shape
            .strip_prefix('(')
            .and_then(|rest| rest.split_once(')'));
        let (inside, _) = inside.ok_or_else(malformed)?;
        let shape = inside
            .split(',')
            .map(str::trim)
            .filter(|extent| !extent.is_empty())
            .map(|extent| extent.parse().map_err(|_| malformed()))
            .collect::<Result<Vec<usize>, _>>()?;
        if shape.len() > MAX_AXES {
            return Err(NpyError::new(
                format!("at most {MAX_AXES} axes"),
                format!("{} axes", shape.len()),
            ));
        }
        Ok(Self {
            descr,
            is_fortran,
            shape,
        })
    }
}

/// The element type that a `descr` such as `<f4` names.
fn element(descr: &str) -> Option<Element> {
    let &[order, kind, width] = descr.as_bytes() else {
        return None;
    };
    let is_big_endian = match order {
        b'<' => false,
        b'>' => true,
        b'|' | b'=' => cfg!(target_endian = "big"),
        _ => return None,
    };
    let kind = match kind {
        b'u' => Kind::Unsigned,
        b'i' => Kind::Signed,
        b'b' => Kind::Boolean,
        b'f' => Kind::Float,
        _ => return None,
    };
    Element::new(kind, usize::from(width.wrapping_sub(b'0')), is_big_endian)
}

fn fill(reader: &mut impl Read, bytes: &mut [u8]) -> Result<(), NpyError> {
    reader
        .read_exact(bytes)
        .map_err(|e| NpyError::new("a .npy header", e.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(descr: &str, order: &str) -> Result<NpyHeader, NpyError> {
        NpyHeader::parse(&format!(
            "{{'descr': '{descr}', 'fortran_order': {order}, 'shape': (2, 3), }}"
        ))
    }

    #[test]
    fn a_header_names_type_order_and_shape() {
        let read = header(">f8", "True").unwrap();
        assert_eq!(
            read.element,
            Element::new(Kind::Float, 8, true).expect("float64")
        );
        assert!(read.is_fortran);
        assert_eq!(read.describe(), "float64 [2, 3]");
        assert!(read.check_rows().is_err() && read.check_integers().is_err());
        let rows = header("<i2", "False").unwrap();
        assert_eq!((rows.check_rows(), rows.check_integers()), (Ok(()), Ok(())));
        for refused in ["|O", "<c8", "<U3", "<f1", "<b2", "f4", ""] {
            assert!(header(refused, "False").is_err(), "{refused}");
        }
        assert!(header("<f4", "Maybe").is_err());
    }

    #[test]
    fn a_shape_beyond_the_address_space_is_refused_before_memory_is_taken() {
        let text = "{'descr': '<u8', 'fortran_order': False, 'shape': (4294967296, 4294967296), }";
        let header = NpyHeader::parse(text).unwrap();
        assert_eq!(header.data_bytes(), None);
        assert!(header.read_data(std::io::empty(), 1 << 33).is_err());
    }
}
