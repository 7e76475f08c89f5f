//! What a file is, by its first bytes.

use serde::Serialize;

use crate::dicom;

/// A kind of picture file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum Kind {
    /// Portable Network Graphics.
    Png,
    /// JPEG.
    Jpeg,
    /// TIFF or BigTIFF.
    Tiff,
    /// WebP.
    WebP,
    /// Windows bitmap.
    Bmp,
    /// GIF.
    Gif,
    /// JPEG 2000.
    Jpeg2000,
    /// DICOM, with or without its preamble.
    Dicom,
}

/// Bytes that [`kind_by_signature`] looks at.
pub const SIGNATURE_BYTES: usize = 160;

/// The kind of a picture from the first [`SIGNATURE_BYTES`] of its file, or all there are.
pub fn kind_by_signature(first: &[u8]) -> Option<Kind> {
    let riff = first.starts_with(b"RIFF") && first.get(8..12) == Some(b"WEBP");
    let starts = |signature: &[u8]| first.starts_with(signature);
    // The preamble of a DICOM file may be the head of a TIFF: the pixels' meaning is in DICOM's.
    if first.get(128..132) == Some(b"DICM") {
        Some(Kind::Dicom)
    } else if starts(b"\x89PNG\r\n\x1a\n") {
        Some(Kind::Png)
    } else if starts(b"\xff\xd8\xff") {
        Some(Kind::Jpeg)
    } else if [b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"]
        .iter()
        .any(|s| starts(*s))
    {
        Some(Kind::Tiff)
    } else if riff {
        Some(Kind::WebP)
    } else if starts(b"GIF87a") || starts(b"GIF89a") {
        Some(Kind::Gif)
    } else if starts(b"\0\0\0\x0cjP  \r\n\x87\n") || starts(b"\xff\x4f\xff\x51") {
        Some(Kind::Jpeg2000)
    } else if dicom::looks_like(first) {
        Some(Kind::Dicom)
    } else if is_bitmap(first) {
        Some(Kind::Bmp)
    } else {
        None
    }
}

/// `BM`, then the size of a header that exists: two letters alone would take in text.
fn is_bitmap(first: &[u8]) -> bool {
    first.starts_with(b"BM")
        && first.get(14..18).is_some_and(|size| {
            matches!(
                u32::from_le_bytes([size[0], size[1], size[2], size[3]]),
                12 | 16 | 40 | 52 | 56 | 64 | 108 | 124
            )
        })
}

/// What bytes that are no picture look like, for messages.
pub(crate) fn describe(first: &[u8]) -> String {
    let known: &[(&[u8], &str)] = &[
        (b"%PDF", "a PDF document"),
        (
            b"version https://git-lfs",
            "a pointer of Git LFS (run git lfs pull)",
        ),
        (b"PK\x03\x04", "a ZIP archive"),
        (b"\x1f\x8b", "a gzip archive (unpack it first)"),
        (b"\x93NUMPY", "a NumPy array"),
        (b"\xff\x0a", "JPEG XL"),
        (b"\0\0\0\x0cJXL ", "JPEG XL"),
        (b"8BPS", "a Photoshop document"),
        (b"<?xml", "XML text"),
        (b"<svg", "an SVG drawing"),
        (b"\x89HDF", "an HDF5 file"),
        (b"NRRD", "an NRRD volume"),
        (b"P5", "a Netpbm picture"),
        (b"P6", "a Netpbm picture"),
    ];
    if let Some((_, name)) = known.iter().find(|(start, _)| first.starts_with(start)) {
        return (*name).into();
    }
    if first.get(4..8) == Some(b"ftyp") {
        return "an HEIF, AVIF or video file".into();
    }
    if first.get(344..347) == Some(b"n+1") {
        return "a NIfTI volume".into();
    }
    let hex: Vec<String> = first.iter().take(8).map(|b| format!("{b:02x}")).collect();
    format!("bytes that begin {}", hex.join(" "))
}
