//! PNG: every colour type and depth; 16 bits stay 16 bits.

use std::io::Cursor;

use image::codecs::png::PngDecoder;

use crate::decoded::Decoded;
use crate::error::ImageError;
use crate::facts::{Colour, Facts, Format};
use crate::raster;

pub(crate) fn decode(bytes: &[u8]) -> Result<Decoded, ImageError> {
    let raster = raster::read(Format::Png, PngDecoder::new(Cursor::new(bytes)))?;
    // Depth and colour type are bytes 8 and 9 of the IHDR chunk, the first of the file.
    let (depth, colour) = match bytes.get(24..26) {
        Some(&[depth, colour]) => (u32::from(depth), colour),
        _ => return Err(ImageError::Truncated),
    };
    let colour = match colour {
        3 => Colour::Palette,
        0 | 4 => Colour::Grey,
        _ => Colour::Rgb,
    };
    let mut facts = Facts::new(Format::Png, depth, colour);
    facts.orientation = raster.orientation;
    facts.alpha_dropped = raster.alpha;
    Ok(Decoded {
        image: raster.image,
        facts,
    })
}
