//! What was done to the chunks of an array before they were written, undone.

use std::borrow::Cow;
use std::io::Read as _;

use flate2::read::ZlibDecoder;

use crate::bytes::Bytes;
use crate::error::{Result, damaged, unsupported};

/// Most filters of an array; also HDF5's own bound.
const MOST: u8 = 32;
/// Bytes of a checksum.
const CHECKSUM: usize = 4;

/// One step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Filter {
    Deflate,
    /// The first bytes of all elements, then the second ones: elements of so many bytes.
    Shuffle(usize),
    /// A checksum behind the data.
    Fletcher32,
}

/// The steps in the order in which they were done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Filters(Vec<Filter>);

impl Filters {
    pub(crate) fn read(mut bytes: Bytes) -> Result<Self> {
        let version = bytes.version("the filters of an array", &[1, 2])?;
        let count = bytes.u8()?;
        if count > MOST {
            return damaged(format!("{count} filters"));
        }
        bytes.skip(if version == 1 { 6 } else { 0 })?;
        let mut filters = Vec::new();
        for _ in 0..count {
            filters.push(Filter::read(&mut bytes, version)?);
        }
        Ok(Self(filters))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A chunk of `length` bytes as it was before the filters, but for those of `mask`, which it was
    /// spared.
    pub(crate) fn undone<'a>(
        &self,
        stored: &'a [u8],
        mask: u32,
        length: usize,
    ) -> Result<Cow<'a, [u8]>> {
        let mut chunk = Cow::Borrowed(stored);
        for (place, filter) in self.0.iter().enumerate().rev() {
            if mask >> place & 1 == 0 {
                // Filters before this one may have added checksums.
                chunk = filter.undone(chunk, length + CHECKSUM * place)?;
            }
        }
        if chunk.len() != length {
            return damaged(format!(
                "a chunk of {} bytes, expected {length}",
                chunk.len()
            ));
        }
        Ok(chunk)
    }
}

impl Filter {
    fn read(bytes: &mut Bytes, version: u8) -> Result<Self> {
        let number = bytes.u16()?;
        let is_named = version == 1 || number >= 256;
        let name = if is_named { bytes.u16()? } else { 0 };
        bytes.skip(2)?;
        let values = bytes.u16()?;
        let name = u64::from(name);
        bytes.skip(match version {
            1 => name.next_multiple_of(8),
            _ => name,
        })?;
        let mut first = None;
        for _ in 0..values {
            let value = bytes.u32()?;
            first.get_or_insert(value);
        }
        bytes.skip(if version == 1 && values % 2 == 1 {
            4
        } else {
            0
        })?;
        match (number, first) {
            (1, _) => Ok(Self::Deflate),
            (2, Some(size @ 1..)) => Ok(Self::Shuffle(size as usize)),
            (3, _) => Ok(Self::Fletcher32),
            (2, _) => damaged("shuffled elements of 0 bytes"),
            _ => {
                let known = match number {
                    4 => " (szip)",
                    5 | 6 => " (bits left out)",
                    32_000 => " (LZF)",
                    32_001 => " (Blosc)",
                    32_015 => " (Zstandard)",
                    _ => "",
                };
                unsupported(format!("an array packed by filter {number}{known}"))
            }
        }
    }

    fn undone(self, chunk: Cow<[u8]>, most: usize) -> Result<Cow<[u8]>> {
        match self {
            Self::Deflate => inflated(&chunk, most).map(Cow::Owned),
            Self::Shuffle(size) => Ok(Cow::Owned(unshuffled(&chunk, size))),
            Self::Fletcher32 => {
                let Some((data, stored)) = chunk.split_last_chunk::<CHECKSUM>() else {
                    return damaged("a chunk shorter than its checksum");
                };
                let (found, stored) = (fletcher32(data), u32::from_le_bytes(*stored));
                if found != stored {
                    return damaged(format!(
                        "a chunk whose checksum is {found:08x}, expected {stored:08x}"
                    ));
                }
                Ok(Cow::Owned(data.to_vec()))
            }
        }
    }
}

fn inflated(chunk: &[u8], most: usize) -> Result<Vec<u8>> {
    let mut data = Vec::new();
    let mut unpacking = ZlibDecoder::new(chunk).take(most as u64 + 1);
    match unpacking.read_to_end(&mut data) {
        Ok(length) if length <= most => Ok(data),
        Ok(_) => damaged(format!("a chunk of more than {most} bytes")),
        Err(error) => damaged(format!("a chunk that cannot be unpacked ({error})")),
    }
}

fn unshuffled(chunk: &[u8], size: usize) -> Vec<u8> {
    let count = chunk.len() / size;
    let (shuffled, rest) = chunk.split_at(count * size);
    let mut data = vec![0; shuffled.len()];
    if count > 0 {
        for (place, bytes) in shuffled.chunks_exact(count).enumerate() {
            for (element, byte) in data.chunks_exact_mut(size).zip(bytes) {
                element[place] = *byte;
            }
        }
    }
    data.extend_from_slice(rest);
    data
}

/// Fletcher's sum over pairs of bytes, the first the higher.
fn fletcher32(data: &[u8]) -> u32 {
    let folded = |sum: u32| (sum & 0xffff) + (sum >> 16);
    let (mut low, mut high) = (0u32, 0u32);
    // After so many pairs a sum might overflow.
    for some in data.chunks(2 * 360) {
        for pair in some.chunks(2) {
            let second = pair.get(1).copied().unwrap_or_default();
            low += u32::from(u16::from_be_bytes([pair[0], second]));
            high += low;
        }
        (low, high) = (folded(low), folded(high));
    }
    folded(high) << 16 | folded(low)
}
