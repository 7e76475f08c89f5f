//! The values of a frame after each step, so that they can be compared with other software.

use crate::bounds;
use crate::dicom::cells::Cells;
use crate::dicom::file::DicomFile;
use crate::dicom::grey::Grey;
use crate::dicom::layout::Layout;
use crate::dicom::{colour, frame};
use crate::error::ImageError;
use crate::guard::guarded;
use crate::reading::Window;

/// One frame, step by step. Shapes are `[rows, columns, samples]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Steps {
    /// Frames of the file.
    pub frames: usize,
    /// Rows, in pixels.
    pub rows: usize,
    /// Columns, in pixels.
    pub columns: usize,
    /// Samples a pixel, 1 or 3.
    pub samples: usize,
    /// Stored values: the bits in use. Colours of JPEG and JPEG 2000 are RGB already.
    pub stored: Vec<i64>,
    /// After the modality LUT or rescale; empty for colour.
    pub modality: Vec<f64>,
    /// After the VOI LUT or window, 0 (black) to 1 (white), before an inversion; empty for
    /// colour.
    pub voi: Vec<f64>,
    /// RGB of 8 bits; empty for grey.
    pub rgb: Vec<u8>,
}

/// The steps of frame `number`, from 0.
pub fn steps(bytes: &[u8], number: usize, window: Window) -> Result<Steps, ImageError> {
    let file = DicomFile::open(bytes)?;
    let set = file.data_set()?;
    frame::pixels(&file, &set)?;
    let layout = Layout::of(&set, file.format())?;
    bounds::check(
        layout.columns as u64,
        layout.rows as u64,
        layout.samples as u64,
    )?;
    if number >= layout.frames {
        return Err(ImageError::Choice {
            found: format!("frame {number} of a file of {}", layout.frames),
            expected: "frames are numbered from 0".into(),
        });
    }
    let found = guarded(file.format(), || frame::cells(&file, &set, &layout, number))?;
    let stored = values(&found.cells, &layout);
    let grey = layout.photometric.colour();
    let grey = matches!(
        grey,
        crate::facts::Colour::Grey | crate::facts::Colour::GreyInverted
    );
    let (modality, voi, rgb) = if grey {
        let steps = Grey::of(&set, &layout, number, window)?;
        let modality: Vec<f64> = stored.iter().map(|&v| steps.modality.apply(v)).collect();
        let voi = modality.iter().map(|&v| steps.voi.level(v)).collect();
        (modality, voi, Vec::new())
    } else {
        let format = file.format();
        let rgb = colour::rgb(found.cells, found.photometric, &layout, &set, format)?;
        (Vec::new(), Vec::new(), rgb)
    };
    Ok(Steps {
        frames: layout.frames,
        rows: layout.rows,
        columns: layout.columns,
        samples: layout.samples,
        stored,
        modality,
        voi,
        rgb,
    })
}

fn values(cells: &Cells, layout: &Layout) -> Vec<i64> {
    cells.map(|cell| layout.value(cell))
}
