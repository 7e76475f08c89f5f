//! TIFF and BigTIFF: strips and tiles, 1 to 32 bits and floating point, one page or several.

mod layout;
mod page;
mod pages;
mod photometric;
mod reader;
mod samples;

use crate::decoded::Decoded;
use crate::error::ImageError;
use crate::frame_number;
use crate::image::{Image, Samples};
use crate::reading::FrameChoice;

pub(crate) fn decode(bytes: &[u8], choice: FrameChoice) -> Result<Decoded, ImageError> {
    let pages = pages::full_size(bytes)?;
    let (chosen, frames) = frame_number::chosen(choice, pages.len())?;
    let read = &pages[chosen];
    let mut decoded = page::decode(bytes, read[0], read.len())?;
    if read.len() > 1 {
        let mut planes = vec![one_plane(decoded.image.clone(), None)?];
        for &at in &read[1..] {
            let next = page::decode(bytes, at, read.len())?.image;
            planes.push(one_plane(next, Some(&decoded.image))?);
        }
        decoded.image.channels = planes.len();
        decoded.image.samples = Samples::interleave(&planes);
    }
    decoded.facts.frames = frames;
    Ok(decoded)
}

/// The samples of a grey page that is like the first.
fn one_plane(image: Image, first: Option<&Image>) -> Result<Samples, ImageError> {
    let same = |first: &Image| {
        (first.width, first.height) == (image.width, image.height)
            && first.samples.len() == image.samples.len()
            && std::mem::discriminant(&first.samples) == std::mem::discriminant(&image.samples)
    };
    if image.channels == 1 && first.is_none_or(same) {
        Ok(image.samples)
    } else {
        Err(ImageError::Choice {
            found: "a page of colour, or of another size or depth than the first".into(),
            expected: "all pages as channels takes grey pages of one size; choose one page".into(),
        })
    }
}
