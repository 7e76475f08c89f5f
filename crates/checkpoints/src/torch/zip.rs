//! The zip container: `<root>/data.pkl`, and a storage in each `<root>/data/<key>`.

use std::io::{Cursor, Read as _};

use ::zip::ZipArchive;
use ::zip::result::ZipError;

use crate::error::{Flaw, shown};
use crate::limit::FILE_LIMIT;

/// Largest pickle, in bytes.
const PICKLE_LIMIT: u64 = 64 << 20;
/// Most bytes unpacked for each byte of the archive, beside [`ROOM`]. PyTorch does not compress,
/// and nothing but zeros would become so small.
const MAX_RATIO: u64 = 32;
/// Bytes that any archive may unpack to.
const ROOM: u64 = 1 << 20;

/// A checkpoint in a zip archive.
pub(super) struct Archive<'a> {
    zip: ZipArchive<Cursor<&'a [u8]>>,
    /// First part of every member's name, with a slash.
    root: String,
    /// Bytes that may still be unpacked.
    left: u64,
}

impl<'a> Archive<'a> {
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, Flaw> {
        let zip = ZipArchive::new(Cursor::new(bytes)).map_err(Flaw::damaged)?;
        let top = |name: &&str| name.strip_suffix("data.pkl").is_some_and(is_folder);
        let found: Vec<&str> = zip.file_names().filter(top).collect();
        let &[pickle] = &found[..] else {
            return Err(Flaw::Damaged(format!(
                "expected one member `<root>/data.pkl`, found {}",
                found.len()
            )));
        };
        Ok(Self {
            root: pickle.trim_end_matches("data.pkl").into(),
            left: FILE_LIMIT.min(ROOM + (bytes.len() as u64).saturating_mul(MAX_RATIO)),
            zip,
        })
    }

    /// The object, as a pickle; also checks the order of bytes of the storages.
    pub(super) fn pickle(&mut self) -> Result<Vec<u8>, Flaw> {
        // Absent before PyTorch 2.1.
        if let Some(order) = self.member("byteorder", 16)?
            && order.trim_ascii() != b"little"
        {
            return Err(Flaw::Damaged(format!(
                "expected byte order `little`, found `{}`",
                shown(&String::from_utf8_lossy(&order))
            )));
        }
        self.member("data.pkl", PICKLE_LIMIT)?
            .ok_or_else(|| Flaw::damaged("no `data.pkl`"))
    }

    /// A storage of `bytes` bytes.
    pub(super) fn storage(&mut self, key: &str, bytes: u64) -> Result<Vec<u8>, Flaw> {
        self.member(&format!("data/{key}"), bytes)?
            .ok_or_else(|| Flaw::Damaged(format!("no storage `{}`", shown(key))))
    }

    /// The contents of a member, checked against its checksum.
    fn member(&mut self, name: &str, limit: u64) -> Result<Option<Vec<u8>>, Flaw> {
        let mut file = match self.zip.by_name(&format!("{}{name}", self.root)) {
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

/// Whether a name is a folder at the top: `archive/`.
fn is_folder(name: &str) -> bool {
    name.find('/') == name.len().checked_sub(1)
}
