//! The array of a `.npy` file.

use std::path::Path;

use arrays::NpyHeader;

use super::array::StoredArray;
use super::bytes::Bytes;
use super::error::FileError;

/// Most bytes before the first element.
pub(super) const MAX_HEAD: usize = 16 << 10;

/// Opens an array that fills `bytes`.
pub(super) fn open(place: &str, bytes: &Bytes) -> Result<StoredArray, FileError> {
    let (header, head) = header(place, bytes)?;
    let elements = bytes
        .part(head, bytes.length() - head)
        .ok_or_else(|| FileError::damaged(place, "elements behind the header", "nothing"))?;
    StoredArray::new(
        place.into(),
        elements,
        header.element,
        header.is_fortran,
        header.shape,
    )
}

/// The header, and where the elements start.
fn header(place: &str, bytes: &Bytes) -> Result<(NpyHeader, u64), FileError> {
    let mut head = vec![0; MAX_HEAD.min(bytes.length() as usize)];
    bytes
        .read_exact_at(&mut head, 0)
        .map_err(|source| FileError::Io {
            path: Path::new(place).into(),
            source,
        })?;
    let mut left = head.as_slice();
    let header = NpyHeader::read(&mut left)
        .map_err(|error| FileError::damaged(place, error.expected, error.found))?;
    Ok((header, (head.len() - left.len()) as u64))
}
