//! RLE Lossless (PS3.5, annex G): one segment for each byte of each sample, packed bits.

use crate::dicom::cells::Cells;
use crate::dicom::layout::Layout;
use crate::error::ImageError;

/// Cells of one frame.
pub(crate) fn decode(bytes: &[u8], layout: &Layout) -> Result<Cells, ImageError> {
    let pixels = layout.pixels();
    let width = layout.allocated.div_ceil(8) as usize;
    let wanted = layout.samples * width;
    let mut planes = Vec::with_capacity(wanted);
    for number in 0..wanted {
        planes.push(unpacked(segment(bytes, number)?, pixels)?);
    }
    // The highest byte of a sample comes first.
    let cell = |sample: usize, pixel: usize| {
        (0..width).fold(0u32, |cell, byte| {
            cell << 8 | u32::from(planes[sample * width + byte][pixel])
        })
    };
    let cells = (0..pixels).flat_map(|pixel| (0..layout.samples).map(move |s| (s, pixel)));
    Ok(match width {
        1 if layout.samples == 1 => Cells::U8(planes.swap_remove(0)),
        1 => Cells::U8(cells.map(|(s, p)| planes[s][p]).collect()),
        2 => Cells::U16(cells.map(|(s, p)| cell(s, p) as u16).collect()),
        _ => Cells::U32(cells.map(|(s, p)| cell(s, p)).collect()),
    })
}

/// The header holds the number of segments, then where each begins.
fn segment(bytes: &[u8], number: usize) -> Result<&[u8], ImageError> {
    let word = |at: usize| {
        let four = bytes.get(4 * at..4 * at + 4).ok_or(ImageError::Truncated)?;
        Ok::<_, ImageError>(u32::from_le_bytes([four[0], four[1], four[2], four[3]]) as usize)
    };
    let count = word(0)?;
    if number >= count.min(15) {
        return Err(ImageError::Truncated);
    }
    let start = word(1 + number)?;
    let end = if number + 1 < count.min(15) {
        word(2 + number)?.min(bytes.len())
    } else {
        bytes.len()
    };
    bytes.get(start..end).ok_or(ImageError::Truncated)
}

/// PackBits: `n` below 128 copies `n + 1` bytes, above repeats the next `257 − n` times.
fn unpacked(mut packed: &[u8], length: usize) -> Result<Vec<u8>, ImageError> {
    let mut out = Vec::with_capacity(length);
    while out.len() < length {
        let (&head, rest) = packed.split_first().ok_or(ImageError::Truncated)?;
        let taken = match head {
            128 => 0,
            0..128 => {
                let count = usize::from(head) + 1;
                out.extend_from_slice(rest.get(..count).ok_or(ImageError::Truncated)?);
                count
            }
            _ => {
                let &byte = rest.first().ok_or(ImageError::Truncated)?;
                out.resize(out.len() + 257 - usize::from(head), byte);
                1
            }
        };
        packed = &rest[taken..];
    }
    out.truncate(length);
    Ok(out)
}
