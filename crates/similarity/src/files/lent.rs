//! An array that somebody else holds in memory.

use std::io;
use std::ops::Range;

use super::array::{Array, Number};
use super::axes::AxesError;
use super::numbers::Numbers;

/// An array in somebody else's memory; nothing of it is copied but the images that are looked at.
#[derive(Clone, Debug)]
pub struct LentArray<'a> {
    place: String,
    numbers: Numbers<'a>,
    shape: Vec<usize>,
}

impl<'a> LentArray<'a> {
    /// Takes `numbers` of `shape`, the last axis the fastest; `place` names the array in messages.
    /// An error if the numbers are not as many as the shape says.
    pub fn new(
        place: impl Into<String>,
        numbers: Numbers<'a>,
        shape: &[usize],
    ) -> Result<Self, AxesError> {
        let place = place.into();
        let count = match numbers {
            Numbers::Single(numbers) => numbers.len(),
            Numbers::Double(numbers) => numbers.len(),
        };
        let mut extents = shape.iter();
        match extents.try_fold(1usize, |all, extent| all.checked_mul(*extent)) {
            Some(expected) if expected == count => Ok(Self {
                place,
                numbers,
                shape: shape.into(),
            }),
            _ => Err(AxesError::Unreadable {
                place,
                found: format!("{count} numbers"),
                expected: format!("as many as the shape {shape:?} says"),
            }),
        }
    }
}

impl Array for LentArray<'_> {
    fn place(&self) -> &str {
        &self.place
    }

    fn shape(&self) -> &[usize] {
        &self.shape
    }

    fn is_fortran(&self) -> bool {
        false
    }

    fn fits_single(&self) -> bool {
        matches!(self.numbers, Numbers::Single(_))
    }

    fn append_box<T: Number>(
        &self,
        rows: Range<usize>,
        columns: Range<usize>,
        row_length: usize,
        into: &mut Vec<T>,
    ) -> io::Result<()> {
        into.reserve(rows.len() * columns.len());
        for row in rows {
            let start = row * row_length;
            T::take(
                self.numbers,
                start + columns.start..start + columns.end,
                into,
            );
        }
        Ok(())
    }
}
