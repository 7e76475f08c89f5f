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

use super::content::Content;
use super::error::Flaw;

/// Reads a checkpoint in the zip container; `part` is preferred to what checkpoints usually keep.
pub(super) fn read_zip(bytes: &[u8], part: Option<&str>) -> Result<Content, Flaw> {
    let mut container = zip::Container::open(bytes)?;
    let object = container.pickle()?;
    let pickle = pickle::Pickle::read(&mut bytes::Bytes::new(&object))?;
    checkpoint::content(&pickle, part, |storage| {
        let size = storage.bytes().unwrap_or(usize::MAX);
        container.storage(storage.key, size as u64).map(Cow::Owned)
    })
}

/// Reads a checkpoint in the legacy container; see [`read_zip`].
pub(super) fn read_legacy(bytes: &[u8], part: Option<&str>) -> Result<Content, Flaw> {
    let legacy = legacy::Legacy::open(bytes)?;
    checkpoint::content(&legacy.object, part, |storage| {
        legacy.storage(storage.key).map(Cow::Borrowed)
    })
}
