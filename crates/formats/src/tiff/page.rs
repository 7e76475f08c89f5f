//! One page of a TIFF.

use tiff::decoder::DecodingResult;
use tiff::tags::Tag;

use crate::bounds;
use crate::decoded::Decoded;
use crate::error::ImageError;
use crate::facts::{Colour, Facts, Format};
use crate::image::Image;
use crate::orientation;
use crate::tiff::layout::Layout;
use crate::tiff::reader::{TiffReader, failed, limited};
use crate::tiff::{photometric, samples};

/// Decodes one page; as many as `held` are in memory at once.
pub(crate) fn decode(bytes: &[u8], at: usize, held: usize) -> Result<Decoded, ImageError> {
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
    let layout = Layout::of(&mut reader)?;
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
