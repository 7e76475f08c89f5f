//! The discrete-cosine JPEGs of 8 bits: baseline, extended sequential, progressive.

use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;

use crate::error::ImageError;
use crate::facts::Format;
use crate::jpeg::header::Header;

/// What three components shall become.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Components {
    /// RGB, from whatever the file says they are.
    Rgb,
    /// As they are stored.
    Stored,
}

/// Decodes to samples of shape `[height, width, components]`. Pictures of one component stay so;
/// those of four become RGB under [`Components::Rgb`].
pub(crate) fn decode(
    bytes: &[u8],
    header: &Header,
    wanted: Components,
) -> Result<Vec<u8>, ImageError> {
    let without;
    let bytes = match &header.short_adobe {
        Some(short) => {
            without = [&bytes[..short.start], &bytes[short.end..]].concat();
            &without
        }
        None => bytes,
    };
    let failed = |e: zune_jpeg::errors::DecodeErrors| ImageError::damaged(Format::Jpeg, e);
    let options = DecoderOptions::default()
        .set_strict_mode(false)
        .set_max_width(usize::from(u16::MAX))
        .set_max_height(usize::from(u16::MAX));
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    decoder.decode_headers().map_err(failed)?;
    let told = decoder.input_colorspace().unwrap_or(ColorSpace::YCbCr);
    let target = match (header.components.len(), told, wanted) {
        (1, ..) => ColorSpace::Luma,
        // Three components without a transform: the decoder calls that CMYK until the scan.
        (3, ColorSpace::CMYK, _) | (.., Components::Rgb) => ColorSpace::RGB,
        (_, told, Components::Stored) => told,
    };
    decoder.set_options(decoder.options().jpeg_set_out_colorspace(target));
    decoder.decode().map_err(failed)
}
