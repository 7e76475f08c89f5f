//! The bytes of a file, the widths of its numbers, and what may still be taken of it.

use std::cell::Cell;

use crate::bytes::Bytes;
use crate::error::{Hdf5Error, Result, damaged};

/// Bytes of structure that are followed for each byte of the file, beside [`ROOM`]. Structures may be
/// shared, and a group is listed anew for every name that is looked up in it.
const STRUCTURE_RATIO: u64 = 64;
/// Most bytes of structure that are followed in any file.
const MOST_STRUCTURE: u64 = 1 << 30;
/// Most bytes unpacked for each byte of the file, beside [`ROOM`]. Weights hardly compress; nothing
/// but a constant becomes so small.
const UNPACKED_RATIO: u64 = 32;
/// What any file may take.
const ROOM: u64 = 1 << 20;

#[derive(Debug)]
pub(crate) struct Store<'a> {
    bytes: &'a [u8],
    /// Bytes of an address.
    offsets: u8,
    /// Bytes of a length.
    lengths: u8,
    structure: Cell<u64>,
    unpacked: Cell<u64>,
}

impl<'a> Store<'a> {
    pub(crate) fn new(bytes: &'a [u8], offsets: u8, lengths: u8) -> Result<Self> {
        for width in [offsets, lengths] {
            if !matches!(width, 2 | 4 | 8) {
                return damaged(format!("addresses or lengths of {width} bytes"));
            }
        }
        Ok(Self {
            bytes,
            offsets,
            lengths,
            structure: Cell::new(0),
            unpacked: Cell::new(0),
        })
    }

    /// Everything from an address on.
    pub(crate) fn from(&self, address: u64) -> Result<Bytes<'a>> {
        let rest = usize::try_from(address).ok();
        match rest.and_then(|address| self.bytes.get(address..)) {
            Some(rest) => Ok(Bytes::new(rest)),
            None => damaged(format!(
                "address {address} in a file of {} bytes",
                self.bytes.len()
            )),
        }
    }

    /// `length` bytes of data from an address on.
    pub(crate) fn data(&self, address: u64, length: u64) -> Result<&'a [u8]> {
        self.from(address)?.take(length)
    }

    /// An address; none where it is the one that stands for none.
    pub(crate) fn address(&self, bytes: &mut Bytes) -> Result<Option<u64>> {
        let address = bytes.uint(self.offsets)?;
        let none = u64::MAX >> (64 - 8 * u32::from(self.offsets));
        Ok((address != none).then_some(address))
    }

    /// An address that has to be one.
    pub(crate) fn place(&self, bytes: &mut Bytes, of: &str) -> Result<u64> {
        match self.address(bytes)? {
            Some(address) => Ok(address),
            None => damaged(format!("no address of {of}")),
        }
    }

    /// Bytes of an address.
    pub(crate) fn address_bytes(&self) -> u8 {
        self.offsets
    }

    /// Bytes of a length.
    pub(crate) fn length_bytes(&self) -> u8 {
        self.lengths
    }

    pub(crate) fn length(&self, bytes: &mut Bytes) -> Result<u64> {
        bytes.uint(self.lengths)
    }

    /// Counts bytes of structure, so that lists without end have one.
    pub(crate) fn follow(&self, bytes: u64) -> Result<()> {
        let limit = self.limit(STRUCTURE_RATIO).min(MOST_STRUCTURE);
        self.count(&self.structure, bytes, limit, "structure")
    }

    /// Counts bytes that are about to take memory.
    pub(crate) fn unpack(&self, bytes: u64) -> Result<()> {
        let limit = self.limit(UNPACKED_RATIO);
        self.count(&self.unpacked, bytes, limit, "data")
    }

    fn limit(&self, ratio: u64) -> u64 {
        (self.bytes.len() as u64).saturating_mul(ratio) + ROOM
    }

    fn count(&self, counted: &Cell<u64>, bytes: u64, limit: u64, what: &'static str) -> Result<()> {
        counted.set(counted.get().saturating_add(bytes));
        if counted.get() > limit {
            return Err(Hdf5Error::TooLarge {
                what,
                limit,
                file: self.bytes.len() as u64,
            });
        }
        Ok(())
    }
}
