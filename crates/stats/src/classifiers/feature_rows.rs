use crate::StatsError;
use crate::input::same_length;

/// Some cases of features `[all cases, channels]`, in any order.
#[derive(Clone, Copy, Debug)]
pub struct FeatureRows<'a> {
    values: &'a [f32],
    channels: usize,
    rows: &'a [usize],
}

impl<'a> FeatureRows<'a> {
    /// `values`: `[all cases, channels]`, row by row, with at least one channel; `rows`: which
    /// cases are meant, positions from 0. Their values must be finite.
    pub fn new(values: &'a [f32], channels: usize, rows: &'a [usize]) -> Result<Self, StatsError> {
        if channels == 0 || values.is_empty() {
            return Err(StatsError::Empty { what: "features" });
        }
        let cases = values.len() / channels;
        same_length("features", cases * channels, values.len())?;
        if let Some(index) = rows.iter().position(|row| *row >= cases) {
            return Err(StatsError::LabelOutOfRange {
                what: "rows of features",
                index,
                label: rows[index],
                classes: cases,
            });
        }
        let features = Self {
            values,
            channels,
            rows,
        };
        let first_bad = |row: &usize| {
            let values = features.row_of(*row).iter();
            let bad = values.copied().enumerate().find(|(_, v)| !v.is_finite());
            bad.map(|(channel, found)| (row * channels + channel, found))
        };
        match rows.iter().find_map(first_bad) {
            Some((index, found)) => Err(StatsError::NonFinite {
                what: "features",
                index,
                found: found.into(),
            }),
            None => Ok(features),
        }
    }

    /// Number of channels, at least 1.
    pub fn channels(&self) -> usize {
        self.channels
    }

    /// Number of cases that are meant.
    pub fn cases(&self) -> usize {
        self.rows.len()
    }

    /// The features `[channels]` of each case that is meant.
    pub(super) fn iter(&self) -> impl Iterator<Item = &'a [f32]> + use<'a> {
        let features = *self;
        self.rows.iter().map(move |row| features.row_of(*row))
    }

    /// The features `[channels]` of case `case` of those that are meant.
    pub(super) fn row(&self, case: usize) -> &'a [f32] {
        self.row_of(self.rows[case])
    }

    fn row_of(&self, row: usize) -> &'a [f32] {
        &self.values[row * self.channels..(row + 1) * self.channels]
    }
}
