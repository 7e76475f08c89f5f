//! From colour as stored to RGB of 8 bits.

use crate::dicom::cells::Cells;
use crate::dicom::data_set::DataSet;
use crate::dicom::layout::{Layout, Photometric};
use crate::dicom::lut::Lut;
use crate::dicom::tag::Tag;
use crate::error::ImageError;
use crate::facts::Format;

/// RGB samples of shape `[rows, columns, 3]` of cells whose meaning is `photometric`.
pub(crate) fn rgb(
    cells: Cells,
    photometric: Photometric,
    layout: &Layout,
    set: &DataSet<'_>,
    format: Format,
) -> Result<Vec<u8>, ImageError> {
    if photometric == Photometric::Palette {
        return expanded(&cells, layout, set, format);
    }
    let samples = match cells {
        Cells::U8(samples) if layout.stored == 8 => samples,
        cells => eight_bits(&cells, layout),
    };
    Ok(match photometric {
        Photometric::YbrFull | Photometric::YbrFull422 => from_ybr(samples),
        _ => samples,
    })
}

/// `value × 255 / (2^stored − 1)`, rounded.
fn eight_bits(cells: &Cells, layout: &Layout) -> Vec<u8> {
    let (least, greatest) = layout.range();
    let extent = (greatest - least) as u64;
    cells.map(|cell| {
        let level = (layout.value(cell) - least) as u64;
        ((level * 255 + extent / 2) / extent.max(1)) as u8
    })
}

/// The inverse of the transform of PS3.3, C.7.6.3.1.2 (YBR_FULL), which is JFIF's (ITU-T T.871,
/// 7), rounded to nearest.
pub(crate) fn from_ybr(mut samples: Vec<u8>) -> Vec<u8> {
    for pixel in samples.chunks_exact_mut(3) {
        let y = f32::from(pixel[0]);
        let (blue, red) = (f32::from(pixel[1]) - 128.0, f32::from(pixel[2]) - 128.0);
        let level = |value: f32| (value + 0.5).clamp(0.0, 255.0) as u8;
        pixel[0] = level(y + 1.402 * red);
        pixel[1] = level(y - 0.344_136 * blue - 0.714_136 * red);
        pixel[2] = level(y + 1.772 * blue);
    }
    samples
}

/// Indices through the three tables of the palette (PS3.3, C.7.6.3.1.5 and .6); of entries of 16
/// bits the upper 8 are kept.
fn expanded(
    cells: &Cells,
    layout: &Layout,
    set: &DataSet<'_>,
    format: Format,
) -> Result<Vec<u8>, ImageError> {
    let table = |colour: u16| {
        let descriptor = set.get(Tag::PALETTE_RED.of_colour(colour))?;
        match set.get(Tag::PALETTE_RED_DATA.of_colour(colour)) {
            Some(data) => Lut::of(descriptor, data, layout.signed),
            None => {
                let data = set.get(Tag::PALETTE_RED_SEGMENTS.of_colour(colour))?;
                Lut::of_segments(descriptor, data, layout.signed)
            }
        }
    };
    let (Some(red), Some(green), Some(blue)) = (table(0), table(1), table(2)) else {
        let reason = "no whole palette";
        return Err(ImageError::damaged(format, reason));
    };
    let tables = [red, green, blue];
    let pixels = cells.map(|cell| {
        let index = layout.value(cell) as f64;
        tables.each_ref().map(|table| level(table, index))
    });
    Ok(pixels.into_iter().flatten().collect())
}

fn level(table: &Lut, index: f64) -> u8 {
    let entry = table.entry(index);
    if table.bits == 16 {
        (entry >> 8) as u8
    } else {
        entry.min(255) as u8
    }
}
