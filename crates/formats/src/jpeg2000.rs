//! JPEG 2000: JP2 files and bare codestreams, of 1 to 16 bits.

use hayro_jpeg2000::{ColorSpace, DecodeSettings, DecoderContext};

use crate::bounds;
use crate::decoded::Decoded;
use crate::error::ImageError;
use crate::facts::{Colour, Facts, Format};
use crate::image::{Image, Samples};

pub(crate) fn decode(bytes: &[u8]) -> Result<Decoded, ImageError> {
    let (components, alpha, colour) = components(bytes)?;
    let kept = components.planes.len() - usize::from(alpha);
    let unit = 1u32 << components.bits;
    let samples = if components.bits <= 8 {
        let levels = |v: f32| (v * 255.0 / (unit - 1) as f32 + 0.5) as u8;
        Samples::U8(components.interleaved(kept, levels))
    } else {
        Samples::U16(components.interleaved(kept, |v| (v + 0.5) as u16))
    };
    let mut facts = Facts::new(Format::Jpeg2000, components.bits, colour);
    facts.alpha_dropped = alpha;
    Ok(Decoded {
        image: Image {
            width: components.width,
            height: components.height,
            channels: kept,
            samples,
        },
        facts,
    })
}

/// Components of a codestream, one plane each, with values of 0 to `2^bits − 1`.
pub(crate) struct Components {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) bits: u32,
    /// Whether the codestream declares its first component as signed; the values are unsigned
    /// all the same, `2^(bits − 1)` more than what is meant.
    pub(crate) signed: bool,
    pub(crate) planes: Vec<Vec<f32>>,
}

impl Components {
    /// The first `kept` planes, pixel by pixel; `level` takes values within the range.
    pub(crate) fn interleaved<S>(&self, kept: usize, level: impl Fn(f32) -> S) -> Vec<S> {
        let most = ((1u32 << self.bits) - 1) as f32;
        let level = |value: f32| level(value.clamp(0.0, most));
        match &self.planes[..kept] {
            [plane] => plane.iter().map(|&value| level(value)).collect(),
            planes => (0..self.width * self.height)
                .flat_map(|at| planes.iter().map(move |plane| plane[at]))
                .map(level)
                .collect(),
        }
    }
}

/// The codestream of a file, without the boxes around it.
pub(crate) fn codestream(bytes: &[u8]) -> Result<&[u8], ImageError> {
    let start = memchr::memmem::find(bytes, CODESTREAM).ok_or(ImageError::Truncated)?;
    Ok(&bytes[start..])
}

/// Start of codestream, then the SIZ segment.
const CODESTREAM: &[u8] = b"\xff\x4f\xff\x51";

/// Decodes the components; also whether the last one is alpha, and the colour as stored.
pub(crate) fn components(bytes: &[u8]) -> Result<(Components, bool, Colour), ImageError> {
    let failed = |e: hayro_jpeg2000::DecodeError| ImageError::damaged(Format::Jpeg2000, e);
    let siz = size_segment(codestream(bytes)?).ok_or(ImageError::Truncated)?;
    siz.check()?;
    let settings = DecodeSettings {
        strict: true,
        ..DecodeSettings::default()
    };
    let picture = hayro_jpeg2000::Image::new(bytes, &settings).map_err(failed)?;
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    bounds::check(width as u64, height as u64, 1)?;
    let colour = match picture.color_space() {
        ColorSpace::Gray => Colour::Grey,
        ColorSpace::CMYK => Colour::Cmyk,
        ColorSpace::RGB => Colour::Rgb,
        ColorSpace::Icc { num_channels, .. } if *num_channels == 1 => Colour::Grey,
        ColorSpace::Icc { num_channels, .. } if *num_channels == 3 => Colour::Rgb,
        _ => Colour::Bands,
    };
    let alpha = picture.has_alpha();
    let mut context = DecoderContext::default();
    let decoded = picture.decode(&mut context).map_err(failed)?;
    let parts = decoded.components();
    let bits = parts.first().map_or(8, |part| u32::from(part.bit_depth()));
    let whole = parts.len() > usize::from(alpha)
        && parts.iter().all(|part| {
            part.samples().len() == width * height && u32::from(part.bit_depth()) == bits
        });
    if !whole || !(1..=16).contains(&bits) || colour == Colour::Cmyk || colour == Colour::Bands {
        return Err(ImageError::unsupported(
            Format::Jpeg2000,
            format!("{} components of {bits} bits", parts.len()),
            "convert it to PNG or TIFF",
        ));
    }
    let components = Components {
        width,
        height,
        bits,
        signed: siz.signed,
        planes: parts.iter().map(|part| part.samples().to_vec()).collect(),
    };
    Ok((components, alpha, colour))
}

/// What the SIZ segment declares (ISO/IEC 15444-1, A.5.1).
struct Size {
    width: u32,
    height: u32,
    components: u16,
    tiles: u64,
    signed: bool,
}

impl Size {
    /// Checked before the decoder takes memory for planes and tiles.
    fn check(&self) -> Result<(), ImageError> {
        bounds::check(
            self.width.into(),
            self.height.into(),
            self.components.into(),
        )?;
        if self.tiles > 65_535 {
            let reason = format!("{} tiles, at most 65535 exist", self.tiles);
            return Err(ImageError::damaged(Format::Jpeg2000, reason));
        }
        Ok(())
    }
}

fn size_segment(codestream: &[u8]) -> Option<Size> {
    let body = codestream.get(6..)?;
    let long = |at: usize| Some(u32::from_be_bytes(body.get(at..at + 4)?.try_into().ok()?));
    let span = |end: usize, offset: usize| Some(long(end)?.saturating_sub(long(offset)?));
    let (width, height) = (span(2, 10)?, span(6, 14)?);
    let tiles = |extent: u32, tile: u32| u64::from(extent.div_ceil(tile.max(1)));
    Some(Size {
        width,
        height,
        components: u16::from_be_bytes([*body.get(34)?, *body.get(35)?]),
        tiles: tiles(width, long(18)?) * tiles(height, long(22)?),
        signed: body.get(36)? & 0x80 != 0,
    })
}
