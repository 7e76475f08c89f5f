//! What a group holds: by a tree and a heap of names, or by messages.

use std::collections::BTreeMap;

use crate::bytes::Bytes;
use crate::error::{Result, damaged, unsupported};
use crate::store::Store;
use crate::tree::{self, Node};

/// Something that a group holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Child {
    pub(crate) address: u64,
}

type Children = BTreeMap<String, Child>;

/// Longest name.
const MOST_LETTERS: usize = 4096;

/// Links by a symbol table: a tree of tables, whose names are in a heap.
pub(crate) fn of_table(store: &Store, mut message: Bytes, children: &mut Children) -> Result<()> {
    let root = store.place(&mut message, "a group's tree")?;
    let heap = store.place(&mut message, "a group's names")?;
    let mut heap = store.from(heap)?;
    heap.expect(b"HEAP")?;
    heap.version("a heap of names", &[0])?;
    heap.skip(3)?;
    let length = store.length(&mut heap)?;
    store.length(&mut heap)?;
    let names = store.place(&mut heap, "the names of a group")?;
    let names = store.data(names, length)?;
    // A key is as long as a length.
    let key = store.length_bytes().into();
    tree::walk(store, root, Node::GROUP, key, |_, table| {
        of_symbols(store, table, names, children)
    })
}

fn of_symbols(store: &Store, table: u64, names: &[u8], children: &mut Children) -> Result<()> {
    let mut bytes = store.from(table)?;
    bytes.expect(b"SNOD")?;
    bytes.version("a table of symbols", &[1])?;
    bytes.skip(1)?;
    let count = bytes.u16()?;
    for _ in 0..count {
        store.follow(40)?;
        let Some(name) = store.address(&mut bytes)? else {
            return damaged("a link without a name");
        };
        let object = store.address(&mut bytes)?;
        let cached = bytes.u32()?;
        bytes.skip(4 + 16)?;
        let rest = usize::try_from(name).ok().and_then(|at| names.get(at..));
        let rest = rest.unwrap_or_default();
        let length = rest.iter().take(MOST_LETTERS).position(|byte| *byte == 0);
        let Some(name) = length.and_then(|length| rest.get(..length)) else {
            return damaged("a link whose name has no end");
        };
        // 2 is a link by a path.
        if let (Some(address), true) = (object, cached != 2) {
            insert(store, name, address, children)?;
        }
    }
    Ok(())
}

/// A link by a message of its own.
pub(crate) fn of_message(store: &Store, mut message: Bytes, children: &mut Children) -> Result<()> {
    message.version("a link", &[1])?;
    let flags = message.u8()?;
    let kind = match flags & 8 {
        0 => 0,
        _ => message.u8()?,
    };
    message.skip(if flags & 4 != 0 { 8 } else { 0 })?;
    message.skip(if flags & 16 != 0 { 1 } else { 0 })?;
    let length = message.uint(1 << (flags & 3))?;
    let name = message.take(length)?;
    // Others are links by a path, and into other files.
    if kind == 0 {
        let address = store.place(&mut message, "a link")?;
        insert(store, name, address, children)?;
    }
    Ok(())
}

/// Refuses groups whose links are in a heap of their own.
pub(crate) fn check_compact(store: &Store, mut message: Bytes) -> Result<()> {
    message.version("information on links", &[0])?;
    let flags = message.u8()?;
    message.skip(if flags & 1 != 0 { 8 } else { 0 })?;
    match store.address(&mut message)? {
        None => Ok(()),
        Some(_) => unsupported("a group of the newer form with many members (libver \"latest\")"),
    }
}

fn insert(store: &Store, name: &[u8], address: u64, children: &mut Children) -> Result<()> {
    store.follow(name.len() as u64)?;
    let Ok(text) = std::str::from_utf8(name) else {
        return damaged(format!("a link `{}`, not UTF-8", name.escape_ascii()));
    };
    if text.is_empty() || text.len() > MOST_LETTERS || text.contains('/') {
        return damaged(format!("a link `{}`", name.escape_ascii()));
    }
    match children.insert(text.into(), Child { address }) {
        None => Ok(()),
        Some(_) => damaged(format!("two links `{}`", name.escape_ascii())),
    }
}
