//! Arrays that are read in boxes; one in a file.

use std::io;
use std::ops::Range;

use arrays::Element;

use super::bytes::Bytes;
use super::error::FileError;
use super::numbers::Numbers;

/// Bytes read at once at most.
const PIECE: usize = 4 << 20;
/// Bytes between two wanted stretches up to which they are read over: as cheap as another call.
const GAP: usize = 16 << 10;

/// Numbers with extents, read in boxes.
pub trait Array: Sync {
    /// File and name, or name alone, for messages.
    fn place(&self) -> &str;

    /// Extent of every axis.
    fn shape(&self) -> &[usize];

    /// Whether the first axis is the fastest.
    fn is_fortran(&self) -> bool;

    /// Whether `f32` holds every element exactly.
    fn fits_single(&self) -> bool;

    /// Appends the elements of a box to `into`: those in `columns` of `rows`, where the elements
    /// lie in rows of `row_length`, and ranges are within it.
    fn append_box<T: Number>(
        &self,
        rows: Range<usize>,
        columns: Range<usize>,
        row_length: usize,
        into: &mut Vec<T>,
    ) -> io::Result<()>;
}

/// An array in a file, opened but not read.
///
/// Its elements are read by position and in pieces, so that a file may be far larger than memory.
#[derive(Clone, Debug)]
pub struct StoredArray {
    place: String,
    elements: Bytes,
    element: Element,
    is_fortran: bool,
    shape: Vec<usize>,
}

impl StoredArray {
    /// Takes `elements`, whose length must fit `shape`.
    pub(super) fn new(
        place: String,
        elements: Bytes,
        element: Element,
        is_fortran: bool,
        shape: Vec<usize>,
    ) -> Result<Self, FileError> {
        let expected = element_bytes(element, &shape);
        if expected == Some(elements.length()) {
            return Ok(Self {
                place,
                elements,
                element,
                is_fortran,
                shape,
            });
        }
        let expected = match expected {
            Some(bytes) => format!("{bytes} bytes of elements for {element} {shape:?}"),
            None => "a shape within the address space".into(),
        };
        let found = match element_bytes(element, &shape) {
            Some(_) => format!("{} bytes", elements.length()),
            None => format!("{element} {shape:?}"),
        };
        Err(FileError::damaged(place, expected, found))
    }

    /// What the elements are.
    pub fn element(&self) -> Element {
        self.element
    }

    fn append_run<T: Number>(
        &self,
        start: usize,
        count: usize,
        into: &mut Vec<T>,
    ) -> io::Result<()> {
        let width = self.element.bytes();
        let mut piece = vec![0; (count * width).min(PIECE)];
        let mut position = start * width;
        let end = (start + count) * width;
        while position < end {
            let length = piece.len().min(end - position);
            let piece = &mut piece[..length];
            self.elements.read_exact_at(piece, position as u64)?;
            T::append(self.element, piece, into);
            position += length;
        }
        Ok(())
    }
}

impl Array for StoredArray {
    fn place(&self) -> &str {
        &self.place
    }

    fn shape(&self) -> &[usize] {
        &self.shape
    }

    fn is_fortran(&self) -> bool {
        self.is_fortran
    }

    fn fits_single(&self) -> bool {
        self.element.fits_single()
    }

    fn append_box<T: Number>(
        &self,
        rows: Range<usize>,
        columns: Range<usize>,
        row_length: usize,
        into: &mut Vec<T>,
    ) -> io::Result<()> {
        let width = self.element.bytes();
        into.reserve(rows.len() * columns.len());
        if columns.len() == row_length {
            return self.append_run(rows.start * row_length, rows.len() * row_length, into);
        }
        let skipped = (row_length - columns.len()) * width;
        let rows_at_once = PIECE / (row_length * width).max(1);
        if skipped > GAP || rows_at_once < 2 {
            for row in rows {
                self.append_run(row * row_length + columns.start, columns.len(), into)?;
            }
            return Ok(());
        }
        let mut piece = Vec::new();
        for first in rows.clone().step_by(rows_at_once) {
            let count = rows_at_once.min(rows.end - first);
            let length = ((count - 1) * row_length + columns.len()) * width;
            piece.resize(length, 0);
            let position = (first * row_length + columns.start) * width;
            self.elements.read_exact_at(&mut piece, position as u64)?;
            for row in piece.chunks(row_length * width) {
                T::append(self.element, &row[..columns.len() * width], into);
            }
        }
        Ok(())
    }
}

/// Bytes of all elements; `None` if that exceeds the address space.
pub(super) fn element_bytes(element: Element, shape: &[usize]) -> Option<u64> {
    shape
        .iter()
        .try_fold(element.bytes(), |bytes, &extent| bytes.checked_mul(extent))
        .filter(|&bytes| isize::try_from(bytes).is_ok())
        .map(|bytes| bytes as u64)
}

/// What elements become in memory.
pub trait Number: Copy + Default {
    /// Neither infinite nor NaN.
    fn is_finite(self) -> bool;

    /// Appends the elements in `data`.
    fn append(element: Element, data: &[u8], into: &mut Vec<Self>);

    /// Appends the numbers of `range`.
    fn take(numbers: Numbers, range: Range<usize>, into: &mut Vec<Self>);
}

impl Number for f32 {
    fn is_finite(self) -> bool {
        self.is_finite()
    }

    fn append(element: Element, data: &[u8], into: &mut Vec<Self>) {
        element.append_singles(data, into);
    }

    fn take(numbers: Numbers, range: Range<usize>, into: &mut Vec<Self>) {
        match numbers {
            Numbers::Single(numbers) => into.extend_from_slice(&numbers[range]),
            Numbers::Double(numbers) => into.extend(numbers[range].iter().map(|n| *n as f32)),
        }
    }
}

impl Number for f64 {
    fn is_finite(self) -> bool {
        self.is_finite()
    }

    fn append(element: Element, data: &[u8], into: &mut Vec<Self>) {
        element.append_doubles(data, into);
    }

    fn take(numbers: Numbers, range: Range<usize>, into: &mut Vec<Self>) {
        match numbers {
            Numbers::Single(numbers) => into.extend(numbers[range].iter().map(|n| f64::from(*n))),
            Numbers::Double(numbers) => into.extend_from_slice(&numbers[range]),
        }
    }
}
