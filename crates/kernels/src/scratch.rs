//! Memory for intermediate values, kept between calls.
//!
//! Large blocks that go back to the operating system after every step come back
//! as page faults. Here they go back to a list per size class, aligned for
//! vectors, the large ones to huge pages.

use std::alloc::{Layout, alloc, dealloc, handle_alloc_error};
use std::ops::{Deref, DerefMut};
use std::ptr::NonNull;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// At most so many bytes wait for reuse.
const KEPT_BYTES: usize = 1 << 30;
const HUGE_PAGE: usize = 2 << 20;
const CACHE_LINE: usize = 64;

struct Block {
    start: NonNull<f32>,
    layout: Layout,
}

// SAFETY: a block is plain memory with one owner.
unsafe impl Send for Block {}
// SAFETY: shared references only read.
unsafe impl Sync for Block {}

impl Block {
    fn allocate(bytes: usize) -> Self {
        let align = if bytes >= HUGE_PAGE {
            HUGE_PAGE
        } else {
            CACHE_LINE
        };
        let layout = match Layout::from_size_align(bytes, align) {
            Ok(layout) => layout,
            Err(_) => panic!("scratch block of {bytes} bytes"),
        };
        // SAFETY: the size is not zero (`class` starts at 3 KiB).
        let start = unsafe { alloc(layout) };
        let Some(start) = NonNull::new(start.cast::<f32>()) else {
            handle_alloc_error(layout)
        };
        #[cfg(target_os = "linux")]
        if align == HUGE_PAGE {
            // SAFETY: the range is ours and page-aligned; the call is a hint
            // that does not change its contents, so its failure is harmless.
            unsafe { libc::madvise(start.as_ptr().cast(), bytes, libc::MADV_HUGEPAGE) };
        }
        // Only now: the first write to a page decides its size.
        // SAFETY: the range is ours.
        unsafe { start.as_ptr().cast::<u8>().write_bytes(0, bytes) };
        Self { start, layout }
    }
}

impl Drop for Block {
    fn drop(&mut self) {
        // SAFETY: allocated with this layout and owned by us.
        unsafe { dealloc(self.start.as_ptr().cast(), self.layout) };
    }
}

struct Kept {
    blocks: Vec<Block>,
    bytes: usize,
}

static KEPT: Mutex<Kept> = Mutex::new(Kept {
    blocks: Vec::new(),
    bytes: 0,
});

fn kept() -> MutexGuard<'static, Kept> {
    // The list is consistent between any two of its operations.
    KEPT.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Gives all waiting scratch memory back to the operating system.
pub fn release_scratch() {
    let blocks = {
        let mut kept = kept();
        kept.bytes = 0;
        std::mem::take(&mut kept.blocks)
    };
    drop(blocks);
}

/// The size of the class that holds `bytes`: powers of two and halfway between.
fn class(bytes: usize) -> usize {
    let power = bytes.max(4096).next_power_of_two();
    let between = power / 4 * 3;
    if bytes <= between { between } else { power }
}

/// A scratch slice of `f32` with arbitrary (but initialised) contents, aligned
/// to at least 64 bytes.
pub(crate) struct Scratch {
    block: Option<Block>,
    len: usize,
}

impl Scratch {
    pub(crate) fn new(len: usize) -> Self {
        let bytes = class(len.saturating_mul(size_of::<f32>()));
        let waiting = {
            let mut kept = kept();
            let found = kept.blocks.iter().rposition(|b| b.layout.size() == bytes);
            found.map(|index| {
                kept.bytes -= bytes;
                kept.blocks.swap_remove(index)
            })
        };
        Self {
            block: Some(waiting.unwrap_or_else(|| Block::allocate(bytes))),
            len,
        }
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Some(block) = self.block.take() {
            let mut kept = kept();
            if kept.bytes + block.layout.size() <= KEPT_BYTES {
                kept.bytes += block.layout.size();
                kept.blocks.push(block);
            }
        }
    }
}

impl Deref for Scratch {
    type Target = [f32];

    fn deref(&self) -> &[f32] {
        match &self.block {
            // SAFETY: the block holds at least `len` floats, zeroed when allocated.
            Some(block) => unsafe { std::slice::from_raw_parts(block.start.as_ptr(), self.len) },
            None => &[],
        }
    }
}

impl DerefMut for Scratch {
    fn deref_mut(&mut self) -> &mut [f32] {
        match &self.block {
            // SAFETY: as in `deref`, and the block has one owner.
            Some(block) => unsafe {
                std::slice::from_raw_parts_mut(block.start.as_ptr(), self.len)
            },
            None => &mut [],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_hold_their_bytes_and_waste_at_most_half() {
        for bytes in [1, 4096, 4097, 6144, 6145, 1 << 20, (1 << 20) + 1, 3 << 20] {
            let class = class(bytes);
            assert!(class >= bytes && (bytes < 4096 || class <= bytes + bytes / 2));
            assert_eq!(class % CACHE_LINE, 0);
        }
    }

    #[test]
    fn blocks_are_aligned_and_writable() {
        let mut small = Scratch::new(100);
        small.fill(0.0);
        let mut large = Scratch::new(1 << 20);
        small[99] = 1.0;
        large[(1 << 20) - 1] = 2.0;
        assert_eq!(small.as_ptr() as usize % CACHE_LINE, 0);
        assert_eq!(large.as_ptr() as usize % HUGE_PAGE, 0);
        assert!(small[..99].iter().all(|v| *v == 0.0));
    }
}
