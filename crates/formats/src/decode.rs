//! From the bytes of a PNG or JPEG to a picture.

use std::fs::File;
use std::io::{Cursor, Read as _};
use std::path::Path;

use image::{ColorType, DynamicImage, ImageDecoder as _, ImageFormat, ImageReader, Limits};

use crate::error::ImageError;
use crate::image::{Image, Samples};

/// The decoders in use; part of every content hash of picture files.
pub const DECODER: &str = "image 0.25.10, png 0.18.1, zune-jpeg 0.5.15";
/// Most bytes of one file: 1 GiB.
pub const MAX_FILE_BYTES: u64 = 1 << 30;
/// Most pixels of one picture: 100 megapixels.
pub const MAX_PIXELS: u64 = 100_000_000;

/// Reads a whole file of at most `limit` bytes.
pub fn read_bounded(path: &Path, limit: u64) -> Result<Vec<u8>, ImageError> {
    let io = |e: std::io::Error| ImageError::Io(e.to_string());
    let file = File::open(path).map_err(io)?;
    let found = file.metadata().map_err(io)?.len();
    if found > limit {
        return Err(ImageError::FileTooLarge { found, limit });
    }
    let mut bytes = Vec::with_capacity(found as usize);
    // The file may grow between the two calls.
    file.take(limit + 1).read_to_end(&mut bytes).map_err(io)?;
    if bytes.len() as u64 > limit {
        return Err(ImageError::FileTooLarge {
            found: bytes.len() as u64,
            limit,
        });
    }
    Ok(bytes)
}

/// Decodes a PNG or JPEG (by content, not by name) to grey or RGB at 8 or 16 bits a sample.
/// Palettes are expanded; an alpha channel is dropped; orientation tags are not applied.
pub fn decode(bytes: &[u8]) -> Result<Image, ImageError> {
    if bytes.is_empty() {
        return Err(ImageError::Empty);
    }
    let failed = |e: image::ImageError| ImageError::Decode(e.to_string());
    let mut reader = ImageReader::new(Cursor::new(bytes))
        .with_guessed_format()
        .map_err(|e| ImageError::Io(e.to_string()))?;
    match reader.format() {
        Some(ImageFormat::Png) => {}
        // The JPEG decoder fills a missing rest with grey; a picture half grey must not pass.
        Some(ImageFormat::Jpeg) if !jpeg_ends(bytes) => return Err(ImageError::Truncated),
        Some(ImageFormat::Jpeg) => {}
        Some(other) => return Err(ImageError::Decode(format!("found {other:?}"))),
        None => return Err(ImageError::Decode("found neither signature".into())),
    }
    let mut limits = Limits::default();
    limits.max_image_width = Some(u32::from(u16::MAX));
    limits.max_image_height = Some(u32::from(u16::MAX));
    limits.max_alloc = Some(MAX_PIXELS * 8 + (64 << 20));
    reader.limits(limits);
    let decoder = reader.into_decoder().map_err(failed)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(ImageError::TooManyPixels {
            width,
            height,
            limit: MAX_PIXELS,
        });
    }
    let grey = matches!(
        decoder.color_type(),
        ColorType::L8 | ColorType::La8 | ColorType::L16 | ColorType::La16
    );
    let picture = DynamicImage::from_decoder(decoder).map_err(failed)?;
    let deep = matches!(
        picture,
        DynamicImage::ImageLuma16(_)
            | DynamicImage::ImageLumaA16(_)
            | DynamicImage::ImageRgb16(_)
            | DynamicImage::ImageRgba16(_)
    );
    let (channels, samples) = match (grey, deep) {
        (true, false) => (1, Samples::U8(picture.into_luma8().into_raw())),
        (true, true) => (1, Samples::U16(picture.into_luma16().into_raw())),
        (false, false) => (3, Samples::U8(picture.into_rgb8().into_raw())),
        (false, true) => (3, Samples::U16(picture.into_rgb16().into_raw())),
    };
    Ok(Image {
        width: width as usize,
        height: height as usize,
        channels,
        samples,
    })
}

/// Whether the marker segments of a JPEG run through to its end-of-image marker.
fn jpeg_ends(bytes: &[u8]) -> bool {
    let mut at = 2;
    loop {
        // Entropy-coded data holds no marker but restarts and stuffed zeros.
        match bytes.get(at..at + 2) {
            None => return false,
            Some([0xff, 0xd9]) => return true,
            Some([0xff, 0x00 | 0x01 | 0xd0..=0xd8]) => at += 2,
            Some([0xff, 0xff]) => at += 1,
            Some([0xff, _]) => match bytes.get(at + 2..at + 4) {
                Some(length) => at += 2 + usize::from(u16::from_be_bytes([length[0], length[1]])),
                None => return false,
            },
            Some(_) => at += 1,
        }
    }
}
