//! TIFF and BigTIFF: strips and tiles, 1 to 32 bits and floating point, one page or several.

mod layout;
mod pages;
mod photometric;
mod samples;

use std::io::Cursor;

use tiff::decoder::{Decoder, DecodingResult, Limits};
use tiff::tags::Tag;

use crate::bounds;
use crate::decode::Decoded;
use crate::error::ImageError;
use crate::facts::{Colour, Facts, Format};
use crate::frame_number;
use crate::image::{Image, Samples};
use crate::orientation;
use crate::reading::FrameChoice;

pub(crate) type TiffReader<'a> = Decoder<Cursor<&'a [u8]>>;

pub(crate) fn decode(bytes: &[u8], choice: FrameChoice) -> Result<Decoded, ImageError> {
    let pages = pages::full_size(bytes)?;
    let (chosen, frames) = frame_number::chosen(choice, pages.len())?;
    let read = &pages[chosen];
    let mut decoded = page(bytes, read[0], read.len())?;
    if read.len() > 1 {
        let mut planes = vec![one_plane(decoded.image.clone(), None)?];
        for &at in &read[1..] {
            let next = page(bytes, at, read.len())?.image;
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

fn failed(error: tiff::TiffError) -> ImageError {
    match error {
        tiff::TiffError::UnsupportedError(kind) => ImageError::unsupported(
            Format::Tiff,
            kind.to_string().trim_end_matches('.'),
            "save it without compression, or as PNG",
        ),
        other => ImageError::damaged(Format::Tiff, other),
    }
}

fn limited(bytes: &[u8]) -> Result<TiffReader<'_>, ImageError> {
    let mut limits = Limits::default();
    limits.decoding_buffer_size = bounds::MAX_PIXELS as usize * 8;
    limits.intermediate_buffer_size = bounds::MAX_PIXELS as usize * 8;
    limits.ifd_value_size = 16 << 20;
    Ok(Decoder::new(Cursor::new(bytes))
        .map_err(failed)?
        .with_limits(limits))
}

/// Decodes one page; as many as `held` are in memory at once.
fn page(bytes: &[u8], at: usize, held: usize) -> Result<Decoded, ImageError> {
    let mut reader = limited(bytes)?;
    reader.seek_to_image(at).map_err(failed)?;
    let photometric = reader
        .find_tag_unsigned::<u16>(Tag::PhotometricInterpretation)
        .map_err(failed)?
        .unwrap_or(photometric::BLACK_IS_ZERO);
    let patched;
    if let Some(bytes) = photometric::as_grey(bytes, &mut reader, photometric) {
        patched = bytes;
        reader = limited(&patched)?;
        reader.seek_to_image(at).map_err(failed)?;
        return finish(reader, photometric, held);
    }
    finish(reader, photometric, held)
}

fn finish(
    mut reader: TiffReader<'_>,
    photometric: u16,
    held: usize,
) -> Result<Decoded, ImageError> {
    let (width, height) = reader.dimensions().map_err(failed)?;
    bounds::check(width.into(), height.into(), held as u64)?;
    let layout = layout::Layout::of(&mut reader)?;
    bounds::check(width.into(), height.into(), layout.stored as u64)?;
    let turned = reader
        .find_tag_unsigned::<u16>(Tag::Orientation)
        .ok()
        .flatten()
        .map_or(1, |turned| turned.clamp(1, 8) as u8);
    let mut result = DecodingResult::U8(Vec::new());
    reader.read_image_to_buffer(&mut result).map_err(failed)?;
    let samples = samples::of(result, &layout)?;
    let (samples, channels) = photometric::apply(samples, photometric, &layout, &mut reader)?;
    let image = Image {
        width: width as usize,
        height: height as usize,
        channels,
        samples,
    };
    let expected = image.width * image.height * image.channels;
    if image.samples.len() != expected {
        let reason = format!("{} samples, {expected} expected", image.samples.len());
        return Err(ImageError::damaged(Format::Tiff, reason));
    }
    let mut facts = Facts::new(Format::Tiff, layout.bits, colour(photometric, channels));
    facts.alpha_dropped = layout.alpha;
    facts.orientation = turned;
    Ok(Decoded {
        image: orientation::apply(image, turned),
        facts,
    })
}

fn colour(photometric: u16, channels: usize) -> Colour {
    match (photometric, channels) {
        (photometric::WHITE_IS_ZERO, 1) => Colour::GreyInverted,
        (photometric::PALETTE, _) => Colour::Palette,
        (photometric::YCBCR, _) => Colour::Ybr,
        (photometric::SEPARATED, _) => Colour::Cmyk,
        (_, 1) => Colour::Grey,
        (photometric::RGB, 3) => Colour::Rgb,
        _ => Colour::Bands,
    }
}
