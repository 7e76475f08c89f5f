//! Shapes of arrays.

use crate::bytes::Bytes;
use crate::error::{Result, damaged};
use crate::store::Store;

/// Most extents; also HDF5's own bound.
const MOST_EXTENTS: u8 = 32;

/// The extents of an array, outermost first; none for a single value. None where there is no value.
pub(crate) fn read(store: &Store, bytes: &mut Bytes) -> Result<Option<Vec<u64>>> {
    let version = bytes.version("a shape", &[1, 2])?;
    let rank = bytes.u8()?;
    if rank > MOST_EXTENTS {
        return damaged(format!("an array of {rank} extents"));
    }
    // Flags: whether maxima follow, which are not asked for.
    bytes.skip(1)?;
    if version == 1 {
        bytes.skip(5)?;
    } else if bytes.u8()? == 2 {
        return Ok(None);
    }
    let extents = (0..rank).map(|_| store.length(bytes));
    extents.collect::<Result<Vec<u64>>>().map(Some)
}

/// The product of extents.
pub(crate) fn count(extents: &[u64]) -> Result<u64> {
    let product = extents
        .iter()
        .try_fold(1u64, |n, next| n.checked_mul(*next));
    match product {
        Some(count) => Ok(count),
        None => damaged(format!("an array of extents {extents:?}")),
    }
}
