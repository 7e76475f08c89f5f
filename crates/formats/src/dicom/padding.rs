//! Pixels that are no part of the picture (Pixel Padding Value, PS3.3, C.7.5.1.1.2).

use crate::dicom::cells::Cells;
use crate::dicom::data_set::DataSet;
use crate::dicom::layout::Layout;
use crate::dicom::tag::Tag;

/// Stored values, from the lower to the higher, that mean background.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Padding {
    lower: i64,
    higher: i64,
}

impl Padding {
    pub(crate) fn of(set: &DataSet<'_>, layout: &Layout) -> Option<Self> {
        let value = |tag: Tag| {
            let word = set.get(tag)?.words().next()?;
            Some(if layout.signed {
                i64::from(word as i16)
            } else {
                i64::from(word)
            })
        };
        let first = value(Tag::PADDING)?;
        let last = value(Tag::PADDING_LIMIT).unwrap_or(first);
        Some(Self {
            lower: first.min(last),
            higher: first.max(last),
        })
    }

    pub(crate) fn covers(self, stored: i64) -> bool {
        (self.lower..=self.higher).contains(&stored)
    }

    /// How many cells are padding.
    pub(crate) fn count(self, cells: &Cells, layout: &Layout) -> usize {
        cells.count(|cell| self.covers(layout.value(cell)))
    }
}
