//! Bytes read by position, from a file or from memory.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;

/// A stretch of a file or of memory that is read by position.
///
/// Read, and not mapped into memory: mapping needs `unsafe`, ends the program with a signal where
/// a file is shortened meanwhile, and lets the memory in use grow with the file.
#[derive(Clone, Debug)]
pub(super) struct Bytes {
    source: Source,
    start: u64,
    length: u64,
}

#[derive(Clone, Debug)]
enum Source {
    File(Arc<File>),
    Memory(Arc<[u8]>),
}

impl Bytes {
    /// All of a file, as long as it is now.
    pub(super) fn file(file: File) -> io::Result<Self> {
        let length = file.metadata()?.len();
        Ok(Self {
            source: Source::File(Arc::new(file)),
            start: 0,
            length,
        })
    }

    /// Bytes in memory.
    pub(super) fn memory(bytes: Vec<u8>) -> Self {
        Self {
            start: 0,
            length: bytes.len() as u64,
            source: Source::Memory(bytes.into()),
        }
    }

    /// How many bytes.
    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// The stretch of `length` bytes from `start`; `None` if it does not lie within.
    pub(super) fn part(&self, start: u64, length: u64) -> Option<Self> {
        let end = start.checked_add(length)?;
        (end <= self.length).then(|| Self {
            source: self.source.clone(),
            start: self.start + start,
            length,
        })
    }

    /// Fills `into` from `position`.
    pub(super) fn read_exact_at(&self, into: &mut [u8], position: u64) -> io::Result<()> {
        let mut filled = 0;
        while filled < into.len() {
            let Some(position) = position.checked_add(filled as u64) else {
                return Err(io::ErrorKind::UnexpectedEof.into());
            };
            match self.read_at(&mut into[filled..], position) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(count) => filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// A reader from the start that leaves other readers alone.
    pub(super) fn reader(&self) -> Reader<'_> {
        Reader {
            bytes: self,
            position: 0,
        }
    }

    fn read_at(&self, into: &mut [u8], position: u64) -> io::Result<usize> {
        let left = self.length.saturating_sub(position);
        let wanted = (into.len() as u64).min(left) as usize;
        let into = &mut into[..wanted];
        match &self.source {
            Source::File(file) => read_file_at(file, into, self.start + position),
            Source::Memory(memory) => {
                let start = (self.start + position) as usize;
                into.copy_from_slice(memory.get(start..start + wanted).unwrap_or_default());
                Ok(wanted)
            }
        }
    }
}

#[cfg(unix)]
fn read_file_at(file: &File, into: &mut [u8], position: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, into, position)
}

#[cfg(windows)]
fn read_file_at(file: &File, into: &mut [u8], position: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, into, position)
}

/// Reads [`Bytes`] from front to back, or from where it is told to.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    bytes: &'a Bytes,
    position: u64,
}

impl Read for Reader<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.bytes.read_at(into, self.position)?;
        self.position += count as u64;
        Ok(count)
    }
}

impl Seek for Reader<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let position = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::End(offset) => self.bytes.length.checked_add_signed(offset),
            SeekFrom::Current(offset) => self.position.checked_add_signed(offset),
        };
        self.position = position.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.position)
    }
}
