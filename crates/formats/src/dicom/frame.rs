//! The cells of one frame, compressed or not.

use crate::dicom::cells::Cells;
use crate::dicom::codec::{self, Decompressed};
use crate::dicom::data_set::DataSet;
use crate::dicom::element::Element;
use crate::dicom::file::DicomFile;
use crate::dicom::fragments;
use crate::dicom::layout::Layout;
use crate::dicom::native;
use crate::dicom::tag::Tag;
use crate::error::ImageError;

/// Cells of frame `number`, from 0.
pub(crate) fn cells(
    file: &DicomFile<'_>,
    set: &DataSet<'_>,
    layout: &Layout,
    number: usize,
) -> Result<Decompressed, ImageError> {
    let pixels = pixels(file, set)?;
    let compressed = file.syntax.is_encapsulated() || pixels.undefined;
    if compressed {
        let bytes = fragments::frame(set, pixels, layout, number)?;
        codec::decode(&bytes, file.syntax, &file.uid, layout)
    } else {
        // A file that was cut short is refused even where the frame asked for is whole.
        let all = layout.frame_bytes().saturating_mul(layout.frames);
        if set.cut && layout.allocated > 1 && pixels.value.len() < all {
            return Err(ImageError::Truncated);
        }
        let cells: Cells = native::frame(pixels, layout, number)?;
        Ok(Decompressed {
            cells,
            photometric: layout.photometric,
        })
    }
}

/// The attribute of the pixels, or why there is none.
pub(crate) fn pixels<'s, 'a>(
    file: &DicomFile<'_>,
    set: &'s DataSet<'a>,
) -> Result<&'s Element<'a>, ImageError> {
    set.get(Tag::PIXELS).ok_or_else(|| no_pixels(file, set))
}

fn no_pixels(file: &DicomFile<'_>, set: &DataSet<'_>) -> ImageError {
    let format = file.format();
    if set.cut {
        return ImageError::Truncated;
    }
    let float = set.has(Tag::FLOAT_PIXELS) || set.has(Tag::DOUBLE_PIXELS);
    let (found, remedy) = if float {
        ("floating-point pixels", "write its values as TIFF")
    } else {
        ("no pixels", "leave reports, plans and waveforms out")
    };
    ImageError::unsupported(format, found, remedy)
}
