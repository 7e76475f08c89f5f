//! Pictures as PNG files.

use std::io::Cursor;

use formats::image::{Image, Samples};
use image::{DynamicImage, ImageBuffer, ImageFormat};

/// The bytes of a PNG file of a grey or RGB picture of 8 or 16 bits; none of any other.
pub fn encode(picture: &Image) -> Option<Vec<u8>> {
    let (width, height) = (picture.width as u32, picture.height as u32);
    let image: DynamicImage = match (&picture.samples, picture.channels) {
        (Samples::U8(samples), 1) => {
            DynamicImage::ImageLuma8(ImageBuffer::from_raw(width, height, samples.clone())?)
        }
        (Samples::U8(samples), 3) => {
            DynamicImage::ImageRgb8(ImageBuffer::from_raw(width, height, samples.clone())?)
        }
        (Samples::U16(samples), 1) => {
            DynamicImage::ImageLuma16(ImageBuffer::from_raw(width, height, samples.clone())?)
        }
        (Samples::U16(samples), 3) => {
            DynamicImage::ImageRgb16(ImageBuffer::from_raw(width, height, samples.clone())?)
        }
        _ => return None,
    };
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, ImageFormat::Png).ok()?;
    Some(bytes.into_inner())
}
