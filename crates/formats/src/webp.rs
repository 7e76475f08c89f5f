//! WebP, lossy and lossless; of an animation the first frame.

use std::io::Cursor;

use image::codecs::webp::WebPDecoder;

use crate::decoded::Decoded;
use crate::error::ImageError;
use crate::facts::{Colour, Facts, Format};
use crate::frame_number;
use crate::raster;
use crate::reading::FrameChoice;

pub(crate) fn decode(bytes: &[u8], choice: FrameChoice) -> Result<Decoded, ImageError> {
    let chunks: Vec<[u8; 4]> = chunks(bytes).collect();
    let count = chunks.iter().filter(|name| *name == b"ANMF").count().max(1);
    let frames = frame_number::first_of(choice, count)?;
    let raster = raster::read(Format::WebP, WebPDecoder::new(Cursor::new(bytes)))?;
    let colour = if chunks.contains(b"VP8 ") {
        Colour::Ybr
    } else {
        Colour::Rgb
    };
    let mut facts = Facts::new(Format::WebP, 8, colour);
    facts.orientation = raster.orientation;
    facts.alpha_dropped = raster.alpha;
    facts.frames = frames;
    Ok(Decoded {
        image: raster.image,
        facts,
    })
}

/// Names of the chunks of a RIFF file.
fn chunks(bytes: &[u8]) -> impl Iterator<Item = [u8; 4]> {
    let mut at = 12;
    std::iter::from_fn(move || {
        let header = bytes.get(at..at + 8)?;
        let length = u32::from_le_bytes([header[4], header[5], header[6], header[7]]) as usize;
        at = at.checked_add(8 + length + length % 2)?;
        Some([header[0], header[1], header[2], header[3]])
    })
}
