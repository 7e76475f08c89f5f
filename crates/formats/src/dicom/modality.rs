//! From stored values to values with a meaning (PS3.3, C.11.1): Hounsfield units, optical density.

use crate::dicom::data_set::DataSet;
use crate::dicom::layout::Layout;
use crate::dicom::lut::Lut;
use crate::dicom::tag::Tag;

/// The modality transform of one frame.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Modality {
    /// `value × slope + intercept`.
    Rescale {
        /// Output units a stored unit.
        slope: f64,
        /// Output of a stored zero.
        intercept: f64,
    },
    /// A table of stored values.
    Table(Lut),
}

impl Modality {
    /// Of a frame whose attributes lie in `sets`, the nearest first.
    pub(crate) fn of(sets: &[&DataSet<'_>], signed: bool) -> Self {
        let table = sets.iter().find_map(|set| {
            let item = set.item(Tag::MODALITY_LUT, 0)?;
            Lut::of_item(&item, signed)
        });
        if let Some(table) = table {
            return Self::Table(table);
        }
        let number = |tag: Tag| {
            let element = sets.iter().find_map(|set| set.get(tag));
            element.and_then(|element| element.number())
        };
        Self::Rescale {
            slope: number(Tag::SLOPE).unwrap_or(1.0),
            intercept: number(Tag::INTERCEPT).unwrap_or(0.0),
        }
    }

    /// The value of a stored one.
    pub(crate) fn apply(&self, stored: i64) -> f64 {
        match self {
            Self::Rescale { slope, intercept } => stored as f64 * slope + intercept,
            Self::Table(table) => table.entry(stored as f64).into(),
        }
    }

    /// The least and the greatest value that can come out.
    pub(crate) fn range(&self, layout: &Layout) -> (f64, f64) {
        match self {
            Self::Rescale { .. } => {
                let (least, greatest) = layout.range();
                let (a, b) = (self.apply(least), self.apply(greatest));
                (a.min(b), a.max(b))
            }
            Self::Table(table) => (0.0, table.greatest()),
        }
    }
}
