//! Arrays in chunks: where each chunk is, and the array put together.

use crate::bytes::Bytes;
use crate::dataspace;
use crate::error::{Result, damaged, unsupported};
use crate::filters::Filters;
use crate::store::Store;
use crate::tree::{self, Node};

/// How the places of chunks are found.
#[derive(Clone, Debug)]
enum Index {
    Tree,
    /// One chunk; its length and the filters that it was spared.
    Alone(Option<(u64, u32)>),
    /// One after the other.
    Row,
    /// A table as long as there are chunks.
    Table,
}

/// The chunks of an array.
#[derive(Clone, Debug)]
pub(crate) struct Chunks {
    /// Extents of a chunk, as many as the array has.
    extents: Vec<u64>,
    index: Index,
    address: Option<u64>,
}

/// Where one chunk is.
struct Place {
    address: u64,
    length: u64,
    mask: u32,
}

impl Chunks {
    /// By a layout of version 3, behind its class.
    pub(crate) fn read(store: &Store, bytes: &mut Bytes) -> Result<Self> {
        let rank = bytes.u8()?;
        let address = store.address(bytes)?;
        Ok(Self {
            extents: extents(bytes, rank, 4)?,
            index: Index::Tree,
            address,
        })
    }

    /// By a layout of version 4 or 5, behind its class.
    pub(crate) fn read_newer(store: &Store, bytes: &mut Bytes) -> Result<Self> {
        let flags = bytes.u8()?;
        let rank = bytes.u8()?;
        let width = bytes.u8()?;
        let extents = extents(bytes, rank, width)?;
        if flags & 1 != 0 {
            return unsupported("chunks at an edge without filters");
        }
        let index = match bytes.u8()? {
            1 if flags & 2 != 0 => Index::Alone(Some((store.length(bytes)?, bytes.u32()?))),
            1 => Index::Alone(None),
            2 => Index::Row,
            3 => {
                bytes.skip(1)?;
                Index::Table
            }
            4 | 5 => return unsupported("an array that can grow, of the newer form"),
            other => return damaged(format!("index {other} of chunks")),
        };
        Ok(Self {
            extents,
            index,
            address: store.address(bytes)?,
        })
    }

    /// Puts all chunks into `array`, of extents `shape` and of elements of `size` bytes.
    pub(crate) fn put(
        &self,
        store: &Store,
        filters: &Filters,
        shape: &[u64],
        size: usize,
        array: &mut [u8],
    ) -> Result<()> {
        if self.extents.len() != shape.len() || self.extents.contains(&0) || shape.is_empty() {
            return damaged(format!(
                "chunks of extents {:?} in an array of {shape:?}",
                self.extents
            ));
        }
        let count = dataspace::count(&self.extents)?;
        let Some(whole) = count.checked_mul(size as u64) else {
            return damaged(format!("a chunk of extents {:?}", self.extents));
        };
        let Some(address) = self.address else {
            return Ok(());
        };
        let mut put = |start: &[u64], place: Place| {
            store.unpack(whole)?;
            let stored = store.data(place.address, place.length)?;
            let chunk = filters.undone(stored, place.mask, whole as usize)?;
            self.copy(&chunk, start, shape, size, array)
        };
        match self.index {
            Index::Tree => {
                // Length, filters spared, a start in each extent and within an element.
                let key = 8 + 8 * (shape.len() as u64 + 1);
                tree::walk(store, address, Node::CHUNKS, key, |mut key, address| {
                    let (length, mask) = (key.u32()?.into(), key.u32()?);
                    let start: Result<Vec<u64>> = shape.iter().map(|_| key.uint(8)).collect();
                    put(
                        &start?,
                        Place {
                            address,
                            length,
                            mask,
                        },
                    )
                })
            }
            Index::Alone(packed) => {
                let (length, mask) = packed.unwrap_or((whole, 0));
                put(
                    &vec![0; shape.len()],
                    Place {
                        address,
                        length,
                        mask,
                    },
                )
            }
            Index::Row | Index::Table => {
                let grid: Vec<u64> = (shape.iter().zip(&self.extents))
                    .map(|(all, one)| all.div_ceil(*one))
                    .collect();
                let count = dataspace::count(&grid)?;
                let mut table = match self.index {
                    Index::Table => Some(Table::read(store, address, count, filters)?),
                    _ => None,
                };
                for number in 0..count {
                    store.follow(16)?;
                    let place = match &mut table {
                        Some(table) => table.next(store, whole)?,
                        None => (number.checked_mul(whole))
                            .and_then(|before| before.checked_add(address))
                            .map(|address| Place {
                                address,
                                length: whole,
                                mask: 0,
                            }),
                    };
                    if let Some(place) = place {
                        put(&self.start(number, &grid), place)?;
                    }
                }
                Ok(())
            }
        }
    }

    /// Where the chunk of a number begins.
    fn start(&self, mut number: u64, grid: &[u64]) -> Vec<u64> {
        let mut start = vec![0; grid.len()];
        let places = start.iter_mut().zip(grid.iter().zip(&self.extents));
        for (place, (count, extent)) in places.rev() {
            *place = (number % count).saturating_mul(*extent);
            number /= count;
        }
        start
    }

    /// Copies what of a chunk lies inside the array, row by row.
    fn copy(
        &self,
        chunk: &[u8],
        start: &[u64],
        shape: &[u64],
        size: usize,
        array: &mut [u8],
    ) -> Result<()> {
        let mut inside = Vec::new();
        for ((start, all), one) in start.iter().zip(shape).zip(&self.extents) {
            let Some(left) = all.checked_sub(*start).filter(|left| *left > 0) else {
                return damaged(format!("a chunk at {start} in an extent of {all}"));
            };
            inside.push(left.min(*one));
        }
        let Some((run, outer)) = inside.split_last() else {
            return damaged("a chunk without extents");
        };
        let run = *run as usize * size;
        let rows = outer.iter().product::<u64>();
        for row in 0..rows {
            let (mut rest, mut from, mut to) = (row, 0, 0);
            let (mut chunk_stride, mut array_stride) = (1, 1);
            for axis in (0..shape.len()).rev() {
                let place = match outer.get(axis) {
                    Some(count) => {
                        let place = rest % count;
                        rest /= count;
                        place
                    }
                    None => 0,
                };
                from += place * chunk_stride;
                to += (start[axis] + place) * array_stride;
                chunk_stride *= self.extents[axis];
                array_stride *= shape[axis];
            }
            let (from, to) = (from as usize * size, to as usize * size);
            let target = array.get_mut(to..).and_then(|rest| rest.get_mut(..run));
            let source = chunk.get(from..).and_then(|rest| rest.get(..run));
            let (Some(target), Some(source)) = (target, source) else {
                return damaged("a chunk outside its array");
            };
            target.copy_from_slice(source);
        }
        Ok(())
    }
}

/// Extents of a chunk, without the last number: the size of an element.
fn extents(bytes: &mut Bytes, rank: u8, width: u8) -> Result<Vec<u64>> {
    let extents = (1..rank).map(|_| bytes.uint(width));
    let extents = extents.collect::<Result<Vec<u64>>>()?;
    bytes.uint(width)?;
    Ok(extents)
}

/// A table with the place of every chunk.
struct Table<'a> {
    entries: Bytes<'a>,
    /// Bytes of an entry's length, where there are filters.
    length: Option<u8>,
}

impl<'a> Table<'a> {
    fn read(store: &Store<'a>, address: u64, count: u64, filters: &Filters) -> Result<Self> {
        let mut head = store.from(address)?;
        head.expect(b"FAHD")?;
        head.version("a table of chunks", &[0])?;
        let (client, entry, page) = (head.u8()?, head.u8()?, head.u8()?);
        let entries = store.length(&mut head)?;
        let block = store.place(&mut head, "a table of chunks")?;
        if entries < count || (client == 1) == filters.is_empty() {
            return damaged(format!("a table of {entries} entries for {count} chunks"));
        }
        if page < 63 && entries > 1 << page {
            return unsupported(format!("an array in {entries} chunks of the newer form"));
        }
        let mut bytes = store.from(block)?;
        bytes.expect(b"FADB")?;
        bytes.version("a table of chunks", &[0])?;
        bytes.skip(1)?;
        store.address(&mut bytes)?;
        let address_and_mask = store.address_bytes() + 4;
        let length = match client {
            0 => None,
            _ => match entry.checked_sub(address_and_mask) {
                Some(width @ 1..=8) => Some(width),
                _ => return damaged(format!("an entry of {entry} bytes in a table of chunks")),
            },
        };
        Ok(Self {
            entries: bytes,
            length,
        })
    }

    /// The next chunk, if it was ever written.
    fn next(&mut self, store: &Store, whole: u64) -> Result<Option<Place>> {
        let address = store.address(&mut self.entries)?;
        let (length, mask) = match self.length {
            None => (whole, 0),
            Some(width) => (self.entries.uint(width)?, self.entries.u32()?),
        };
        Ok(address.map(|address| Place {
            address,
            length,
            mask,
        }))
    }
}
