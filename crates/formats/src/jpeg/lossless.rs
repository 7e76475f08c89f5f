//! Lossless JPEGs (process 14), 2 to 16 bits.

use jpeg_decoder::{ColorTransform, Decoder, PixelFormat};

use crate::error::ImageError;
use crate::facts::Format;
use crate::image::Samples;

/// Decodes to samples of shape `[height, width, components]` as stored, without a colour
/// transform.
pub(crate) fn decode(bytes: &[u8]) -> Result<Samples, ImageError> {
    let failed = |e: jpeg_decoder::Error| ImageError::damaged(Format::Jpeg, e);
    let mut decoder = Decoder::new(bytes);
    decoder.set_color_transform(ColorTransform::None);
    let samples = decoder.decode().map_err(failed)?;
    match decoder.info().map(|info| info.pixel_format) {
        Some(PixelFormat::L16) => Ok(Samples::U16(
            samples
                .chunks_exact(2)
                .map(|pair| u16::from_ne_bytes([pair[0], pair[1]]))
                .collect(),
        )),
        _ => Ok(Samples::U8(samples)),
    }
}
