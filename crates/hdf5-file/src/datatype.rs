//! Types of elements.

use crate::bytes::Bytes;
use crate::error::{Hdf5Error, Result, damaged};

/// What elements of an array are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Datatype {
    Float {
        format: Float,
        is_big: bool,
    },
    /// Two bytes without meaning: bfloat16, where an attribute says so.
    OpaquePair,
    /// Text of so many bytes, zeros or spaces behind it.
    Text {
        bytes: u32,
    },
    /// Text in a heap.
    TextInHeap,
    /// Anything else, and its size in bytes.
    Other {
        name: &'static str,
        bytes: u32,
    },
}

/// Formats of IEEE 754 and the like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Float {
    F16,
    Bf16,
    F32,
    F64,
}

impl Float {
    /// Bytes of one value.
    pub(crate) fn bytes(self) -> usize {
        match self {
            Self::F16 | Self::Bf16 => 2,
            Self::F32 => 4,
            Self::F64 => 8,
        }
    }

    /// By bits: all, place and width of the exponent, width of the mantissa, which begins at 0.
    fn of(shape: (u32, u8, u8, u8), bias: u32) -> Option<Self> {
        match (shape, bias) {
            ((16, 10, 5, 10), 15) => Some(Self::F16),
            ((16, 7, 8, 7), 127) => Some(Self::Bf16),
            ((32, 23, 8, 23), 127) => Some(Self::F32),
            ((64, 52, 11, 52), 1023) => Some(Self::F64),
            _ => None,
        }
    }
}

impl Datatype {
    pub(crate) fn read(bytes: &mut Bytes) -> Result<Self> {
        let head = bytes.u8()?;
        let (class, version) = (head & 15, head >> 4);
        if !(1..=5).contains(&version) {
            return damaged(format!("version {version} of a type"));
        }
        let bits = bytes.uint(3)?;
        let size = bytes.u32()?;
        let name = match class {
            0 => "whole numbers",
            1 => return Self::float(bytes, bits, size),
            2 => "times",
            3 => return Ok(Self::Text { bytes: size }),
            4 => "bit fields",
            5 if size == 2 => return Ok(Self::OpaquePair),
            5 => "bytes without meaning",
            6 => "records",
            7 => "references",
            8 => "enumerated values",
            9 if bits & 15 == 1 => return Ok(Self::TextInHeap),
            9 => "lists",
            10 => "arrays",
            11 => "complex numbers",
            _ => return damaged(format!("class {class} of a type")),
        };
        Ok(Self::Other { name, bytes: size })
    }

    fn float(bytes: &mut Bytes, bits: u64, size: u32) -> Result<Self> {
        let (offset, precision) = (bytes.u16()?, bytes.u16()?);
        let (exponent, exponent_bits) = (bytes.u8()?, bytes.u8()?);
        let (mantissa, mantissa_bits) = (bytes.u8()?, bytes.u8()?);
        let bias = bytes.u32()?;
        let sign = (bits >> 8) & 255;
        // Bit 6 with bit 0 would be the order of a VAX.
        let is_plain = offset == 0
            && u32::from(precision) == size.saturating_mul(8)
            && mantissa == 0
            && sign + 1 == u64::from(precision)
            && bits & 0b0011_0000 == 0b0010_0000
            && bits & 0b0100_0000 == 0;
        let shape = (u32::from(precision), exponent, exponent_bits, mantissa_bits);
        match Float::of(shape, bias).filter(|_| is_plain) {
            Some(format) => Ok(Self::Float {
                format,
                is_big: bits & 1 != 0,
            }),
            None => Err(Hdf5Error::ElementType(format!(
                "floating-point numbers of {precision} bits in an unusual form"
            ))),
        }
    }

    /// What it is called in messages.
    pub(crate) fn name(self) -> String {
        match self {
            Self::Float { .. } => "floating-point numbers".into(),
            Self::OpaquePair => "bytes without meaning".into(),
            Self::Text { .. } | Self::TextInHeap => "text".into(),
            Self::Other { name, bytes } => format!("{name} of {bytes} bytes"),
        }
    }
}
