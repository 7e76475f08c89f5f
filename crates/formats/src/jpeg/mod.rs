//! JPEG: baseline, extended and progressive at 8 bits; lossless at 2 to 16 bits.

mod cmyk;
mod header;
mod lossless;
mod lossy;
mod quality;
mod samples;

use crate::decoded::Decoded;
use crate::error::ImageError;
use crate::facts::{Colour, Facts, Format};
use crate::image::Image;
use crate::orientation;

pub(crate) use header::{Header, Process};
pub(crate) use samples::{rgb, stored};

pub(crate) fn decode(bytes: &[u8]) -> Result<Decoded, ImageError> {
    let header = Header::read(bytes)?;
    let (samples, channels) = match header.components.len() {
        1 => (stored(bytes, &header)?, 1),
        3 if header.process == Process::Lossless => (stored(bytes, &header)?, 3),
        3 => (rgb(bytes, &header)?, 3),
        4 => (cmyk::decode(bytes, &header)?, 3),
        other => {
            let found = format!("{other} components");
            return Err(ImageError::unsupported(
                Format::Jpeg,
                found,
                samples::CONVERT,
            ));
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
