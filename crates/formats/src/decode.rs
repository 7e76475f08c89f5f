//! The one way in: from bytes to a picture and its facts.

use std::path::Path;

use outside::ReadError;

use crate::decoded::Decoded;
use crate::dicom;
use crate::dicom::transfer_syntax::TransferSyntax;
use crate::error::ImageError;
use crate::facts::Format;
use crate::guard::guarded;
use crate::image::{Image, Samples};
use crate::reading::Reading;
use crate::signature::{Kind, describe, kind_by_signature};
use crate::{bmp, gif, jpeg, jpeg2000, png, tiff, webp};

pub use crate::bounds::{MAX_FILE_BYTES, MAX_PIXELS};
pub use crate::decoders::DECODER;

/// Reads a whole regular file of at most `limit` bytes.
pub fn read_bounded(path: &Path, limit: u64) -> Result<Vec<u8>, ImageError> {
    outside::read(path, limit).map_err(|error| match error {
        ReadError::TooLarge { found, limit } => ImageError::FileTooLarge { found, limit },
        ReadError::Io(error) => ImageError::Io(error.to_string()),
    })
}

/// Decodes a picture as [`Reading::default`] says, if that gives grey or RGB of 8 or 16 bits.
/// Floating-point samples and other numbers of channels are refused: whoever takes them has to
/// know what they mean, and calls [`decode_with`].
pub fn decode(bytes: &[u8]) -> Result<Image, ImageError> {
    let Decoded { image, facts } = decode_with(bytes, &Reading::default())?;
    let found = match (&image.samples, image.channels) {
        (Samples::F32(_), _) => "floating-point or signed samples".to_owned(),
        (_, 1 | 3) => return Ok(image),
        (_, channels) => format!("{channels} channels"),
    };
    let remedy = "save it as grey or RGB of 8 or 16 bits";
    Err(ImageError::unsupported(facts.format, found, remedy))
}

/// Decodes a picture by its content, whatever its name, to grey or RGB (or the channels of a
/// stack): palettes are expanded, an alpha channel is dropped, an EXIF orientation is applied.
/// Samples keep the depth they are stored with; of DICOM files see [`dicom`].
pub fn decode_with(bytes: &[u8], reading: &Reading) -> Result<Decoded, ImageError> {
    if bytes.is_empty() {
        return Err(ImageError::Empty);
    }
    let kind = kind_by_signature(bytes).ok_or_else(|| ImageError::Unknown {
        found: describe(bytes),
    })?;
    let mut decoded = guarded(format_of(kind), || match kind {
        Kind::Png => png::decode(bytes),
        Kind::Jpeg => jpeg::decode(bytes),
        Kind::Tiff => tiff::decode(bytes, reading.frame),
        Kind::WebP => webp::decode(bytes, reading.frame),
        Kind::Bmp => bmp::decode(bytes),
        Kind::Gif => gif::decode(bytes, reading.frame),
        Kind::Jpeg2000 => jpeg2000::decode(bytes),
        Kind::Dicom => dicom::decode(bytes, reading),
    })?;
    if let Samples::U16(samples) = &decoded.image.samples {
        decoded.facts.maximum = samples.iter().copied().max();
    }
    Ok(decoded)
}

fn format_of(kind: Kind) -> Format {
    match kind {
        Kind::Png => Format::Png,
        Kind::Jpeg => Format::Jpeg,
        Kind::Tiff => Format::Tiff,
        Kind::WebP => Format::WebP,
        Kind::Bmp => Format::Bmp,
        Kind::Gif => Format::Gif,
        Kind::Jpeg2000 => Format::Jpeg2000,
        Kind::Dicom => Format::Dicom(TransferSyntax::Other),
    }
}
