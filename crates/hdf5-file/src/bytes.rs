//! Bytes that are read from front to back.

use crate::error::{Result, damaged};

/// What has not been read yet; every length is checked before it is used.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bytes<'a> {
    rest: &'a [u8],
}

impl<'a> Bytes<'a> {
    pub(crate) fn new(rest: &'a [u8]) -> Self {
        Self { rest }
    }

    pub(crate) fn rest(self) -> &'a [u8] {
        self.rest
    }

    pub(crate) fn is_empty(self) -> bool {
        self.rest.is_empty()
    }

    pub(crate) fn take(&mut self, count: u64) -> Result<&'a [u8]> {
        let split = usize::try_from(count).ok();
        let split = split.and_then(|count| self.rest.split_at_checked(count));
        let Some((taken, rest)) = split else {
            return damaged(format!(
                "{count} bytes announced, {} remain",
                self.rest.len()
            ));
        };
        self.rest = rest;
        Ok(taken)
    }

    pub(crate) fn skip(&mut self, count: u64) -> Result<()> {
        self.take(count).map(drop)
    }

    /// A little-endian number of `width` bytes, 8 at most.
    pub(crate) fn uint(&mut self, width: u8) -> Result<u64> {
        let mut number = [0; 8];
        let taken = self.take(width.into())?;
        let Some(place) = number.get_mut(..taken.len()) else {
            return damaged(format!("a number of {width} bytes"));
        };
        place.copy_from_slice(taken);
        Ok(u64::from_le_bytes(number))
    }

    pub(crate) fn u8(&mut self) -> Result<u8> {
        Ok(self.uint(1)? as u8)
    }

    pub(crate) fn u16(&mut self) -> Result<u16> {
        Ok(self.uint(2)? as u16)
    }

    pub(crate) fn u32(&mut self) -> Result<u32> {
        Ok(self.uint(4)? as u32)
    }

    /// Four letters, or what is there instead.
    pub(crate) fn expect(&mut self, letters: &[u8; 4]) -> Result<()> {
        let found = self.take(4)?;
        if found != letters {
            return damaged(format!(
                "expected `{}`, found `{}`",
                letters.escape_ascii(),
                found.escape_ascii()
            ));
        }
        Ok(())
    }

    /// A version, which has to be one of `known`.
    pub(crate) fn version(&mut self, of: &str, known: &[u8]) -> Result<u8> {
        let version = self.u8()?;
        match known.contains(&version) {
            true => Ok(version),
            false => crate::error::unsupported(format!("version {version} of {of}")),
        }
    }
}
