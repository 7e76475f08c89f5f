//! Headers of objects: lists of messages in one block and its continuations.

use std::collections::VecDeque;

use crate::bytes::Bytes;
use crate::error::{Result, damaged, unsupported};
use crate::store::Store;

/// Most messages of an object.
const MOST_MESSAGES: usize = 65_536;

/// Kinds of message that are read.
pub(crate) mod kind {
    pub(crate) const DATASPACE: u16 = 0x01;
    pub(crate) const LINK_INFO: u16 = 0x02;
    pub(crate) const DATATYPE: u16 = 0x03;
    pub(crate) const FILL: u16 = 0x05;
    pub(crate) const LINK: u16 = 0x06;
    pub(crate) const EXTERNAL: u16 = 0x07;
    pub(crate) const LAYOUT: u16 = 0x08;
    pub(crate) const FILTERS: u16 = 0x0b;
    pub(crate) const ATTRIBUTE: u16 = 0x0c;
    pub(crate) const CONTINUATION: u16 = 0x10;
    pub(crate) const SYMBOL_TABLE: u16 = 0x11;
    pub(crate) const ATTRIBUTE_INFO: u16 = 0x15;
}

/// One message.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Message<'a> {
    pub(crate) kind: u16,
    flags: u8,
    body: &'a [u8],
}

impl<'a> Message<'a> {
    /// What it says, if it says it itself.
    pub(crate) fn body(&self) -> Result<Bytes<'a>> {
        match self.flags & 2 {
            0 => Ok(Bytes::new(self.body)),
            _ => unsupported("a type or shape that several objects share"),
        }
    }
}

/// All messages of the object at an address, in order.
pub(crate) fn messages<'a>(store: &Store<'a>, address: u64) -> Result<Vec<Message<'a>>> {
    let mut bytes = store.from(address)?;
    let mut blocks = VecDeque::new();
    let is_old = !bytes.rest().starts_with(b"OHDR");
    let mut has_order = false;
    if is_old {
        bytes.version("an object's header", &[1])?;
        // Reserved, the number of messages, references.
        bytes.skip(1 + 2 + 4)?;
        let length = bytes.u32()?.into();
        bytes.skip(4)?;
        blocks.push_back(bytes.take(length)?);
    } else {
        bytes.skip(4)?;
        bytes.version("an object's header", &[2])?;
        let flags = bytes.u8()?;
        has_order = flags & 4 != 0;
        bytes.skip(if flags & 32 != 0 { 16 } else { 0 })?;
        bytes.skip(if flags & 16 != 0 { 4 } else { 0 })?;
        let length = bytes.uint(1 << (flags & 3))?;
        blocks.push_back(bytes.take(length)?);
    }
    let mut messages = Vec::new();
    while let Some(block) = blocks.pop_front() {
        store.follow(16 + block.len() as u64)?;
        let mut bytes = Bytes::new(block);
        // What is left behind the last message is a gap.
        let prefix = match (is_old, has_order) {
            (true, _) => 8,
            (false, true) => 6,
            (false, false) => 4,
        };
        while bytes.rest().len() >= prefix {
            let message = next(&mut bytes, is_old, has_order)?;
            if message.kind == kind::CONTINUATION {
                let mut place = message.body()?;
                let address = store.place(&mut place, "a continued header")?;
                let length = store.length(&mut place)?;
                blocks.push_back(continued(store, address, length, is_old)?);
            }
            if messages.len() == MOST_MESSAGES {
                return damaged(format!("an object of more than {MOST_MESSAGES} messages"));
            }
            messages.push(message);
        }
    }
    Ok(messages)
}

fn next<'a>(bytes: &mut Bytes<'a>, is_old: bool, has_order: bool) -> Result<Message<'a>> {
    let kind = match is_old {
        true => bytes.u16()?,
        false => bytes.u8()?.into(),
    };
    let length = bytes.u16()?.into();
    let flags = bytes.u8()?;
    bytes.skip(match (is_old, has_order) {
        (true, _) => 3,
        (false, true) => 2,
        (false, false) => 0,
    })?;
    let body = bytes.take(length)?;
    Ok(Message { kind, flags, body })
}

fn continued<'a>(store: &Store<'a>, address: u64, length: u64, is_old: bool) -> Result<&'a [u8]> {
    let block = store.data(address, length)?;
    if is_old {
        return Ok(block);
    }
    let mut bytes = Bytes::new(block);
    bytes.expect(b"OCHK")?;
    // A checksum is at its end.
    match bytes.rest().split_last_chunk::<4>() {
        Some((messages, _)) => Ok(messages),
        None => damaged("a continued header without end"),
    }
}
