//! The zip container: `<root>/data.pkl`, and a storage in each `<root>/data/<key>`.

use crate::archive::Archive;
use crate::error::{Flaw, shown};

/// Largest pickle, in bytes.
const PICKLE_LIMIT: u64 = 64 << 20;

/// A checkpoint in a zip archive.
pub(super) struct Container<'a> {
    archive: Archive<'a>,
    /// First part of every member's name, with a slash.
    root: String,
}

impl<'a> Container<'a> {
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, Flaw> {
        let archive = Archive::open(bytes)?;
        let top = |name: &&str| name.strip_suffix("data.pkl").is_some_and(is_folder);
        let found: Vec<&str> = archive.names().filter(top).collect();
        let &[pickle] = &found[..] else {
            return Err(Flaw::Damaged(format!(
                "expected one member `<root>/data.pkl`, found {}",
                found.len()
            )));
        };
        let root = pickle.trim_end_matches("data.pkl").into();
        Ok(Self { archive, root })
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

    fn member(&mut self, name: &str, limit: u64) -> Result<Option<Vec<u8>>, Flaw> {
        self.archive.member(&format!("{}{name}", self.root), limit)
    }
}

/// Whether a name is a folder at the top: `archive/`.
fn is_folder(name: &str) -> bool {
    name.find('/') == name.len().checked_sub(1)
}
