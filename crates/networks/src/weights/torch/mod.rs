//! PyTorch checkpoints, read without Python and without running anything.

mod bytes;
mod checkpoint;
mod dtype;
mod global;
mod legacy;
mod pickle;
mod rebuild;
mod value;
mod view;
mod zip;

use std::borrow::Cow;

use super::error::Flaw;
use super::host::Weights;

/// Reads a checkpoint in the zip container.
pub(super) fn read_zip(bytes: &[u8]) -> Result<Weights, Flaw> {
    let mut archive = zip::Archive::open(bytes)?;
    let object = archive.pickle()?;
    let pickle = pickle::Pickle::read(&mut bytes::Bytes::new(&object))?;
    checkpoint::weights(&pickle, |storage| {
        let size = storage.bytes().unwrap_or(usize::MAX);
        archive.storage(storage.key, size as u64).map(Cow::Owned)
    })
}

/// Reads a checkpoint in the legacy container.
pub(super) fn read_legacy(bytes: &[u8]) -> Result<Weights, Flaw> {
    let legacy = legacy::Legacy::open(bytes)?;
    checkpoint::weights(&legacy.object, |storage| {
        legacy.storage(storage.key).map(Cow::Borrowed)
    })
}
