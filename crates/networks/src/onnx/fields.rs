//! Protocol buffers, read.

use super::error::OnnxError;

/// The fields of a message in the order of the file. Nothing is copied: what a field holds is a
/// part of the file, so that a length which is not true costs nothing.
pub(super) struct Fields<'a> {
    rest: &'a [u8],
    /// Where `rest` begins in the file, in bytes.
    offset: usize,
}

/// One field of a message.
pub(super) struct Field<'a> {
    /// Number of the field.
    pub(super) number: u64,
    /// Where what it holds begins in the file, in bytes.
    offset: usize,
    content: Content<'a>,
}

enum Content<'a> {
    Varint(u64),
    Fixed,
    Bytes(&'a [u8]),
}

impl<'a> Fields<'a> {
    /// The fields of the message that is the whole file.
    pub(super) fn of_file(bytes: &'a [u8]) -> Self {
        Self {
            rest: bytes,
            offset: 0,
        }
    }

    fn read(&mut self) -> Result<Field<'a>, OnnxError> {
        let key = self.varint()?;
        let number = key >> 3;
        let offset = self.offset;
        let content = match key & 7 {
            0 => Content::Varint(self.varint()?),
            1 => self.take(8).map(|_| Content::Fixed)?,
            2 => {
                let length = self.varint()?;
                Content::Bytes(self.take(length)?)
            }
            5 => self.take(4).map(|_| Content::Fixed)?,
            wire => {
                let reason = format!("field {number} is of the unknown wire type {wire}");
                return Err(OnnxError::damaged(offset, reason));
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

    fn varint(&mut self) -> Result<u64, OnnxError> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.take(1)?[0];
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        let reason = "a number has more than ten bytes".into();
        Err(OnnxError::damaged(self.offset, reason))
    }

    fn take(&mut self, length: u64) -> Result<&'a [u8], OnnxError> {
        let taken = usize::try_from(length)
            .ok()
            .and_then(|length| self.rest.split_at_checked(length));
        let Some((taken, rest)) = taken else {
            let left = self.rest.len();
            let reason = format!("{length} bytes should follow and there are {left}");
            return Err(OnnxError::damaged(self.offset, reason));
        };
        self.rest = rest;
        self.offset += taken.len();
        Ok(taken)
    }
}

/// Ends behind the first error.
impl<'a> Iterator for Fields<'a> {
    type Item = Result<Field<'a>, OnnxError>;

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
    pub(super) fn int(&self) -> Result<i64, OnnxError> {
        match self.content {
            Content::Varint(value) => Ok(value as i64),
            _ => Err(self.unexpected("an integer")),
        }
    }

    /// The field as a string.
    pub(super) fn text(&self) -> Result<String, OnnxError> {
        match self.content {
            Content::Bytes(bytes) => match str::from_utf8(bytes) {
                Ok(text) => Ok(text.into()),
                Err(_) => Err(self.unexpected("a string in UTF-8")),
            },
            _ => Err(self.unexpected("a string")),
        }
    }

    /// The fields of the message that the field holds.
    pub(super) fn message(&self) -> Result<Fields<'a>, OnnxError> {
        match self.content {
            Content::Bytes(rest) => Ok(Fields {
                rest,
                offset: self.offset,
            }),
            _ => Err(self.unexpected("a message")),
        }
    }

    fn unexpected(&self, expected: &str) -> OnnxError {
        let reason = format!("expected {expected} in field {}", self.number);
        OnnxError::damaged(self.offset, reason)
    }
}
