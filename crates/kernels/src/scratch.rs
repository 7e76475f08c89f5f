//! Memory for intermediate values.

mod demand;
#[cfg(test)]
mod meter;
#[cfg(test)]
mod tests;

pub use demand::Demand;
pub(crate) use demand::steps;

use std::cell::RefCell;
use std::ops::{Deref, DerefMut};

use crate::memory::Block;

/// Blocks below this size wait on their thread for reuse, the others in the arena
/// that all threads share.
const SMALL: usize = 256 << 10;
/// The smallest small block, in bytes; the others are twice, four times … as long.
const SMALLEST: usize = 4096;
/// At most so many small blocks wait on a thread.
const WAITING: usize = 32;

thread_local! {
    static SMALL_BLOCKS: RefCell<Vec<Block>> = const { RefCell::new(Vec::new()) };
}

/// Under a sanitizer (`--cfg plain_memory`) no block waits, and each is as long as
/// asked, so that a step beyond its end is found.
fn is_small(bytes: usize) -> bool {
    bytes <= SMALL && !cfg!(plain_memory)
}

/// Bytes of the small block that holds `bytes`.
fn small_bytes(bytes: usize) -> usize {
    bytes.max(SMALLEST).next_power_of_two()
}

/// A scratch slice of `f32` with arbitrary (but initialised) contents, aligned
/// to at least 64 bytes.
pub(crate) struct Scratch {
    block: Option<Block>,
    len: usize,
}

impl Scratch {
    pub(crate) fn new(len: usize) -> Self {
        #[cfg(test)]
        meter::take(len);
        let bytes = len.saturating_mul(size_of::<f32>()).max(1);
        let block = if is_small(bytes) {
            let bytes = small_bytes(bytes);
            // A thread that ends has no list any more.
            let waiting = SMALL_BLOCKS.try_with(|blocks| {
                let blocks = &mut *blocks.borrow_mut();
                let found = blocks.iter().rposition(|block| block.bytes() == bytes);
                found.map(|index| blocks.swap_remove(index))
            });
            waiting.ok().flatten().unwrap_or_else(|| Block::new(bytes))
        } else {
            Block::new(bytes)
        };
        Self {
            block: Some(block),
            len,
        }
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        #[cfg(test)]
        meter::give(self.len);
        let Some(block) = self.block.take() else {
            return;
        };
        if is_small(block.bytes()) {
            // Without a list, or with a full one, the block goes back.
            let _ = SMALL_BLOCKS.try_with(|blocks| {
                let blocks = &mut *blocks.borrow_mut();
                if blocks.len() < WAITING {
                    blocks.push(block);
                }
            });
        }
    }
}

impl Deref for Scratch {
    type Target = [f32];

    fn deref(&self) -> &[f32] {
        match &self.block {
            // SAFETY: the block holds at least `len` initialised floats.
            Some(block) => unsafe { std::slice::from_raw_parts(block.start(), self.len) },
            None => &[],
        }
    }
}

impl DerefMut for Scratch {
    fn deref_mut(&mut self) -> &mut [f32] {
        match &self.block {
            // SAFETY: as in `deref`, and the block has one owner.
            Some(block) => unsafe { std::slice::from_raw_parts_mut(block.start(), self.len) },
            None => &mut [],
        }
    }
}
