//! Bytes that are read from front to back.

use crate::error::Flaw;

/// Longest line of a module's or function's name.
const MAX_LINE: usize = 4096;

/// A position in some bytes; every length is checked against what remains before it is used.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bytes<'a> {
    all: &'a [u8],
    position: usize,
}

impl<'a> Bytes<'a> {
    pub(super) fn new(all: &'a [u8]) -> Self {
        Self { all, position: 0 }
    }

    pub(super) fn position(&self) -> usize {
        self.position
    }

    pub(super) fn take(&mut self, count: u64) -> Result<&'a [u8], Flaw> {
        let rest = &self.all[self.position..];
        let taken = usize::try_from(count).ok().and_then(|n| rest.get(..n));
        let taken = taken.ok_or_else(|| {
            Flaw::Damaged(format!("{count} bytes announced, {} remain", rest.len()))
        })?;
        self.position += taken.len();
        Ok(taken)
    }

    pub(super) fn byte(&mut self) -> Result<u8, Flaw> {
        Ok(self.array::<1>()?[0])
    }

    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], Flaw> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N as u64)?);
        Ok(array)
    }

    /// As many bytes as a little-endian number of `N` bytes before them says; N is at most 8.
    pub(super) fn counted<const N: usize>(&mut self) -> Result<&'a [u8], Flaw> {
        let mut count = [0; 8];
        count[..N].copy_from_slice(&self.array::<N>()?);
        self.take(u64::from_le_bytes(count))
    }

    /// Text up to the next line feed, which is skipped.
    pub(super) fn line(&mut self) -> Result<&'a str, Flaw> {
        let rest = &self.all[self.position..];
        let length = rest.iter().take(MAX_LINE).position(|b| *b == b'\n');
        let line = length.and_then(|n| std::str::from_utf8(&rest[..n]).ok());
        let line = line.ok_or_else(|| Flaw::damaged("a name without end, or not UTF-8"))?;
        self.position += line.len() + 1;
        Ok(line)
    }
}
