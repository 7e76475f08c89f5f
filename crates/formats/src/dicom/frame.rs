//! The cells of one frame, compressed or not.

use crate::dicom::cells::Cells;
use crate::dicom::codec::{self, Decompressed};
use crate::dicom::data_set::DataSet;
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
    let pixels = set.get(Tag::PIXELS).ok_or_else(|| no_pixels(file, set))?;
    let compressed = file.syntax.is_encapsulated() || pixels.undefined;
    if compressed {
        let bytes = fragments::frame(set, pixels, layout, number)?;
        codec::decode(&bytes, file.syntax, &file.uid, layout)
    } else {
        let cells: Cells = native::frame(pixels, layout, number)?;
        Ok(Decompressed {
            cells,
            photometric: layout.photometric,
        })
    }
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
