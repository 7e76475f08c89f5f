//! The samples of a JPEG, whatever its process.

use crate::bounds;
use crate::error::ImageError;
use crate::facts::Format;
use crate::image::Samples;
use crate::jpeg::header::{Header, Process};
use crate::jpeg::lossless;
use crate::jpeg::lossy::{self, Components};

/// Samples of a JPEG as stored, without a colour transform, of shape
/// `[height, width, components]`.
pub(crate) fn stored(bytes: &[u8], header: &Header) -> Result<Samples, ImageError> {
    check(bytes, header)?;
    let samples = if header.process == Process::Lossless {
        lossless::decode(bytes)?
    } else {
        Samples::U8(lossy::decode(bytes, header, Components::Stored)?)
    };
    count(samples.len(), header, header.components.len())?;
    Ok(samples)
}

/// Samples of a JPEG of three components as RGB, of shape `[height, width, 3]`.
pub(crate) fn rgb(bytes: &[u8], header: &Header) -> Result<Samples, ImageError> {
    check(bytes, header)?;
    let samples = lossy::decode(bytes, header, Components::Rgb)?;
    count(samples.len(), header, 3)?;
    Ok(Samples::U8(samples))
}

pub(crate) const CONVERT: &str = "convert it to PNG or to a JPEG of 8 bits";

pub(crate) fn check(bytes: &[u8], header: &Header) -> Result<(), ImageError> {
    bounds::check(header.width.into(), header.height.into(), 1)?;
    let unsupported = |found: String| Err(ImageError::unsupported(Format::Jpeg, found, CONVERT));
    match header.process {
        Process::Rare(marker) => {
            return unsupported(format!(
                "arithmetic or hierarchical coding (SOF{})",
                marker & 15
            ));
        }
        Process::Sequential | Process::Progressive if header.precision != 8 => {
            return unsupported(format!(
                "lossy samples of {} bits (extended process)",
                header.precision
            ));
        }
        _ => {}
    }
    if header.ends(bytes) {
        Ok(())
    } else {
        Err(ImageError::Truncated)
    }
}

/// Decoders and we must agree on the size.
pub(crate) fn count(samples: usize, header: &Header, channels: usize) -> Result<(), ImageError> {
    let expected = usize::from(header.width) * usize::from(header.height) * channels;
    if samples == expected {
        Ok(())
    } else {
        let reason = format!("{samples} samples decoded, {expected} declared");
        Err(ImageError::damaged(Format::Jpeg, reason))
    }
}
