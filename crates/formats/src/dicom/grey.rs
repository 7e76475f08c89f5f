//! From cells of grey to levels of 16 bits.

use crate::dicom::cells::Cells;
use crate::dicom::data_set::DataSet;
use crate::dicom::groups;
use crate::dicom::layout::{Layout, Photometric};
use crate::dicom::modality::Modality;
use crate::dicom::padding::Padding;
use crate::dicom::voi::{self, Voi};
use crate::error::ImageError;
use crate::reading::Window;

/// All that turns stored values of one frame into levels.
pub(crate) struct Grey {
    pub(crate) modality: Modality,
    pub(crate) voi: Voi,
    /// Windows and tables that the file offers.
    pub(crate) offered: usize,
    pub(crate) padding: Option<Padding>,
    inverted: bool,
}

impl Grey {
    pub(crate) fn of(
        set: &DataSet<'_>,
        layout: &Layout,
        number: usize,
        window: Window,
    ) -> Result<Self, ImageError> {
        let groups = groups::of_frame(set, number);
        let sets: Vec<&DataSet<'_>> = groups.iter().chain([set]).collect();
        let modality = Modality::of(&sets, layout.signed);
        let offered = voi::offered(&sets, layout.signed);
        let voi = voi::chosen(window, &offered, modality.range(layout))?;
        Ok(Self {
            modality,
            voi,
            offered: offered.len(),
            padding: Padding::of(set, layout),
            inverted: layout.photometric == Photometric::Monochrome1,
        })
    }

    /// The level of a stored value, 0 (black) to 65,535 (white): the exact level of the VOI
    /// transform times 65,535, rounded to nearest, halves upwards; inverted after that where
    /// the least value is white. Padding is background: black.
    pub(crate) fn level(&self, stored: i64) -> u16 {
        if self.padding.as_ref().is_some_and(|p| p.covers(stored)) {
            return 0;
        }
        let level = self.voi.level(self.modality.apply(stored));
        let level = (level * 65_535.0 + 0.5) as u16;
        if self.inverted { 65_535 - level } else { level }
    }

    /// Levels of a frame's cells. Cells of up to 16 bits go through a table of all of them,
    /// unless there are fewer cells than entries.
    pub(crate) fn levels(&self, cells: &Cells, layout: &Layout) -> Vec<u16> {
        let entries = 1usize << layout.allocated.clamp(8, 16);
        if layout.stored > 16 || cells.len() < entries {
            return cells.map(|cell| self.level(layout.value(cell)));
        }
        // Only the bits in use make a difference.
        let shift = layout.high + 1 - layout.stored;
        let mask = (1u32 << layout.stored) - 1;
        let table: Vec<u16> = (0..=mask)
            .map(|bits| self.level(layout.value(bits << shift)))
            .collect();
        cells.map(|cell| table[(cell >> shift & mask) as usize])
    }
}
