//! From the bytes of a file to a picture and its facts.

use crate::bounds;
use crate::decoded::Decoded;
use crate::dicom::data_set::DataSet;
use crate::dicom::file::{DicomFile, looks_like};
use crate::dicom::grey::Grey;
use crate::dicom::layout::{Layout, Photometric};
use crate::dicom::{colour, frame, identity};
use crate::error::ImageError;
use crate::facts::{DicomFacts, Facts};
use crate::frame_number;
use crate::image::{Image, Samples};
use crate::reading::Reading;

/// Attributes of interest without decoding pixels: `patient`, `study`, `series`, `laterality`,
/// `view`, `manufacturer`, `model`, `sex`, `age`, `modality` and `site`, those that are there.
/// The beginning of a file that holds them suffices.
pub fn tags(bytes: &[u8]) -> Result<Vec<(&'static str, String)>, ImageError> {
    if !looks_like(bytes) {
        return Err(ImageError::Unknown {
            found: "a file that is not DICOM".into(),
        });
    }
    let file = DicomFile::open(bytes)?;
    Ok(identity::tags(&file.attributes()))
}

/// What a file says besides its pixels, without decoding them: its beginning is enough.
pub fn about(bytes: &[u8]) -> Result<DicomFacts, ImageError> {
    let file = DicomFile::open(bytes)?;
    Ok(identity::facts(&file.attributes()))
}

pub(crate) fn decode(bytes: &[u8], reading: &Reading) -> Result<Decoded, ImageError> {
    let file = DicomFile::open(bytes)?;
    let set = file.data_set()?;
    frame::pixels(&file, &set)?;
    let layout = Layout::of(&set, file.format())?;
    let (chosen, frames) = frame_number::chosen(reading.frame, layout.frames)?;
    let held = (chosen.len() * layout.samples) as u64;
    bounds::check(layout.columns as u64, layout.rows as u64, held)?;
    let mut dicom = identity::facts(&set);
    let mut planes = Vec::new();
    for number in chosen {
        planes.push(one(&file, &set, &layout, number, reading, &mut dicom)?);
    }
    let colour = layout.samples == 3 || layout.photometric == Photometric::Palette;
    if colour && planes.len() > 1 {
        return Err(ImageError::Choice {
            found: "all frames of a file in colour".into(),
            expected: "frames become channels where they are grey; choose one frame".into(),
        });
    }
    let channels = if colour { 3 } else { planes.len() };
    let samples = match planes.len() {
        1 => planes.swap_remove(0),
        _ => Samples::interleave(&planes),
    };
    let mut facts = Facts::new(file.format(), layout.stored, layout.photometric.colour());
    facts.frames = frames;
    facts.pixel_aspect = identity::pixel_aspect(&set);
    facts.dicom = Some(dicom);
    Ok(Decoded {
        image: Image {
            width: layout.columns,
            height: layout.rows,
            channels,
            samples,
        },
        facts,
    })
}

/// Samples of one frame; windows and padding go into the facts.
fn one(
    file: &DicomFile<'_>,
    set: &DataSet<'_>,
    layout: &Layout,
    number: usize,
    reading: &Reading,
    facts: &mut DicomFacts,
) -> Result<Samples, ImageError> {
    let found = frame::cells(file, set, layout, number)?;
    if layout.samples == 3 || layout.photometric == Photometric::Palette {
        let format = file.format();
        let samples = colour::rgb(found.cells, found.photometric, layout, set, format)?;
        return Ok(Samples::U8(samples));
    }
    let grey = Grey::of(set, layout, number, reading.window)?;
    facts.window = grey.voi.describe();
    facts.windows = grey.offered;
    if let Some(padding) = grey.padding {
        facts.padding_pixels += padding.count(&found.cells, layout);
    }
    Ok(Samples::U16(grey.levels(&found.cells, layout)))
}
