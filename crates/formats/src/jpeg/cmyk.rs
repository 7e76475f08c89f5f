//! JPEGs of four components, as print software writes them.

use crate::error::ImageError;
use crate::image::Samples;
use crate::jpeg::header::Header;
use crate::jpeg::lossy::{self, Components};
use crate::jpeg::samples::{check, count};

/// Decodes CMYK or YCCK to RGB without a colour profile: `(255 − c)(255 − k) / 255`, rounded.
/// With an Adobe segment the inks are stored inverted, as Adobe's software does.
pub(crate) fn decode(bytes: &[u8], header: &Header) -> Result<Samples, ImageError> {
    check(bytes, header)?;
    let inks = lossy::decode(bytes, header, Components::Stored)?;
    count(inks.len(), header, 4)?;
    let inverted = header.adobe.is_some();
    let transform = header.adobe == Some(2);
    let rgb = inks
        .chunks_exact(4)
        .flat_map(|pixel| {
            to_rgb(
                [pixel[0], pixel[1], pixel[2], pixel[3]],
                transform,
                inverted,
            )
        })
        .collect();
    Ok(Samples::U8(rgb))
}

fn to_rgb(stored: [u8; 4], transform: bool, inverted: bool) -> [u8; 3] {
    let [a, b, c, k] = stored;
    // YCCK is YCbCr of the complements, so what comes out is C, M, Y.
    let inks = if transform {
        ybr_to_rgb(a, b, c).map(|ink| 255 - ink)
    } else {
        [a, b, c]
    };
    let light = |ink: u8| if inverted { ink } else { 255 - ink };
    inks.map(|ink| multiply(light(ink), light(k)))
}

/// `a × b / 255`, rounded to nearest.
fn multiply(a: u8, b: u8) -> u8 {
    let product = u32::from(a) * u32::from(b) + 128;
    ((product + (product >> 8)) >> 8) as u8
}

/// The transform of JFIF (ITU-T T.871, 7).
fn ybr_to_rgb(y: u8, cb: u8, cr: u8) -> [u8; 3] {
    let [y, cb, cr] = [f32::from(y), f32::from(cb) - 128.0, f32::from(cr) - 128.0];
    [
        y + 1.402 * cr,
        y - 0.344_136 * cb - 0.714_136 * cr,
        y + 1.772 * cb,
    ]
    .map(|v| (v + 0.5).clamp(0.0, 255.0) as u8)
}
