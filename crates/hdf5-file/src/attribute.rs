//! Attributes of objects, of which only text is read.

use crate::bytes::Bytes;
use crate::dataspace;
use crate::datatype::Datatype;
use crate::error::{Result, damaged, unsupported};
use crate::store::Store;

/// One attribute.
pub(crate) struct Attribute<'a> {
    pub(crate) name: &'a [u8],
    datatype: Bytes<'a>,
    dataspace: Bytes<'a>,
    data: Bytes<'a>,
}

pub(crate) fn read(mut message: Bytes) -> Result<Attribute> {
    let version = message.version("an attribute", &[1, 2, 3])?;
    if message.u8()? & 3 != 0 && version > 1 {
        return unsupported("an attribute whose type several objects share");
    }
    let lengths = [message.u16()?, message.u16()?, message.u16()?];
    if version == 3 {
        message.skip(1)?;
    }
    let mut part = |length: u16| {
        let length = u64::from(length);
        let part = message.take(length)?;
        if version == 1 {
            message.skip(length.next_multiple_of(8) - length)?;
        }
        Ok(part)
    };
    let [name, datatype, dataspace] = lengths;
    let (name, datatype, dataspace) = (part(name)?, part(datatype)?, part(dataspace)?);
    Ok(Attribute {
        name: name.strip_suffix(b"\0").unwrap_or(name),
        datatype: Bytes::new(datatype),
        dataspace: Bytes::new(dataspace),
        data: message,
    })
}

/// Whether attributes are in a heap of their own.
pub(crate) fn is_dense(store: &Store, mut info: Bytes) -> Result<bool> {
    info.version("information on attributes", &[0])?;
    let flags = info.u8()?;
    info.skip(if flags & 1 != 0 { 2 } else { 0 })?;
    Ok(store.address(&mut info)?.is_some())
}

impl Attribute<'_> {
    /// Its strings; none where it holds anything else. An attribute without values has none of them.
    pub(crate) fn texts(mut self, store: &Store) -> Result<Option<Vec<String>>> {
        let extents = dataspace::read(store, &mut self.dataspace)?;
        let count = match &extents {
            Some(extents) => dataspace::count(extents)?,
            None => 0,
        };
        if count == 0 {
            return Ok(Some(Vec::new()));
        }
        match Datatype::read(&mut self.datatype)? {
            Datatype::Text { bytes } => self.in_place(store, count, bytes).map(Some),
            Datatype::TextInHeap => self.in_heap(store, count).map(Some),
            _ => Ok(None),
        }
    }

    fn in_place(mut self, store: &Store, count: u64, bytes: u32) -> Result<Vec<String>> {
        let mut texts = Vec::new();
        for _ in 0..count {
            store.follow(24 + u64::from(bytes))?;
            let padded = self.data.take(bytes.into())?;
            let end = padded.iter().position(|byte| *byte == 0);
            texts.push(text(padded.get(..end.unwrap_or(padded.len())))?);
        }
        Ok(texts)
    }

    fn in_heap(mut self, store: &Store, count: u64) -> Result<Vec<String>> {
        let mut texts = Vec::new();
        for _ in 0..count {
            let length = self.data.u32()?;
            store.follow(24 + u64::from(length))?;
            let heap = store.address(&mut self.data)?;
            let index = self.data.u32()?;
            let found = match heap {
                Some(heap) if length > 0 => in_collection(store, heap, index)?,
                _ => &[],
            };
            texts.push(text(found.get(..length as usize))?);
        }
        Ok(texts)
    }
}

fn text(bytes: Option<&[u8]>) -> Result<String> {
    match bytes.map(str::from_utf8) {
        Some(Ok(text)) => Ok(text.trim_end_matches(['\0', ' ']).into()),
        Some(Err(_)) => damaged("text that is not UTF-8"),
        None => damaged("text shorter than announced"),
    }
}

/// The object of a number in a heap that the whole file shares.
fn in_collection<'a>(store: &Store<'a>, address: u64, index: u32) -> Result<&'a [u8]> {
    let mut bytes = store.from(address)?;
    bytes.expect(b"GCOL")?;
    bytes.version("a heap", &[1])?;
    bytes.skip(3)?;
    let length = store.length(&mut bytes)?;
    let mut bytes = Bytes::new(store.data(address, length)?);
    bytes.skip(8)?;
    store.length(&mut bytes)?;
    while !bytes.is_empty() {
        store.follow(24)?;
        let number = bytes.u16()?;
        bytes.skip(2 + 4)?;
        let length = store.length(&mut bytes)?;
        // Number 0 is what is free behind the last object.
        if number == 0 {
            break;
        }
        let object = bytes.take(length)?;
        if u32::from(number) == index {
            return Ok(object);
        }
        let padded = length.checked_next_multiple_of(8).unwrap_or(length);
        bytes.skip(padded - length)?;
    }
    damaged(format!("no object {index} in a heap"))
}
