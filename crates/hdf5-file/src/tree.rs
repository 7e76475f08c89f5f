//! Trees of the first version, over the tables of a group or the chunks of an array.

use crate::bytes::Bytes;
use crate::error::{Result, damaged};
use crate::store::Store;

/// Kinds of node.
pub(crate) struct Node;

impl Node {
    pub(crate) const GROUP: u8 = 0;
    pub(crate) const CHUNKS: u8 = 1;
}

/// Calls `leaf` with the key and the address of all that the tree holds, from the left. Every level is
/// lower than the one above, so that no node is below itself.
pub(crate) fn walk<'a>(
    store: &Store<'a>,
    root: u64,
    kind: u8,
    key: u64,
    mut leaf: impl FnMut(Bytes<'a>, u64) -> Result<()>,
) -> Result<()> {
    let mut open: Vec<(u64, Option<u8>)> = vec![(root, None)];
    while let Some((address, expected)) = open.pop() {
        let mut bytes = store.from(address)?;
        bytes.expect(b"TREE")?;
        let (found, level) = (bytes.u8()?, bytes.u8()?);
        if found != kind || expected.is_some_and(|expected| expected != level) {
            return damaged(format!(
                "a node of kind {found} and level {level} in a tree"
            ));
        }
        let count = bytes.u16()?;
        // Its neighbours.
        store.address(&mut bytes)?;
        store.address(&mut bytes)?;
        let mut below = Vec::new();
        for _ in 0..count {
            store.follow(key + 16)?;
            let left = Bytes::new(bytes.take(key)?);
            let child = store.place(&mut bytes, "a part of a tree")?;
            match level.checked_sub(1) {
                None => leaf(left, child)?,
                Some(lower) => below.push((child, Some(lower))),
            }
        }
        store.follow(24)?;
        open.extend(below.into_iter().rev());
    }
    Ok(())
}
