//! What the formats that the `image` crate decodes have in common.

use image::{ColorType, DynamicImage, ImageDecoder, Limits};

use crate::bounds;
use crate::error::ImageError;
use crate::facts::Format;
use crate::image::{Image, Samples};
use crate::orientation;

/// What came out of a decoder.
pub(crate) struct Raster {
    /// The picture, upright, without alpha.
    pub(crate) image: Image,
    /// The EXIF orientation that was applied, 1 to 8.
    pub(crate) orientation: u8,
    /// Whether there was an alpha channel.
    pub(crate) alpha: bool,
}

/// Runs a decoder within bounds.
pub(crate) fn read(
    format: Format,
    decoder: Result<impl ImageDecoder, image::ImageError>,
) -> Result<Raster, ImageError> {
    let failed = |e: image::ImageError| ImageError::damaged(format, e);
    let mut decoder = decoder.map_err(failed)?;
    let (width, height) = decoder.dimensions();
    bounds::check(width.into(), height.into(), 1)?;
    let mut limits = Limits::default();
    limits.max_alloc = Some(bounds::MAX_PIXELS * 8 + (64 << 20));
    decoder.set_limits(limits).map_err(failed)?;
    let orientation = decoder.orientation().map_or(1, |o| o.to_exif());
    let colour = decoder.color_type();
    let picture = DynamicImage::from_decoder(decoder).map_err(failed)?;
    let samples = match colour {
        ColorType::L8 | ColorType::La8 => Samples::U8(picture.into_luma8().into_raw()),
        ColorType::L16 | ColorType::La16 => Samples::U16(picture.into_luma16().into_raw()),
        ColorType::Rgb16 | ColorType::Rgba16 => Samples::U16(picture.into_rgb16().into_raw()),
        _ => Samples::U8(picture.into_rgb8().into_raw()),
    };
    let image = Image {
        width: width as usize,
        height: height as usize,
        channels: if colour.has_color() { 3 } else { 1 },
        samples,
    };
    Ok(Raster {
        image: orientation::apply(image, orientation),
        orientation,
        alpha: colour.has_alpha(),
    })
}
