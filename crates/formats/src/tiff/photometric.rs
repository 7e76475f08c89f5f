//! What the samples of a page mean: grey either way round, palette, RGB, inks.

use tiff::tags::Tag;

use crate::error::ImageError;
use crate::facts::Format;
use crate::image::Samples;
use crate::tiff::layout::{Layout, unsupported};
use crate::tiff::reader::TiffReader;

pub(crate) const WHITE_IS_ZERO: u16 = 0;
pub(crate) const BLACK_IS_ZERO: u16 = 1;
pub(crate) const RGB: u16 = 2;
pub(crate) const PALETTE: u16 = 3;
pub(crate) const SEPARATED: u16 = 5;
pub(crate) const YCBCR: u16 = 6;

/// A copy of the file whose page is declared as black-is-zero grey: the decoder refuses palettes
/// and inverts floating-point samples, and we want the numbers as they are stored.
pub(crate) fn as_grey(
    bytes: &[u8],
    reader: &mut TiffReader<'_>,
    photometric: u16,
) -> Option<Vec<u8>> {
    if !matches!(photometric, WHITE_IS_ZERO | PALETTE) {
        return None;
    }
    let start = usize::try_from(reader.ifd_pointer()?.0).ok()?;
    let little = bytes.first() == Some(&b'I');
    let word = |at: usize| {
        let pair = bytes.get(at..at.checked_add(2)?)?;
        let pair = [pair[0], pair[1]];
        Some(if little {
            u16::from_le_bytes(pair)
        } else {
            u16::from_be_bytes(pair)
        })
    };
    // BigTIFF: a count of 8 bytes, entries of 20, the value behind 12 of them.
    let big = word(2)? == 43;
    let (head, entry, value) = if big { (8, 20, 12) } else { (2, 12, 8) };
    let count = word(if big && !little { start + 6 } else { start })?;
    let at = (0..usize::from(count))
        .map(|number| start + head + number * entry)
        .find(|&at| word(at) == Some(Tag::PhotometricInterpretation.to_u16()))?;
    let grey = if little {
        BLACK_IS_ZERO.to_le_bytes()
    } else {
        BLACK_IS_ZERO.to_be_bytes()
    };
    let mut patched = bytes.to_vec();
    patched
        .get_mut(at + value..at + value + 2)?
        .copy_from_slice(&grey);
    Some(patched)
}

/// Brings samples as stored to grey, RGB or bands; returns the channels too.
pub(crate) fn apply(
    samples: Samples,
    photometric: u16,
    layout: &Layout,
    reader: &mut TiffReader<'_>,
) -> Result<(Samples, usize), ImageError> {
    if photometric == PALETTE && layout.stored == 1 {
        return Ok((expand(samples, layout, reader)?, 3));
    }
    let samples = match photometric {
        WHITE_IS_ZERO => inverted(widened(samples, layout.bits)),
        _ => widened(samples, layout.bits),
    };
    let kept = layout.stored - usize::from(layout.alpha);
    let samples = without_alpha(samples, layout);
    match (photometric, kept) {
        (SEPARATED, 4) => match samples {
            Samples::U8(inks) => Ok((Samples::U8(light(&inks)), 3)),
            _ => Err(unsupported("inks (CMYK) of more than 8 bits".into())),
        },
        _ => Ok((samples, kept)),
    }
}

/// Levels of 1, 2 and 4 bits spread over 0 to 255.
fn widened(samples: Samples, bits: u32) -> Samples {
    let factor = match bits {
        1 => 255,
        2 => 85,
        4 => 17,
        _ => return samples,
    };
    match samples {
        Samples::U8(samples) => Samples::U8(samples.into_iter().map(|s| s * factor).collect()),
        other => other,
    }
}

/// White becomes black. Floating-point values keep their sign and size: nothing says what white
/// is, so they stay as stored.
fn inverted(samples: Samples) -> Samples {
    match samples {
        Samples::U8(samples) => Samples::U8(samples.into_iter().map(|s| 255 - s).collect()),
        Samples::U16(samples) => Samples::U16(samples.into_iter().map(|s| 65_535 - s).collect()),
        Samples::F32(samples) => Samples::F32(samples),
    }
}

fn without_alpha(samples: Samples, layout: &Layout) -> Samples {
    fn cut<S: Copy>(samples: &[S], stored: usize) -> Vec<S> {
        let pixels = samples.chunks_exact(stored);
        pixels
            .flat_map(|pixel| &pixel[..stored - 1])
            .copied()
            .collect()
    }
    if !layout.alpha {
        return samples;
    }
    match samples {
        Samples::U8(s) => Samples::U8(cut(&s, layout.stored)),
        Samples::U16(s) => Samples::U16(cut(&s, layout.stored)),
        Samples::F32(s) => Samples::F32(cut(&s, layout.stored)),
    }
}

/// Inks to light without a colour profile: `(255 − ink)(255 − black) / 255`, rounded.
fn light(inks: &[u8]) -> Vec<u8> {
    inks.chunks_exact(4)
        .flat_map(|p| {
            [p[0], p[1], p[2]].map(|ink| {
                let product = u32::from(255 - ink) * u32::from(255 - p[3]);
                ((product + 127) / 255) as u8
            })
        })
        .collect()
}

/// Indices to colours: the map holds all reds, then greens, then blues, of 16 bits each, of which
/// the upper 8 are kept, as most writers double 8 bits.
fn expand(
    samples: Samples,
    layout: &Layout,
    reader: &mut TiffReader<'_>,
) -> Result<Samples, ImageError> {
    let map = reader
        .find_tag_unsigned_vec::<u16>(Tag::ColorMap)
        .ok()
        .flatten()
        .unwrap_or_default();
    let entries = map.len() / 3;
    let (Samples::U8(indices), true) = (samples, layout.bits <= 8) else {
        return Err(unsupported("a palette of more than 256 colours".into()));
    };
    if entries < 1 << layout.bits {
        let reason = format!("a colour map of {entries} colours");
        return Err(ImageError::damaged(Format::Tiff, reason));
    }
    let colour = |index: u8| {
        let index = usize::from(index);
        [map[index], map[entries + index], map[2 * entries + index]].map(|c| (c >> 8) as u8)
    };
    Ok(Samples::U8(indices.into_iter().flat_map(colour).collect()))
}
