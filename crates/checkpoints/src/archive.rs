//! Zip archives, unpacked within bounds.

use std::io::{Cursor, Read as _};

use ::zip::ZipArchive;
use ::zip::result::ZipError;

use super::error::{Flaw, shown};
use super::limit::FILE_LIMIT;

/// Most bytes unpacked for each byte of the archive, beside [`ROOM`]. Weights are not compressed as a
/// rule, and nothing but zeros would become so small.
const MAX_RATIO: u64 = 32;
/// Bytes that any archive may unpack to.
const ROOM: u64 = 1 << 20;

/// A zip archive in memory.
pub(super) struct Archive<'a> {
    zip: ZipArchive<Cursor<&'a [u8]>>,
    /// Bytes that may still be unpacked.
    left: u64,
}

impl<'a> Archive<'a> {
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, Flaw> {
        Ok(Self {
            zip: ZipArchive::new(Cursor::new(bytes)).map_err(Flaw::damaged)?,
            left: FILE_LIMIT.min(ROOM + (bytes.len() as u64).saturating_mul(MAX_RATIO)),
        })
    }

    /// Names of all members.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.zip.file_names()
    }

    /// The contents of a member, checked against its checksum.
    pub(super) fn member(&mut self, name: &str, limit: u64) -> Result<Option<Vec<u8>>, Flaw> {
        let mut file = match self.zip.by_name(name) {
            Ok(file) => file,
            Err(ZipError::FileNotFound) => return Ok(None),
            Err(error) => return Err(Flaw::damaged(error)),
        };
        let declared = file.size();
        if declared > limit.min(self.left) {
            return Err(Flaw::Damaged(format!(
                "member `{}` holds {declared} bytes, expected at most {}",
                shown(name),
                limit.min(self.left)
            )));
        }
        let mut bytes = Vec::new();
        // What is stored in the file is there to be had; what is compressed has to show up first.
        bytes.reserve_exact(declared.min(file.compressed_size()).min(self.left) as usize);
        let read = file.by_ref().take(declared + 1).read_to_end(&mut bytes);
        let length = read.map_err(Flaw::damaged)? as u64;
        if length != declared {
            return Err(Flaw::Damaged(format!(
                "member `{}` holds {length} bytes, expected {declared}",
                shown(name)
            )));
        }
        self.left -= length;
        Ok(Some(bytes))
    }
}
