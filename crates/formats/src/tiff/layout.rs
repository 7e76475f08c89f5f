//! How the samples of a page lie.

use tiff::ColorType;
use tiff::tags::Tag;

use crate::error::ImageError;
use crate::facts::Format;
use crate::image::MAX_CHANNELS;
use crate::tiff::reader::{TiffReader, failed};

/// How the samples of a page lie in what the decoder returns.
pub(crate) struct Layout {
    /// Columns, in pixels.
    pub(crate) width: usize,
    /// Bits a sample.
    pub(crate) bits: u32,
    /// Samples a pixel as stored.
    pub(crate) stored: usize,
    /// Whether each channel is a plane of its own.
    pub(crate) planar: bool,
    /// Whether the last sample of a pixel is alpha.
    pub(crate) alpha: bool,
}

impl Layout {
    pub(crate) fn of(reader: &mut TiffReader<'_>) -> Result<Self, ImageError> {
        let colour = reader.colortype().map_err(failed)?;
        let extra = reader
            .find_tag_unsigned_vec::<u16>(Tag::ExtraSamples)
            .ok()
            .flatten()
            .unwrap_or_default();
        // 1 is associated alpha, 2 unassociated.
        let told = matches!(extra.as_slice(), [1 | 2]);
        let (bits, stored, alpha) = match colour {
            ColorType::Gray(bits) => (bits, 1, false),
            ColorType::GrayA(bits) => (bits, 2, true),
            ColorType::RGB(bits) | ColorType::YCbCr(bits) => (bits, 3, false),
            ColorType::RGBA(bits) => (bits, 4, true),
            ColorType::CMYK(bits) => (bits, 4, false),
            ColorType::CMYKA(bits) => (bits, 5, true),
            ColorType::Multiband {
                bit_depth,
                num_samples,
            } => (bit_depth, usize::from(num_samples), told),
            other => return Err(unsupported(format!("{other:?} samples"))),
        };
        if stored == 0 || stored > MAX_CHANNELS {
            return Err(unsupported(format!("{stored} samples a pixel")));
        }
        let (width, _) = reader.dimensions().map_err(failed)?;
        let planar = reader
            .find_tag_unsigned::<u16>(Tag::PlanarConfiguration)
            .ok()
            .flatten();
        Ok(Self {
            width: width as usize,
            bits: bits.into(),
            stored,
            planar: planar == Some(2) && stored > 1,
            alpha,
        })
    }
}

pub(crate) fn unsupported(found: String) -> ImageError {
    ImageError::unsupported(
        Format::Tiff,
        found,
        "save it as grey or RGB of 8, 16 or 32 (floating-point) bits",
    )
}
