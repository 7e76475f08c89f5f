//! Uncompressed pixels (PS3.5, section 8).

use crate::dicom::cells::Cells;
use crate::dicom::element::Element;
use crate::dicom::layout::{Layout, Photometric};
use crate::error::ImageError;

/// Cells of frame `number`, from 0.
pub(crate) fn frame(
    pixels: &Element<'_>,
    layout: &Layout,
    number: usize,
) -> Result<Cells, ImageError> {
    if layout.allocated == 1 {
        return bits(pixels, layout, number);
    }
    let length = layout.frame_bytes();
    let start = length.checked_mul(number).ok_or(ImageError::Truncated)?;
    let bytes = start
        .checked_add(length)
        .and_then(|end| pixels.value.get(start..end))
        .ok_or(ImageError::Truncated)?;
    let encoding = pixels.encoding;
    let cells = match layout.allocated {
        // Bytes in words: the first of a pair is the second in big endian.
        8 if encoding.big && &pixels.vr == b"OW" => Cells::U8(swapped(pixels.value, start, length)),
        8 => Cells::U8(bytes.to_vec()),
        16 => Cells::U16(
            bytes
                .chunks_exact(2)
                .map(|pair| encoding.u16([pair[0], pair[1]]))
                .collect(),
        ),
        _ => Cells::U32(
            bytes
                .chunks_exact(4)
                .map(|four| encoding.u32([four[0], four[1], four[2], four[3]]))
                .collect(),
        ),
    };
    Ok(match (layout.photometric, layout.planar) {
        (Photometric::YbrFull422, _) => full_chroma(cells),
        (_, true) => cells.interleaved(layout.samples),
        _ => cells,
    })
}

fn swapped(value: &[u8], start: usize, length: usize) -> Vec<u8> {
    (start..start + length)
        .map(|at| value.get(at ^ 1).copied().unwrap_or(0))
        .collect()
}

/// Single bits, the lowest of a byte first; frames follow one another without padding.
fn bits(pixels: &Element<'_>, layout: &Layout, number: usize) -> Result<Cells, ImageError> {
    let count = layout.cells();
    let first = count.checked_mul(number).ok_or(ImageError::Truncated)?;
    if first.saturating_add(count).div_ceil(8) > pixels.value.len() {
        return Err(ImageError::Truncated);
    }
    let bit = |at: usize| pixels.value[at / 8] >> (at % 8) & 1;
    Ok(Cells::U8((first..first + count).map(bit).collect()))
}

/// Two lumas and one pair of chromas for two pixels, to three samples each.
fn full_chroma(cells: Cells) -> Cells {
    fn spread<C: Copy>(cells: &[C]) -> Vec<C> {
        cells
            .chunks_exact(4)
            .flat_map(|four| [four[0], four[2], four[3], four[1], four[2], four[3]])
            .collect()
    }
    match cells {
        Cells::U8(cells) => Cells::U8(spread(&cells)),
        Cells::U16(cells) => Cells::U16(spread(&cells)),
        Cells::U32(cells) => Cells::U32(spread(&cells)),
    }
}
