//! The decoder within bounds, and its errors in our words.

use std::io::Cursor;

use tiff::decoder::{Decoder, Limits};

use crate::bounds;
use crate::error::ImageError;
use crate::facts::Format;

pub(crate) type TiffReader<'a> = Decoder<Cursor<&'a [u8]>>;

pub(crate) fn failed(error: tiff::TiffError) -> ImageError {
    match error {
        tiff::TiffError::UnsupportedError(kind) => ImageError::unsupported(
            Format::Tiff,
            kind.to_string().trim_end_matches('.'),
            "save it without compression, or as PNG",
        ),
        other => ImageError::damaged(Format::Tiff, other),
    }
}

pub(crate) fn limited(bytes: &[u8]) -> Result<TiffReader<'_>, ImageError> {
    let mut limits = Limits::default();
    limits.decoding_buffer_size = bounds::MAX_PIXELS as usize * 8;
    limits.intermediate_buffer_size = bounds::MAX_PIXELS as usize * 8;
    limits.ifd_value_size = 16 << 20;
    Ok(Decoder::new(Cursor::new(bytes))
        .map_err(failed)?
        .with_limits(limits))
}
