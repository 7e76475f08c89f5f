//! Regular files, and no others.

use std::fs::{File, FileType, OpenOptions};
use std::io::{self, ErrorKind, Read as _};
use std::path::Path;

use crate::error::ReadError;

/// Opens a regular file for reading, or a link to one. Never waits for another process.
///
/// A folder, a pipe, a socket and a device are refused.
pub fn open(path: &Path) -> io::Result<File> {
    // Asked before opening too: opening a device may already do something.
    check(std::fs::metadata(path)?.file_type())?;
    let mut options = OpenOptions::new();
    options.read(true);
    // A pipe may have taken the file's place since: opening that would wait for a writer.
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.custom_flags(rustix::fs::OFlags::NONBLOCK.bits() as i32);
    }
    let file = options.open(path)?;
    check(file.metadata()?.file_type())?;
    Ok(file)
}

/// Reads a whole regular file of at most `limit` bytes.
pub fn read(path: &Path, limit: u64) -> Result<Vec<u8>, ReadError> {
    let file = open(path)?;
    let stated = file.metadata()?.len();
    if stated > limit {
        return Err(ReadError::TooLarge {
            found: stated,
            limit,
        });
    }
    let bytes = taken(file, stated, limit.saturating_add(1))?;
    match bytes.len() as u64 {
        found if found > limit => Err(ReadError::TooLarge { found, limit }),
        _ => Ok(bytes),
    }
}

/// Reads the first `count` bytes of a regular file; fewer where it has no more.
pub fn read_start(path: &Path, count: u64) -> io::Result<Vec<u8>> {
    let file = open(path)?;
    let stated = file.metadata()?.len();
    taken(file, stated, count)
}

/// At most `limit` bytes. Room is made for the `stated` length at once: growing would hold it twice.
fn taken(file: File, stated: u64, limit: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let room = usize::try_from(stated.min(limit)).map_err(|_| ErrorKind::OutOfMemory)?;
    bytes
        .try_reserve_exact(room)
        .map_err(|_| ErrorKind::OutOfMemory)?;
    file.take(limit).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn check(kind: FileType) -> io::Result<()> {
    if kind.is_file() {
        return Ok(());
    }
    let (error, found) = match kind.is_dir() {
        true => (ErrorKind::IsADirectory, "a folder"),
        false => (ErrorKind::InvalidInput, special(kind)),
    };
    Err(io::Error::new(
        error,
        format!("expected a regular file, found {found}"),
    ))
}

#[cfg(unix)]
fn special(kind: FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt as _;
    match () {
        () if kind.is_fifo() => "a pipe",
        () if kind.is_socket() => "a socket",
        () if kind.is_char_device() || kind.is_block_device() => "a device",
        () => "something else",
    }
}

#[cfg(not(unix))]
fn special(_kind: FileType) -> &'static str {
    "something else"
}
