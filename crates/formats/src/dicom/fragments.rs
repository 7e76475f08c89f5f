//! Encapsulated pixels: which fragments make up a frame (PS3.5, A.4).

use std::borrow::Cow;

use crate::dicom::data_set::{DataSet, parts};
use crate::dicom::element::Element;
use crate::dicom::layout::Layout;
use crate::dicom::tag::Tag;
use crate::error::ImageError;

/// The bytes of frame `number`, from 0.
pub(crate) fn frame<'a>(
    set: &DataSet<'a>,
    pixels: &Element<'a>,
    layout: &Layout,
    number: usize,
) -> Result<Cow<'a, [u8]>, ImageError> {
    let mut items = parts(pixels).map(|(bytes, _)| bytes);
    let offsets = items.next().ok_or(ImageError::Truncated)?;
    let fragments: Vec<&[u8]> = items.collect();
    let of_frame = if layout.frames == 1 {
        &fragments[..]
    } else if fragments.len() == layout.frames {
        fragments
            .get(number..=number)
            .ok_or(ImageError::Truncated)?
    } else if let Some(starts) = starts(set, offsets, layout.frames) {
        between(&fragments, &starts, number)?
    } else {
        by_codestream(&fragments, number)
    };
    match of_frame {
        [] => Err(ImageError::Truncated),
        [one] => Ok(Cow::Borrowed(one)),
        several => Ok(Cow::Owned(several.concat())),
    }
}

/// Where each frame begins, in bytes from the first fragment's item: the extended offset table
/// (PS3.3, C.7.6.3.1.8), else the basic one.
fn starts(set: &DataSet<'_>, basic: &[u8], frames: usize) -> Option<Vec<u64>> {
    let extended: Option<Vec<u64>> = set.get(Tag::EXTENDED_OFFSETS).map(|element| {
        let eight = element.value.chunks_exact(8);
        eight
            .map(|b| u64::from_le_bytes([b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7]]))
            .collect()
    });
    let starts = extended.unwrap_or_else(|| {
        let four = basic.chunks_exact(4);
        four.map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]).into())
            .collect()
    });
    (starts.len() == frames).then_some(starts)
}

fn between<'f, 'a>(
    fragments: &'f [&'a [u8]],
    starts: &[u64],
    number: usize,
) -> Result<&'f [&'a [u8]], ImageError> {
    let first = *starts.get(number).ok_or(ImageError::Truncated)?;
    let next = starts.get(number + 1).copied().unwrap_or(u64::MAX);
    let mut place = 0u64;
    let mut range = None::<(usize, usize)>;
    for (at, fragment) in fragments.iter().enumerate() {
        if place >= first && place < next {
            range = Some((range.map_or(at, |(from, _)| from), at + 1));
        }
        place += 8 + fragment.len() as u64;
    }
    let (from, to) = range.ok_or(ImageError::Truncated)?;
    Ok(&fragments[from..to])
}

/// Without a table: a frame begins where a fragment begins with the start of a JPEG, JPEG-LS or
/// JPEG 2000 codestream.
fn by_codestream<'f, 'a>(fragments: &'f [&'a [u8]], number: usize) -> &'f [&'a [u8]] {
    let begins = |fragment: &[u8]| {
        [&b"\xff\xd8\xff"[..], b"\xff\x4f\xff\x51"]
            .iter()
            .any(|start| fragment.starts_with(start))
    };
    let firsts: Vec<usize> = (0..fragments.len())
        .filter(|&at| begins(fragments[at]))
        .collect();
    let Some(&from) = firsts.get(number) else {
        return &[];
    };
    let to = firsts.get(number + 1).copied().unwrap_or(fragments.len());
    &fragments[from..to]
}
