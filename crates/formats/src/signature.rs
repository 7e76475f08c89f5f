//! What a file is, by its first bytes.

/// Bytes that [`kind_by_signature`] looks at.
pub const SIGNATURE_BYTES: usize = 160;

/// A kind of picture file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Portable Network Graphics.
    Png,
    /// JPEG.
    Jpeg,
}

/// The kind of a picture from the first [`SIGNATURE_BYTES`] of its file, or all there are.
pub fn kind_by_signature(first: &[u8]) -> Option<Kind> {
    if first.starts_with(b"\x89PNG\r\n\x1a\n") {
        Some(Kind::Png)
    } else {
        first.starts_with(b"\xff\xd8\xff").then_some(Kind::Jpeg)
    }
}
