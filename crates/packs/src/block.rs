//! Blocks of a file, read where they lie.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use durable::FileDigest;
use sha2::{Digest as _, Sha256};

use crate::error::PackError;
use crate::line::Place;

/// A file of blocks, open for readers at any place.
#[derive(Debug)]
pub(crate) struct Blocks {
    path: PathBuf,
    file: File,
}

impl Blocks {
    /// Opens the file at `path`, which has the stated size.
    pub(crate) fn open(path: &Path, stated: &FileDigest) -> Result<Self, PackError> {
        let io = PackError::io("read", path);
        let file = outside::open(path).map_err(&io)?;
        let found = file.metadata().map_err(&io)?.len();
        match found == stated.bytes {
            true => Ok(Self {
                path: path.into(),
                file,
            }),
            false => Err(PackError::damaged(
                path,
                format!("expected {} bytes, found {found}", stated.bytes),
            )),
        }
    }

    /// The block at `place`, which lies within the file; held against its digest.
    pub(crate) fn read(&self, place: &Place) -> Result<Vec<u8>, String> {
        let (start, end) = (place.start, place.start.saturating_add(place.bytes));
        let told =
            |what: String| format!("{}, bytes {start} to {end}: {what}", self.path.display());
        let room = usize::try_from(place.bytes).map_err(|_| told("too many".into()))?;
        let mut bytes = Vec::new();
        let no_room = |_| told("no memory for them".into());
        bytes.try_reserve_exact(room).map_err(no_room)?;
        bytes.resize(room, 0);
        read_at(&self.file, &mut bytes, start).map_err(|error| told(error.to_string()))?;
        let found = format!("{:x}", Sha256::digest(&bytes));
        match found == place.sha256 {
            true => Ok(bytes),
            false => Err(told(format!(
                "expected SHA-256 {}, found {found}",
                place.sha256
            ))),
        }
    }
}

#[cfg(unix)]
fn read_at(file: &File, bytes: &mut [u8], start: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, start)
}

#[cfg(windows)]
fn read_at(file: &File, mut bytes: &mut [u8], mut start: u64) -> io::Result<()> {
    use std::os::windows::fs::FileExt as _;
    while !bytes.is_empty() {
        match file.seek_read(bytes, start) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(count) => {
                bytes = &mut bytes[count..];
                start += count as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
