//! Protocol buffers, written.

/// A message being written. Tensors stay where they are until [`Message::into_bytes`].
#[derive(Default)]
pub struct Message<'a> {
    pieces: Vec<Piece<'a>>,
    length: usize,
}

enum Piece<'a> {
    Bytes(Vec<u8>),
    Floats(&'a [f32]),
}

/// How a value is laid out behind its key.
#[derive(Clone, Copy)]
enum Wire {
    Varint = 0,
    Length = 2,
    Fixed32 = 5,
}

impl<'a> Message<'a> {
    /// An integer or enumeration.
    pub(crate) fn int(&mut self, field: u32, value: i64) {
        self.key(field, Wire::Varint);
        // Negative numbers are written in two's complement of 64 bits.
        self.varint(value as u64);
    }

    /// A 32-bit float.
    pub(crate) fn float(&mut self, field: u32, value: f32) {
        self.key(field, Wire::Fixed32);
        self.bytes(&value.to_le_bytes());
    }

    /// A string.
    pub(crate) fn text(&mut self, field: u32, text: &str) {
        self.raw(field, text.as_bytes());
    }

    /// Bytes as they are.
    pub(crate) fn raw(&mut self, field: u32, bytes: &[u8]) {
        self.key(field, Wire::Length);
        self.varint(bytes.len() as u64);
        self.bytes(bytes);
    }

    /// Bytes: 32-bit floats, little endian.
    pub(crate) fn raw_floats(&mut self, field: u32, values: &'a [f32]) {
        self.key(field, Wire::Length);
        self.varint(4 * values.len() as u64);
        self.length += 4 * values.len();
        self.pieces.push(Piece::Floats(values));
    }

    /// A message inside this one.
    pub(crate) fn message(&mut self, field: u32, inner: Self) {
        self.key(field, Wire::Length);
        self.varint(inner.length as u64);
        self.length += inner.length;
        self.pieces.extend(inner.pieces);
    }

    /// Bytes that it takes.
    pub fn size(&self) -> usize {
        self.length
    }

    /// The message as it goes into a file.
    pub fn into_bytes(self) -> Vec<u8> {
        let mut all = Vec::with_capacity(self.length);
        for piece in self.pieces {
            match piece {
                Piece::Bytes(bytes) => all.extend(bytes),
                Piece::Floats(values) => all.extend(values.iter().flat_map(|v| v.to_le_bytes())),
            }
        }
        all
    }

    fn key(&mut self, field: u32, wire: Wire) {
        self.varint(u64::from(field) << 3 | wire as u64);
    }

    /// Seven bits a byte, the lowest first; the eighth bit says that more follow.
    fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.bytes(&[value as u8 | 0x80]);
            value >>= 7;
        }
        self.bytes(&[value as u8]);
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.length += bytes.len();
        match self.pieces.last_mut() {
            Some(Piece::Bytes(last)) => last.extend(bytes),
            _ => self.pieces.push(Piece::Bytes(bytes.to_vec())),
        }
    }
}
