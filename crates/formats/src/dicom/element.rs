//! One attribute of a data set, as bytes of the file, and its values.

use crate::dicom::tag::Tag;

/// How a data set is written (PS3.5, 7.1 and 7.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Encoding {
    /// Whether each attribute names its value representation.
    pub(crate) explicit: bool,
    /// Whether numbers begin with their highest byte.
    pub(crate) big: bool,
}

impl Encoding {
    pub(crate) const EXPLICIT: Self = Self {
        explicit: true,
        big: false,
    };
    pub(crate) const IMPLICIT: Self = Self {
        explicit: false,
        big: false,
    };

    pub(crate) fn u16(self, pair: [u8; 2]) -> u16 {
        if self.big {
            u16::from_be_bytes(pair)
        } else {
            u16::from_le_bytes(pair)
        }
    }

    pub(crate) fn u32(self, four: [u8; 4]) -> u32 {
        if self.big {
            u32::from_be_bytes(four)
        } else {
            u32::from_le_bytes(four)
        }
    }
}

/// One attribute; its value borrows from the file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Element<'a> {
    pub(crate) tag: Tag,
    /// Value representation, `UN` where the file does not say it.
    pub(crate) vr: [u8; 2],
    pub(crate) value: &'a [u8],
    pub(crate) encoding: Encoding,
    /// Whether the length is undefined: the value is a sequence of items.
    pub(crate) undefined: bool,
}

impl<'a> Element<'a> {
    /// Text without padding: UTF-8 where it is that, else read as ISO 8859-1, so that equal bytes
    /// give equal text whatever character set the file declares.
    pub(crate) fn text(&self) -> String {
        let end = self.value.iter().rposition(|b| !matches!(b, 0 | b' '));
        let trimmed = &self.value[..end.map_or(0, |at| at + 1)];
        match std::str::from_utf8(trimmed) {
            Ok(text) => text.trim().to_owned(),
            Err(_) => {
                let text: String = trimmed.iter().map(|&b| char::from(b)).collect();
                text.trim().to_owned()
            }
        }
    }

    /// The values of an attribute of several, which a backslash parts.
    pub(crate) fn texts(&self) -> Vec<String> {
        let text = self.text();
        if text.is_empty() {
            return Vec::new();
        }
        text.split('\\')
            .map(|part| part.trim().to_owned())
            .collect()
    }

    /// Decimal or integer strings, or binary floating-point numbers, that are finite.
    pub(crate) fn numbers(&self) -> Vec<f64> {
        match &self.vr {
            b"FD" => self.doubles().filter(|number| number.is_finite()).collect(),
            b"US" | b"SS" => self.words().map(|word| self.signed(word).into()).collect(),
            _ => self
                .texts()
                .iter()
                .filter_map(|text| text.parse().ok())
                .filter(|number: &f64| number.is_finite())
                .collect(),
        }
    }

    /// The first number.
    pub(crate) fn number(&self) -> Option<f64> {
        self.numbers().first().copied()
    }

    /// Binary words of 16 bits.
    pub(crate) fn words(&self) -> impl Iterator<Item = u16> + use<'a> {
        let encoding = self.encoding;
        self.value
            .chunks_exact(2)
            .map(move |pair| encoding.u16([pair[0], pair[1]]))
    }

    /// The first word, or the number that text tells.
    pub(crate) fn word(&self) -> Option<u16> {
        match &self.vr {
            b"IS" | b"DS" => self.number().map(|number| number as u16),
            _ => self.words().next(),
        }
    }

    fn doubles(&self) -> impl Iterator<Item = f64> + use<'a> {
        let big = self.encoding.big;
        self.value.chunks_exact(8).map(move |eight| {
            let mut bytes = [0; 8];
            bytes.copy_from_slice(eight);
            if big {
                f64::from_be_bytes(bytes)
            } else {
                f64::from_le_bytes(bytes)
            }
        })
    }

    fn signed(&self, word: u16) -> i32 {
        if &self.vr == b"SS" {
            i32::from(word as i16)
        } else {
            i32::from(word)
        }
    }
}
