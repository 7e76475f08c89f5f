//! JPEG: baseline, extended and progressive at 8 bits; lossless at 2 to 16 bits.

mod cmyk;
mod header;
mod lossless;
mod lossy;
mod quality;

use crate::bounds;
use crate::decode::Decoded;
use crate::error::ImageError;
use crate::facts::{Colour, Facts, Format};
use crate::image::{Image, Samples};
use crate::orientation;

pub(crate) use header::{Header, Process};
pub(crate) use lossy::Components;

pub(crate) fn decode(bytes: &[u8]) -> Result<Decoded, ImageError> {
    let header = Header::read(bytes)?;
    let (samples, channels) = match header.components.len() {
        1 => (stored(bytes, &header)?, 1),
        3 if header.process == Process::Lossless => (stored(bytes, &header)?, 3),
        3 => (rgb(bytes, &header)?, 3),
        4 => (cmyk::decode(bytes, &header)?, 3),
        other => {
            let found = format!("{other} components");
            return Err(ImageError::unsupported(Format::Jpeg, found, CONVERT));
        }
    };
    let mut facts = Facts::new(
        Format::Jpeg,
        header.precision.into(),
        match header.components.len() {
            1 => Colour::Grey,
            4 => Colour::Cmyk,
            _ if header.process != Process::Lossless && header.is_ybr() => Colour::Ybr,
            _ => Colour::Rgb,
        },
    );
    facts.orientation = header.orientation;
    facts.jpeg_quality = header.quality;
    let image = Image {
        width: header.width.into(),
        height: header.height.into(),
        channels,
        samples,
    };
    Ok(Decoded {
        image: orientation::apply(image, header.orientation),
        facts,
    })
}

/// Samples of a JPEG as stored, without a colour transform, of shape
/// `[height, width, components]`.
pub(crate) fn stored(bytes: &[u8], header: &Header) -> Result<Samples, ImageError> {
    check(bytes, header)?;
    let samples = if header.process == Process::Lossless {
        lossless::decode(bytes)?
    } else {
        Samples::U8(lossy::decode(bytes, Components::Stored)?)
    };
    count(samples.len(), header, header.components.len())?;
    Ok(samples)
}

/// Samples of a JPEG of three components as RGB, of shape `[height, width, 3]`.
pub(crate) fn rgb(bytes: &[u8], header: &Header) -> Result<Samples, ImageError> {
    check(bytes, header)?;
    let samples = lossy::decode(bytes, Components::Rgb)?;
    count(samples.len(), header, 3)?;
    Ok(Samples::U8(samples))
}

const CONVERT: &str = "convert it to PNG or to a JPEG of 8 bits";

fn check(bytes: &[u8], header: &Header) -> Result<(), ImageError> {
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
fn count(samples: usize, header: &Header, channels: usize) -> Result<(), ImageError> {
    let expected = usize::from(header.width) * usize::from(header.height) * channels;
    if samples == expected {
        Ok(())
    } else {
        let reason = format!("{samples} samples decoded, {expected} declared");
        Err(ImageError::damaged(Format::Jpeg, reason))
    }
}
