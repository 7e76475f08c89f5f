//! One NumPy array (`.npy`) of integers, read with bounds.

use std::io::Read;

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
}

impl NpyError {
    pub(crate) fn new(expected: impl Into<String>, found: impl Into<String>) -> Self {
        Self {
            expected: expected.into(),
            found: found.into(),
        }
    }
}

/// Element type and shape of an array, as its header declares them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NpyHeader {
    /// `<`, `>`, `|` or `=`.
    order: u8,
    /// `u` (unsigned), `i` (signed) or `b` (boolean).
    kind: u8,
    /// Bytes an element: 1, 2, 4 or 8.
    pub item_bytes: usize,
    /// Extent of every axis, slowest first.
    pub shape: Vec<usize>,
}

impl NpyHeader {
    /// Reads the header and leaves `reader` at the first element.
    pub fn read(reader: &mut impl Read) -> Result<Self, NpyError> {
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
        Self::parse(&String::from_utf8_lossy(&text))
    }

    /// Parses `{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3), }`.
    fn parse(text: &str) -> Result<Self, NpyError> {
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
        let (order, kind, item_bytes) = match descr.as_bytes() {
            [
                order @ (b'<' | b'>' | b'|' | b'='),
                kind @ (b'u' | b'i' | b'b'),
                size,
            ] if matches!(size, b'1' | b'2' | b'4' | b'8') => {
                (*order, *kind, usize::from(size - b'0'))
            }
            _ => {
                return Err(NpyError::new(
                    "an integer element type",
                    format!("`{descr}`"),
                ));
            }
        };
        if !entry("fortran_order")?.starts_with("False") {
            return Err(NpyError::new(
                "rows in C order (save with numpy.ascontiguousarray)",
                "Fortran order",
            ));
        }
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
        if shape.len() > 8 {
            return Err(NpyError::new(
                "at most 8 axes",
                format!("{} axes", shape.len()),
            ));
        }
        Ok(Self {
            order,
            kind,
            item_bytes,
            shape,
        })
    }

    /// Bytes of all elements; `None` if that exceeds the address space.
    pub fn data_bytes(&self) -> Option<usize> {
        self.shape
            .iter()
            .try_fold(self.item_bytes, |bytes, &extent| bytes.checked_mul(extent))
    }

    /// Whether elements are unsigned and `bytes` wide.
    pub fn is_unsigned(&self, bytes: usize) -> bool {
        self.kind == b'u' && self.item_bytes == bytes
    }

    /// Element type and shape, for messages.
    pub fn describe(&self) -> String {
        let name = match self.kind {
            b'u' => "uint",
            b'i' => "int",
            _ => "bool",
        };
        format!("{name}{} {:?}", 8 * self.item_bytes, self.shape)
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
        data.chunks_exact(self.item_bytes)
            .map(|bytes| self.integer(bytes))
    }

    fn integer(&self, bytes: &[u8]) -> i64 {
        let mut wide = [0; 8];
        for (to, from) in bytes.iter().enumerate() {
            let to = if self.order == b'>' {
                bytes.len() - 1 - to
            } else {
                to
            };
            wide[to] = *from;
        }
        let value = u64::from_le_bytes(wide);
        let unused = 64 - 8 * bytes.len();
        if self.kind == b'i' {
            ((value << unused) as i64) >> unused
        } else {
            i64::try_from(value).unwrap_or(i64::MAX)
        }
    }
}

fn fill(reader: &mut impl Read, bytes: &mut [u8]) -> Result<(), NpyError> {
    reader
        .read_exact(bytes)
        .map_err(|e| NpyError::new("a .npy header", e.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_of_any_width_sign_and_byte_order() {
        let read = |descr: &str, data: &[u8]| -> Vec<i64> {
            NpyHeader::parse(&format!(
                "{{'descr': '{descr}', 'fortran_order': False, 'shape': (2,), }}"
            ))
            .unwrap()
            .integers(data)
            .collect()
        };
        assert_eq!(read("<i2", &[0xfe, 0xff, 3, 0]), [-2, 3]);
        assert_eq!(
            read(">i4", &[0xff, 0xff, 0xff, 0xfb, 0, 0, 1, 0]),
            [-5, 256]
        );
        assert_eq!(read("|u1", &[255, 7]), [255, 7]);
        assert_eq!(read("|b1", &[1, 0]), [1, 0]);
        assert_eq!(read("<u8", &[255; 8]), [i64::MAX]);
    }

    #[test]
    fn a_shape_beyond_the_address_space_is_refused_before_memory_is_taken() {
        let text = "{'descr': '<u8', 'fortran_order': False, 'shape': (4294967296, 4294967296), }";
        let header = NpyHeader::parse(text).unwrap();
        assert_eq!(header.data_bytes(), None);
        assert!(header.read_data(std::io::empty(), 1 << 33).is_err());
    }
}
