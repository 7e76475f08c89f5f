//! Protocol buffers, read.

use thiserror::Error;

/// Bytes that are no protocol buffer, or not the one that is expected.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("at byte {offset}, {reason}")]
pub struct Damage {
    /// Where, in bytes from the start of the file.
    pub offset: usize,
    /// What the reader expected and found.
    pub reason: String,
}

/// The fields of a message in the order of the file. Nothing is copied: what a field holds is a
/// part of the file, so that a length which is not true costs nothing.
pub struct Fields<'a> {
    rest: &'a [u8],
    /// Where `rest` begins in the file, in bytes.
    offset: usize,
}

/// One field of a message.
pub struct Field<'a> {
    /// Number of the field.
    pub number: u64,
    /// Where what it holds begins in the file, in bytes.
    offset: usize,
    content: Content<'a>,
}

enum Content<'a> {
    Varint(u64),
    /// Four or eight bytes.
    Fixed(&'a [u8]),
    Bytes(&'a [u8]),
}

impl<'a> Fields<'a> {
    /// The fields of the message that is the whole of `bytes`.
    pub fn of_file(bytes: &'a [u8]) -> Self {
        Self {
            rest: bytes,
            offset: 0,
        }
    }

    fn read(&mut self) -> Result<Field<'a>, Damage> {
        let key = self.varint()?;
        let number = key >> 3;
        let offset = self.offset;
        let content = match key & 7 {
            0 => Content::Varint(self.varint()?),
            1 => Content::Fixed(self.take(8)?),
            2 => {
                let length = self.varint()?;
                Content::Bytes(self.take(length)?)
            }
            5 => Content::Fixed(self.take(4)?),
            wire => {
                let reason = format!("field {number} is of the unknown wire type {wire}");
                return Err(Damage { offset, reason });
            }
        };
        // The content ends where the rest begins, also behind a length.
        let offset = match &content {
            Content::Bytes(bytes) => self.offset - bytes.len(),
            _ => offset,
        };
        Ok(Field {
            number,
            offset,
            content,
        })
    }

    fn varint(&mut self) -> Result<u64, Damage> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.take(1)?[0];
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        let reason = "a number has more than ten bytes".into();
        Err(Damage {
            offset: self.offset,
            reason,
        })
    }

    fn take(&mut self, length: u64) -> Result<&'a [u8], Damage> {
        let taken = usize::try_from(length)
            .ok()
            .and_then(|length| self.rest.split_at_checked(length));
        let Some((taken, rest)) = taken else {
            let left = self.rest.len();
            let reason = format!("{length} bytes should follow and there are {left}");
            return Err(Damage {
                offset: self.offset,
                reason,
            });
        };
        self.rest = rest;
        self.offset += taken.len();
        Ok(taken)
    }
}

/// Ends behind the first error.
impl<'a> Iterator for Fields<'a> {
    type Item = Result<Field<'a>, Damage>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let field = self.read();
        if field.is_err() {
            self.rest = &[];
        }
        Some(field)
    }
}

impl<'a> Field<'a> {
    /// The field as an integer or enumeration.
    pub fn int(&self) -> Result<i64, Damage> {
        match self.content {
            Content::Varint(value) => Ok(value as i64),
            _ => Err(self.unexpected("an integer")),
        }
    }

    /// The field as a string.
    pub fn text(&self) -> Result<String, Damage> {
        self.word().map(str::to_owned)
    }

    /// The same where it lies in the file.
    pub fn word(&self) -> Result<&'a str, Damage> {
        let bytes = self.bytes()?;
        str::from_utf8(bytes).map_err(|_| self.unexpected("a string in UTF-8"))
    }

    /// What the field holds, as it lies in the file.
    pub fn bytes(&self) -> Result<&'a [u8], Damage> {
        match self.content {
            Content::Bytes(bytes) => Ok(bytes),
            _ => Err(self.unexpected("a string, bytes or a message")),
        }
    }

    /// The field as a 32-bit float.
    pub fn float(&self) -> Result<f32, Damage> {
        match self.content {
            Content::Fixed(&[a, b, c, d]) => Ok(f32::from_le_bytes([a, b, c, d])),
            _ => Err(self.unexpected("a 32-bit float")),
        }
    }

    /// The little-endian bytes of one number of fixed size, or of a list of them.
    pub fn fixed(&self) -> Result<&'a [u8], Damage> {
        match self.content {
            Content::Fixed(bytes) | Content::Bytes(bytes) => Ok(bytes),
            Content::Varint(_) => Err(self.unexpected("numbers of fixed size")),
        }
    }

    /// Adds the integers of a field that holds one or a list of them, up to `limit` in all.
    pub fn ints(&self, into: &mut Vec<i64>, limit: usize) -> Result<(), Damage> {
        match self.content {
            Content::Varint(value) => into.push(value as i64),
            Content::Bytes(rest) => {
                let mut list = Fields {
                    rest,
                    offset: self.offset,
                };
                while !list.rest.is_empty() && into.len() <= limit {
                    into.push(list.varint()? as i64);
                }
            }
            Content::Fixed(_) => return Err(self.unexpected("integers")),
        }
        match into.len() > limit {
            true => Err(self.unexpected(&format!("at most {limit} integers"))),
            false => Ok(()),
        }
    }

    /// The fields of the message that the field holds.
    pub fn message(&self) -> Result<Fields<'a>, Damage> {
        match self.content {
            Content::Bytes(rest) => Ok(Fields {
                rest,
                offset: self.offset,
            }),
            _ => Err(self.unexpected("a message")),
        }
    }

    /// That the field should have held something else.
    pub fn unexpected(&self, expected: &str) -> Damage {
        let reason = format!("expected {expected} in field {}", self.number);
        Damage {
            offset: self.offset,
            reason,
        }
    }
}
