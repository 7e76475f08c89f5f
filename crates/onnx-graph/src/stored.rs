//! Tensors where they lie in a file.

use half::{bf16, f16};
use thiserror::Error;

use super::fields::{Damage, Field};

/// Most extents of a tensor.
const RANK_LIMIT: usize = 16;
/// Most integers of a tensor that are read as such.
const INT_LIMIT: usize = 4096;

/// A tensor in a file.
#[derive(Debug, Default)]
pub struct Stored<'a> {
    /// Its name.
    pub name: &'a str,
    /// Extents, outermost first.
    pub shape: Vec<usize>,
    /// Number of its element type in ONNX's list.
    pub element: i64,
    /// Numbers of fixed size, little endian, piece by piece.
    raw: Vec<&'a [u8]>,
    /// Whole numbers in as many bytes as they need.
    ints: Vec<i64>,
    /// Whether the numbers lie in another file.
    is_elsewhere: bool,
}

/// Why the numbers of a tensor cannot be had.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum StoredError {
    /// They are in another file.
    #[error(
        "tensor `{name}` lies in another file; export again with all in one, in PyTorch by external_data=False"
    )]
    Elsewhere {
        /// The tensor.
        name: String,
    },
    /// Another type than one of floating point.
    #[error(
        "tensor `{name}` holds {found}; expected float32, float64, float16 or bfloat16: export the network before it is quantised"
    )]
    Element {
        /// The tensor.
        name: String,
        /// What it holds.
        found: &'static str,
    },
    /// More or fewer numbers than its shape says.
    #[error(
        "tensor `{name}` of shape {shape:?} holds {found} bytes or numbers, which are not as many; export again"
    )]
    Length {
        /// The tensor.
        name: String,
        /// Its shape.
        shape: Vec<usize>,
        /// What there is.
        found: usize,
    },
}

/// `TensorProto`.
pub(super) fn read_tensor<'a>(tensor: &Field<'a>) -> Result<Stored<'a>, Damage> {
    let mut found = Stored::default();
    let mut extents = Vec::new();
    for field in tensor.message()? {
        let field = field?;
        match field.number {
            1 => field.ints(&mut extents, RANK_LIMIT)?,
            2 => found.element = field.int()?,
            // Numbers of 32 and of 64 bits, and the bytes of any type.
            4 | 10 | 9 => found.raw.push(field.fixed()?),
            5 | 7 => field.ints(&mut found.ints, INT_LIMIT)?,
            8 => found.name = field.word()?,
            14 => found.is_elsewhere = field.int()? == 1,
            _ => {}
        }
    }
    let extents = extents.into_iter().map(usize::try_from);
    found.shape = extents
        .collect::<Result<_, _>>()
        .map_err(|_| tensor.unexpected("extents of 0 or more"))?;
    Ok(found)
}

impl Stored<'_> {
    /// How many numbers its shape says; none where that cannot be counted.
    pub fn len(&self) -> Option<usize> {
        let mut extents = self.shape.iter();
        extents.try_fold(1_usize, |all, extent| all.checked_mul(*extent))
    }

    /// Whether its shape says that it holds nothing.
    pub fn is_empty(&self) -> bool {
        self.len() == Some(0)
    }

    /// Its numbers as float32, as many as its shape says.
    pub fn floats(&self) -> Result<Vec<f32>, StoredError> {
        let name = || self.name.to_owned();
        if self.is_elsewhere {
            return Err(StoredError::Elsewhere { name: name() });
        }
        let bytes: usize = self.raw.iter().map(|piece| piece.len()).sum();
        let length = |found| StoredError::Length {
            name: name(),
            shape: self.shape.clone(),
            found,
        };
        let width = match self.element {
            1 => 4,
            11 => 8,
            10 | 16 => 2,
            other => {
                let found = element_name(other);
                return Err(StoredError::Element {
                    name: name(),
                    found,
                });
            }
        };
        let count = self.len().ok_or_else(|| length(bytes))?;
        // Halves may lie among the whole numbers.
        if width == 2 && bytes == 0 && self.ints.len() == count {
            let numbers = self.ints.iter().map(|bits| self.half(*bits as u16));
            return Ok(numbers.collect());
        }
        let pieces = self.raw.iter();
        if count.checked_mul(width) != Some(bytes) || pieces.clone().any(|p| p.len() % width > 0) {
            return Err(length(bytes));
        }
        let mut numbers = Vec::with_capacity(count);
        for piece in pieces {
            numbers.extend(piece.chunks_exact(width).map(|number| match *number {
                [a, b] => self.half(u16::from_le_bytes([a, b])),
                [a, b, c, d] => f32::from_le_bytes([a, b, c, d]),
                [a, b, c, d, e, f, g, h] => f64::from_le_bytes([a, b, c, d, e, f, g, h]) as f32,
                _ => f32::NAN,
            }));
        }
        Ok(numbers)
    }

    /// Its whole numbers, if it holds such: as many as its shape says.
    pub fn ints(&self) -> Option<Vec<i64>> {
        let width = match self.element {
            6 => 4,
            7 => 8,
            _ => return None,
        };
        let count = self.len().filter(|count| *count <= INT_LIMIT)?;
        let mut numbers = self.ints.clone();
        for piece in &self.raw {
            numbers.extend(piece.chunks_exact(width).map(|number| match *number {
                [a, b, c, d] => i32::from_le_bytes([a, b, c, d]).into(),
                [a, b, c, d, e, f, g, h] => i64::from_le_bytes([a, b, c, d, e, f, g, h]),
                _ => 0,
            }));
        }
        (numbers.len() == count).then_some(numbers)
    }

    fn half(&self, bits: u16) -> f32 {
        match self.element {
            16 => bf16::from_bits(bits).to_f32(),
            _ => f16::from_bits(bits).to_f32(),
        }
    }
}

fn element_name(element: i64) -> &'static str {
    match element {
        2 => "uint8",
        3 => "int8",
        4 => "uint16",
        5 => "int16",
        6 => "int32",
        7 => "int64",
        8 => "text",
        9 => "truth values",
        14 | 15 => "complex numbers",
        17..=20 => "float8",
        21 | 22 => "4-bit numbers",
        _ => "an unknown type",
    }
}
