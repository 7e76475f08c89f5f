//! Thrift's compact protocol, as far as the metadata of Parquet needs it.

/// Types of fields and of elements of lists.
const I32: u8 = 5;
const I64: u8 = 6;
const BINARY: u8 = 8;
const LIST: u8 = 9;
const STRUCT: u8 = 12;

/// A structure that is being written; its fields in rising order.
#[derive(Clone, Debug, Default)]
pub(super) struct Structure {
    bytes: Vec<u8>,
    last: u8,
}

impl Structure {
    pub(super) fn new() -> Self {
        Self::default()
    }

    pub(super) fn i32(mut self, field: u8, value: i32) -> Self {
        self.begin(field, I32);
        varint(&mut self.bytes, zigzag(value.into()));
        self
    }

    pub(super) fn i64(mut self, field: u8, value: i64) -> Self {
        self.begin(field, I64);
        varint(&mut self.bytes, zigzag(value));
        self
    }

    pub(super) fn text(mut self, field: u8, text: &str) -> Self {
        self.begin(field, BINARY);
        binary(&mut self.bytes, text);
        self
    }

    pub(super) fn structure(mut self, field: u8, structure: Self) -> Self {
        self.begin(field, STRUCT);
        self.bytes.extend(structure.written());
        self
    }

    pub(super) fn i32s(mut self, field: u8, values: &[i32]) -> Self {
        self.list(field, I32, values.len());
        for value in values {
            varint(&mut self.bytes, zigzag((*value).into()));
        }
        self
    }

    pub(super) fn texts(mut self, field: u8, texts: &[&str]) -> Self {
        self.list(field, BINARY, texts.len());
        for text in texts {
            binary(&mut self.bytes, text);
        }
        self
    }

    pub(super) fn structures(mut self, field: u8, structures: Vec<Self>) -> Self {
        self.list(field, STRUCT, structures.len());
        for structure in structures {
            self.bytes.extend(structure.written());
        }
        self
    }

    /// Its bytes.
    pub(super) fn written(mut self) -> Vec<u8> {
        self.bytes.push(0);
        self.bytes
    }

    /// Fields are told by how much their number is above the last one's: by 15 at most.
    fn begin(&mut self, field: u8, kind: u8) {
        self.bytes.push((field - self.last) << 4 | kind);
        self.last = field;
    }

    fn list(&mut self, field: u8, kind: u8, size: usize) {
        self.begin(field, LIST);
        match size {
            0..15 => self.bytes.push((size as u8) << 4 | kind),
            size => {
                self.bytes.push(0xf0 | kind);
                varint(&mut self.bytes, size as u64);
            }
        }
    }
}

fn binary(to: &mut Vec<u8>, text: &str) {
    varint(to, text.len() as u64);
    to.extend(text.as_bytes());
}

fn zigzag(value: i64) -> u64 {
    ((value << 1) ^ (value >> 63)) as u64
}

/// Seven bits a byte, the lowest first.
pub(super) fn varint(to: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        to.push(value as u8 | 0x80);
        value >>= 7;
    }
    to.push(value as u8);
}
