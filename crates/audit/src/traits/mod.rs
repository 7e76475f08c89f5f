//! What is kept of a picture once it was decoded: some 700 bytes.

mod alignment;
mod digest;
mod fields;
mod jpeg_quality;
mod look;
mod luma;
mod note;
mod signature;

use formats::image::{Image, Samples};

pub use digest::Digest;
pub use jpeg_quality::jpeg_quality;
pub use look::Look;
pub(crate) use look::{BANDS, bands, distance};
pub use signature::Signature;

/// What the audit knows of one picture beside its label.
#[derive(Clone, Debug, PartialEq)]
pub struct Traits {
    /// Digest of the bytes of its file.
    pub file: Digest,
    /// Digest of its decoded pixels, their shape and depth; grey stored as RGB counts as grey.
    pub pixels: Digest,
    /// Its fine structure; `None` for a picture of one shade, which looks like every other.
    pub look: Option<Look>,
    /// Columns, in pixels.
    pub width: u32,
    /// Rows, in pixels.
    pub height: u32,
    /// 1 (grey) or 3 (RGB), as stored.
    pub channels: u8,
    /// Bits a sample: 8, 16 or 32.
    pub depth: u8,
    /// Mean luma, 0 (black) to 1 (white).
    pub mean: f32,
    /// Standard deviation of luma over the pixels, 0 to 0.5.
    pub spread: f32,
    /// Bytes of its file.
    pub file_bytes: u64,
    /// What its first bytes say it is.
    pub signature: Signature,
    /// Quality from 1 to 100 at which a JPEG was written, as its quantisation table tells.
    pub jpeg_quality: Option<u8>,
}

impl Traits {
    /// The traits of a picture, from the bytes of its file and what they decode to.
    pub fn of(bytes: &[u8], image: &Image) -> Self {
        let scan = luma::Scan::of(image);
        Self {
            file: Digest::of_bytes(bytes),
            pixels: Digest::of_pixels(image),
            look: Look::of(&scan.thumbnail),
            width: u32::try_from(image.width).unwrap_or(u32::MAX),
            height: u32::try_from(image.height).unwrap_or(u32::MAX),
            channels: if image.channels == 1 { 1 } else { 3 },
            depth: match image.samples {
                Samples::U8(_) => 8,
                Samples::U16(_) => 16,
                Samples::F32(_) => 32,
            },
            mean: scan.mean,
            spread: scan.spread,
            file_bytes: bytes.len() as u64,
            signature: Signature::of(bytes),
            jpeg_quality: jpeg_quality(bytes),
        }
    }
}
