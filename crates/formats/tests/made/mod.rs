//! Made DICOM files, attribute by attribute.

#![allow(dead_code, reason = "each test uses a part")]

/// Attributes in explicit little endian, in the order they are added.
#[derive(Clone, Default)]
pub struct Made {
    pub body: Vec<u8>,
}

impl Made {
    /// A grey picture of `rows × columns` whose cells have `allocated` bits, `stored` in use.
    pub fn grey(rows: u16, columns: u16, allocated: u16, stored: u16, signed: bool) -> Self {
        Self::default()
            .text(0x0008, 0x0060, b"CS", "CT")
            .text(0x0010, 0x0020, b"LO", "P-7")
            .word(0x0028, 0x0002, 1)
            .text(0x0028, 0x0004, b"CS", "MONOCHROME2")
            .word(0x0028, 0x0010, rows)
            .word(0x0028, 0x0011, columns)
            .word(0x0028, 0x0100, allocated)
            .word(0x0028, 0x0101, stored)
            .word(0x0028, 0x0102, stored - 1)
            .word(0x0028, 0x0103, signed.into())
    }

    /// A picture of three samples of 8 bits.
    pub fn colour(rows: u16, columns: u16, photometric: &str) -> Self {
        Self::default()
            .word(0x0028, 0x0002, 3)
            .text(0x0028, 0x0004, b"CS", photometric)
            .word(0x0028, 0x0010, rows)
            .word(0x0028, 0x0011, columns)
            .word(0x0028, 0x0100, 8)
            .word(0x0028, 0x0101, 8)
            .word(0x0028, 0x0102, 7)
            .word(0x0028, 0x0103, 0)
    }

    pub fn bytes(mut self, group: u16, element: u16, vr: &[u8; 2], value: &[u8]) -> Self {
        self.body.extend(group.to_le_bytes());
        self.body.extend(element.to_le_bytes());
        self.body.extend(vr);
        if matches!(vr, b"OB" | b"OW" | b"SQ" | b"UN") {
            self.body.extend([0, 0]);
            self.body.extend((value.len() as u32).to_le_bytes());
        } else {
            self.body.extend((value.len() as u16).to_le_bytes());
        }
        self.body.extend(value);
        self
    }

    pub fn text(self, group: u16, element: u16, vr: &[u8; 2], text: &str) -> Self {
        let mut value = text.as_bytes().to_vec();
        if value.len() % 2 == 1 {
            value.push(if vr == b"UI" { 0 } else { b' ' });
        }
        self.bytes(group, element, vr, &value)
    }

    pub fn word(self, group: u16, element: u16, word: u16) -> Self {
        self.bytes(group, element, b"US", &word.to_le_bytes())
    }

    pub fn words(self, group: u16, element: u16, vr: &[u8; 2], words: &[u16]) -> Self {
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        self.bytes(group, element, vr, &bytes)
    }

    /// A sequence of one item.
    pub fn item(self, group: u16, element: u16, item: Self) -> Self {
        let mut value = vec![0xfe, 0xff, 0x00, 0xe0];
        value.extend((item.body.len() as u32).to_le_bytes());
        value.extend(item.body);
        self.bytes(group, element, b"SQ", &value)
    }

    /// Replaces the word of an attribute that is there.
    pub fn with_word(mut self, group: u16, element: u16, word: u16) -> Self {
        let mut head = group.to_le_bytes().to_vec();
        head.extend(element.to_le_bytes());
        head.extend(b"US\x02\x00");
        let at = self.body.windows(8).position(|bytes| bytes == head);
        if let Some(at) = at {
            self.body[at + 8..at + 10].copy_from_slice(&word.to_le_bytes());
        }
        self
    }

    pub fn window(self, center: &str, width: &str) -> Self {
        self.text(0x0028, 0x1050, b"DS", center)
            .text(0x0028, 0x1051, b"DS", width)
    }

    pub fn rescale(self, slope: &str, intercept: &str) -> Self {
        self.text(0x0028, 0x1052, b"DS", intercept)
            .text(0x0028, 0x1053, b"DS", slope)
    }

    pub fn pixels16(self, cells: &[u16]) -> Self {
        self.words(0x7fe0, 0x0010, b"OW", cells)
    }

    pub fn pixels8(self, cells: &[u8]) -> Self {
        self.bytes(0x7fe0, 0x0010, b"OB", cells)
    }

    /// Compressed pixels: an empty offset table, then one fragment a frame.
    pub fn fragments(mut self, fragments: &[&[u8]]) -> Self {
        self.body.extend([0xe0, 0x7f, 0x10, 0x00]);
        self.body.extend(b"OB\0\0\xff\xff\xff\xff");
        for fragment in [&[][..]].iter().chain(fragments) {
            self.body.extend([0xfe, 0xff, 0x00, 0xe0]);
            self.body.extend((fragment.len() as u32).to_le_bytes());
            self.body.extend(*fragment);
        }
        self.body.extend([0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0]);
        self
    }

    /// The file: preamble, header, data set.
    pub fn file(self, syntax: &str) -> Vec<u8> {
        let header = Self::default().text(0x0002, 0x0010, b"UI", syntax);
        let mut file = vec![0; 128];
        file.extend(b"DICM");
        file.extend(header.body);
        file.extend(self.body);
        file
    }

    /// The file in explicit little endian.
    pub fn plain(self) -> Vec<u8> {
        self.file("1.2.840.10008.1.2.1")
    }
}
