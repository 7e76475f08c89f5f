//! GIF: the first frame; the others are counted.

use std::io::Cursor;

use image::codecs::gif::GifDecoder;

use crate::decoded::Decoded;
use crate::error::ImageError;
use crate::facts::{Colour, Facts, Format};
use crate::frame_number;
use crate::raster;
use crate::reading::FrameChoice;

pub(crate) fn decode(bytes: &[u8], choice: FrameChoice) -> Result<Decoded, ImageError> {
    let frames = frame_number::first_of(choice, count(bytes).unwrap_or(1).max(1))?;
    let raster = raster::read(Format::Gif, GifDecoder::new(Cursor::new(bytes)))?;
    let mut facts = Facts::new(Format::Gif, 8, Colour::Palette);
    facts.alpha_dropped = raster.alpha;
    facts.frames = frames;
    Ok(Decoded {
        image: raster.image,
        facts,
    })
}

/// Frames of the file: image descriptors, found by walking its blocks.
fn count(bytes: &[u8]) -> Option<usize> {
    let table = |packed: u8| {
        if packed & 0x80 == 0 {
            0
        } else {
            3 << ((packed & 7) + 1)
        }
    };
    let mut at = 13 + table(*bytes.get(10)?);
    let mut frames = 0;
    loop {
        match bytes.get(at) {
            Some(0x21) => at = skip_blocks(bytes, at + 2)?,
            Some(0x2c) => {
                frames += 1;
                let local = table(*bytes.get(at + 9)?);
                at = skip_blocks(bytes, at + 11 + local)?;
            }
            _ => return Some(frames),
        }
    }
}

/// The place behind a chain of blocks of at most 255 bytes that an empty one ends.
fn skip_blocks(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        match *bytes.get(at)? {
            0 => return Some(at + 1),
            length => at += 1 + usize::from(length),
        }
    }
}
