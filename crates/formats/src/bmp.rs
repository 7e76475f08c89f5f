//! Windows bitmaps: 1 to 32 bits a pixel, run-length encoded or not.

use std::io::Cursor;

use image::codecs::bmp::BmpDecoder;

use crate::decoded::Decoded;
use crate::error::ImageError;
use crate::facts::{Colour, Facts, Format};
use crate::raster;

pub(crate) fn decode(bytes: &[u8]) -> Result<Decoded, ImageError> {
    let raster = raster::read(Format::Bmp, BmpDecoder::new(Cursor::new(bytes)))?;
    // The header of 12 bytes has its bits a pixel at byte 24, every later one at byte 28.
    let at = if bytes.get(14) == Some(&12) { 24 } else { 28 };
    let pixel = bytes.get(at).copied().map_or(24, u32::from);
    let (bits, colour) = match pixel {
        1..=8 => (pixel, Colour::Palette),
        16 => (5, Colour::Rgb),
        _ => (8, Colour::Rgb),
    };
    let mut facts = Facts::new(Format::Bmp, bits, colour);
    facts.alpha_dropped = raster.alpha;
    Ok(Decoded {
        image: raster.image,
        facts,
    })
}
