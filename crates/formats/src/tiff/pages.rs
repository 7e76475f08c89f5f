//! Which directories of a TIFF are pages.

use tiff::tags::Tag;

use crate::error::ImageError;
use crate::tiff::reader::{TiffReader, failed, limited};

/// Most directories that are looked at.
const MAX_PAGES: usize = 65_536;

/// Numbers of the directories that hold a page at full size; thumbnails and pyramid levels
/// (NewSubfileType, bit 0) count only where there is nothing else.
pub(crate) fn full_size(bytes: &[u8]) -> Result<Vec<usize>, ImageError> {
    let mut reader = limited(bytes)?;
    let mut reduced = vec![is_reduced(&mut reader)];
    while reader.more_images() && reduced.len() < MAX_PAGES {
        reader.next_image().map_err(failed)?;
        reduced.push(is_reduced(&mut reader));
    }
    let full: Vec<usize> = (0..reduced.len()).filter(|&at| !reduced[at]).collect();
    Ok(if full.is_empty() {
        (0..reduced.len()).collect()
    } else {
        full
    })
}

fn is_reduced(reader: &mut TiffReader<'_>) -> bool {
    reader
        .find_tag_unsigned::<u32>(Tag::NewSubfileType)
        .ok()
        .flatten()
        .is_some_and(|kind| kind & 1 == 1)
}
