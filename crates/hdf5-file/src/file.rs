//! A file and its root.

use crate::bytes::Bytes;
use crate::error::{Result, damaged, unsupported};
use crate::object::Object;
use crate::store::Store;

/// What an HDF5 file begins with.
pub const SIGNATURE: [u8; 8] = *b"\x89HDF\r\n\x1a\n";

/// An HDF5 file in memory.
#[derive(Debug)]
pub struct File<'a> {
    store: Store<'a>,
    root: u64,
}

impl<'a> File<'a> {
    /// Reads the superblock, and nothing else yet.
    pub fn open(file: &'a [u8]) -> Result<Self> {
        let mut bytes = Bytes::new(file);
        if bytes.take(8)? != SIGNATURE {
            return damaged("no HDF5 signature at the start");
        }
        let version = bytes.version("the superblock", &[0, 1, 2, 3])?;
        let is_old = version < 2;
        if is_old {
            // Versions of free space, root group, reserved, shared headers.
            bytes.skip(4)?;
        }
        let store = Store::new(file, bytes.u8()?, bytes.u8()?)?;
        match (is_old, version) {
            // Reserved, the two sizes of groups, flags.
            (true, 0) => bytes.skip(1 + 4 + 4)?,
            (true, _) => bytes.skip(1 + 4 + 4 + 4)?,
            (false, _) => bytes.skip(1)?,
        }
        if store.place(&mut bytes, "the file's start")? != 0 {
            return unsupported("a file inside another one");
        }
        // Free space, or an extension.
        store.address(&mut bytes)?;
        let end = store.place(&mut bytes, "the file's end")?;
        if end > file.len() as u64 {
            return damaged(format!("the file ends after {} of {end} bytes", file.len()));
        }
        if is_old {
            // The driver, and where the root's name would be.
            store.address(&mut bytes)?;
            store.address(&mut bytes)?;
        }
        let root = store.place(&mut bytes, "the root")?;
        Ok(Self { store, root })
    }

    /// The root group.
    pub fn root(&self) -> Result<Object<'_, 'a>> {
        Object::read(&self.store, self.root)
    }
}
