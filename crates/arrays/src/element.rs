//! One element of an array: its type, width and byte order, and its value.

use std::fmt;

use half::{bf16, f16};

/// What an element is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Integer without a sign, of 1, 2, 4 or 8 bytes.
    Unsigned,
    /// Integer with a sign, of 1, 2, 4 or 8 bytes.
    Signed,
    /// True (not 0) or false (0), of 1 byte.
    Boolean,
    /// IEEE 754 number of 2, 4 or 8 bytes.
    Float,
    /// The upper 2 bytes of an IEEE 754 number of 4 bytes.
    Bfloat,
}

/// Type, width and byte order of the elements of an array.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Element {
    kind: Kind,
    bytes: usize,
    is_big_endian: bool,
}

impl Element {
    /// Elements of `kind` that are `bytes` wide; `None` where no such elements are read.
    pub fn new(kind: Kind, bytes: usize, is_big_endian: bool) -> Option<Self> {
        let widths: &[usize] = match kind {
            Kind::Unsigned | Kind::Signed => &[1, 2, 4, 8],
            Kind::Boolean => &[1],
            Kind::Float => &[2, 4, 8],
            Kind::Bfloat => &[2],
        };
        widths.contains(&bytes).then_some(Self {
            kind,
            bytes,
            is_big_endian,
        })
    }

    /// What it is.
    pub fn kind(self) -> Kind {
        self.kind
    }

    /// Bytes an element: 1, 2, 4 or 8.
    pub fn bytes(self) -> usize {
        self.bytes
    }

    /// Whether every value is an `f32` without rounding.
    pub fn fits_single(self) -> bool {
        match self.kind {
            Kind::Float => self.bytes <= 4,
            Kind::Bfloat => true,
            Kind::Unsigned | Kind::Signed | Kind::Boolean => self.bytes <= 2,
        }
    }

    /// Appends the elements in `data` to `values`, rounded to the nearest `f32` where they do not
    /// [fit](Self::fits_single); bytes behind the last whole element are left out.
    pub fn append_singles(self, data: &[u8], values: &mut Vec<f32>) {
        match (self.kind, self.bytes) {
            (Kind::Float, 2) => self.append(data, values, |b| f16::from_le_bytes(b).to_f32()),
            (Kind::Float, 4) => self.append(data, values, f32::from_le_bytes),
            (Kind::Bfloat, _) => self.append(data, values, |b| bf16::from_le_bytes(b).to_f32()),
            (Kind::Unsigned, 1) => values.extend(data.iter().map(|&byte| f32::from(byte))),
            _ => {
                let chunks = data.chunks_exact(self.bytes);
                values.extend(chunks.map(|bytes| self.double(bytes) as f32));
            }
        }
    }

    /// Appends the elements in `data` to `values`; integers beyond 2⁵³ are rounded to the nearest
    /// `f64`, and bytes behind the last whole element are left out.
    pub fn append_doubles(self, data: &[u8], values: &mut Vec<f64>) {
        match (self.kind, self.bytes) {
            (Kind::Float, 8) => self.append(data, values, f64::from_le_bytes),
            _ => {
                let chunks = data.chunks_exact(self.bytes);
                values.extend(chunks.map(|bytes| self.double(bytes)));
            }
        }
    }

    /// The element as an integer; what exceeds the range of `i64` becomes its greatest, and
    /// fractions are cut off.
    pub fn integer(self, bytes: &[u8]) -> i64 {
        match self.kind {
            Kind::Unsigned | Kind::Boolean => {
                i64::try_from(self.unsigned(bytes)).unwrap_or(i64::MAX)
            }
            Kind::Signed => self.signed(bytes),
            Kind::Float | Kind::Bfloat => self.double(bytes) as i64,
        }
    }

    fn append<T, const N: usize>(self, data: &[u8], to: &mut Vec<T>, value: impl Fn([u8; N]) -> T) {
        let (chunks, _) = data.as_chunks::<N>();
        if self.is_big_endian {
            to.extend(chunks.iter().map(|&(mut bytes)| {
                bytes.reverse();
                value(bytes)
            }));
        } else {
            to.extend(chunks.iter().map(|&bytes| value(bytes)));
        }
    }

    fn double(self, bytes: &[u8]) -> f64 {
        let bits = self.unsigned(bytes);
        match (self.kind, self.bytes) {
            (Kind::Float, 2) => f16::from_bits(bits as u16).to_f64(),
            (Kind::Float, 4) => f64::from(f32::from_bits(bits as u32)),
            (Kind::Float, _) => f64::from_bits(bits),
            (Kind::Bfloat, _) => bf16::from_bits(bits as u16).to_f64(),
            (Kind::Signed, _) => self.signed(bytes) as f64,
            (Kind::Boolean, _) => f64::from(u8::from(bits != 0)),
            (Kind::Unsigned, _) => bits as f64,
        }
    }

    fn signed(self, bytes: &[u8]) -> i64 {
        let unused = 64 - 8 * bytes.len().min(8);
        ((self.unsigned(bytes) << unused) as i64) >> unused
    }

    fn unsigned(self, bytes: &[u8]) -> u64 {
        let mut wide = [0; 8];
        for (to, from) in wide.iter_mut().zip(bytes) {
            *to = *from;
        }
        let used = bytes.len().min(8);
        if self.is_big_endian {
            wide[..used].reverse();
        }
        u64::from_le_bytes(wide)
    }
}

impl fmt::Display for Element {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let name = match self.kind {
            Kind::Unsigned => "uint",
            Kind::Signed => "int",
            Kind::Boolean => "bool",
            Kind::Float => "float",
            Kind::Bfloat => "bfloat",
        };
        write!(f, "{name}{}", 8 * self.bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn element(kind: Kind, bytes: usize, is_big_endian: bool) -> Element {
        Element::new(kind, bytes, is_big_endian).expect("a known element")
    }

    #[test]
    fn numbers_of_any_type_width_and_byte_order() {
        // numpy.array([1.5, -2]).astype("<f2").tobytes() and so on, NumPy 2.4.6
        let cases: [(Kind, usize, bool, &[u8], [f64; 2]); 10] = [
            (Kind::Float, 2, false, &[0, 0x3e, 0, 0xc0], [1.5, -2.0]),
            (Kind::Float, 2, true, &[0x3e, 0, 0xc0, 0], [1.5, -2.0]),
            (Kind::Bfloat, 2, false, &[0xc0, 0x3f, 0, 0xc0], [1.5, -2.0]),
            (
                Kind::Float,
                4,
                true,
                &[0x3f, 0xc0, 0, 0, 0xc0, 0, 0, 0],
                [1.5, -2.0],
            ),
            (
                Kind::Float,
                8,
                false,
                &[0, 0, 0, 0, 0, 0, 0xf8, 0x3f, 0, 0, 0, 0, 0, 0, 0, 0xc0],
                [1.5, -2.0],
            ),
            (Kind::Signed, 2, false, &[0xfe, 0xff, 3, 0], [-2.0, 3.0]),
            (
                Kind::Signed,
                4,
                true,
                &[0xff, 0xff, 0xff, 0xfb, 0, 0, 1, 0],
                [-5.0, 256.0],
            ),
            (Kind::Signed, 1, false, &[0x80, 0x7f], [-128.0, 127.0]),
            (Kind::Unsigned, 1, false, &[255, 7], [255.0, 7.0]),
            (Kind::Boolean, 1, false, &[1, 0], [1.0, 0.0]),
        ];
        for (kind, width, is_big_endian, data, expected) in cases {
            let element = element(kind, width, is_big_endian);
            let (mut singles, mut doubles) = (Vec::new(), Vec::new());
            element.append_singles(data, &mut singles);
            element.append_doubles(data, &mut doubles);
            assert_eq!(doubles, expected, "{element}");
            assert_eq!(singles, expected.map(|v| v as f32), "{element}");
        }
        assert_eq!(
            element(Kind::Unsigned, 8, false).integer(&[255; 8]),
            i64::MAX
        );
        assert_eq!(element(Kind::Signed, 8, true).integer(&[255; 8]), -1);
        assert!(Element::new(Kind::Float, 1, false).is_none());
    }
}
