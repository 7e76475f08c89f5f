//! Large blocks of memory, kept for the next training step.
//!
//! Blocks that go back to the operating system after every step come back as page
//! faults, a fifth of the time of a step. Here they come from regions backed by
//! huge pages and go back to a list; neighbours join again, so that a step needs no
//! more than the most it holds at once.

mod arena;
mod or_end;

pub use arena::MemoryUse;
pub use or_end::OrEnd;

use std::alloc::{GlobalAlloc, Layout};
use std::mem::MaybeUninit;

use self::arena::{ALIGN, arena};

/// Blocks from this size on are kept.
const LARGE: usize = 64 << 10;

/// A global allocator that keeps blocks of 64 KiB and more for reuse and leaves
/// the others to `A`.
#[derive(Debug, Default)]
pub struct LargeBlocks<A>(pub A);

fn is_large(layout: Layout) -> bool {
    layout.size() >= LARGE && layout.align() <= ALIGN
}

// SAFETY: stretches of the arena are disjoint while they are handed out, as long
// and aligned as asked; everything else is the allocator's underneath. The arena's
// own lists are far smaller than a large block, so that they never come from it.
unsafe impl<A: GlobalAlloc> GlobalAlloc for LargeBlocks<A> {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if is_large(layout)
            && let Some(stretch) = arena().take(layout.size())
        {
            return stretch.start;
        }
        // SAFETY: by the caller's contract.
        unsafe { self.0.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if is_large(layout) {
            let stretch = arena().take(layout.size());
            if let Some(stretch) = stretch {
                // SAFETY: the stretch is ours and at least so long.
                unsafe { stretch.start.write_bytes(0, stretch.dirty) };
                return stretch.start;
            }
        }
        // SAFETY: by the caller's contract.
        unsafe { self.0.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, start: *mut u8, layout: Layout) {
        if is_large(layout) && arena().give(start, layout.size()) {
            return;
        }
        // SAFETY: by the caller's contract; it is not the arena's.
        unsafe { self.0.dealloc(start, layout) }
    }
}

/// What the large blocks of this process take.
pub fn memory_use() -> MemoryUse {
    arena().memory_use()
}

/// What a block of `bytes` takes of the large blocks.
pub(crate) fn kept_bytes(bytes: usize) -> usize {
    arena::padded(bytes).unwrap_or(usize::MAX)
}

/// Counts the most that is handed out at once from now on.
pub fn restart_peak() {
    arena().restart_peak();
}

/// Gives all waiting memory back to the operating system.
pub fn release_memory() {
    arena().release();
}

/// `len` values that `fill` overwrites, every one of them: none is set before.
///
/// `fill` gets arbitrary values, as every kernel of this crate that says
/// "overwritten" expects them.
pub fn overwritten<E>(
    len: usize,
    fill: impl FnOnce(&mut [f32]) -> Result<(), E>,
) -> Result<Vec<f32>, E> {
    let mut values: Vec<f32> = Vec::with_capacity(len);
    let spare: &mut [MaybeUninit<f32>] = &mut values.spare_capacity_mut()[..len];
    if cfg!(any(miri, debug_assertions)) {
        // What is read before it is written shows up as a NaN.
        spare.fill(MaybeUninit::new(f32::NAN));
    }
    // SAFETY: every bit pattern is an `f32`, and `fill` writes before it reads.
    let slice = unsafe { std::slice::from_raw_parts_mut(spare.as_mut_ptr().cast(), len) };
    fill(slice)?;
    // SAFETY: `len` values lie within the capacity and are written.
    unsafe { values.set_len(len) };
    Ok(values)
}

/// A stretch of the arena, or of the system's allocator where there is no arena.
pub(crate) struct Block {
    start: *mut u8,
    layout: Layout,
    is_kept: bool,
}

// SAFETY: a block is plain memory with one owner.
unsafe impl Send for Block {}
// SAFETY: shared references only read.
unsafe impl Sync for Block {}

impl Block {
    /// `bytes` (not zero) with arbitrary but initialised contents, aligned to cache
    /// lines.
    pub(crate) fn new(bytes: usize) -> Self {
        let Ok(layout) = Layout::from_size_align(bytes, ALIGN) else {
            panic!("a block of {bytes} bytes is larger than memory");
        };
        if bytes >= LARGE
            && let Some(stretch) = arena().take(bytes)
        {
            return Self {
                start: stretch.start,
                layout,
                is_kept: true,
            };
        }
        // SAFETY: the size is not zero.
        let start = unsafe { std::alloc::alloc_zeroed(layout) };
        if start.is_null() {
            std::alloc::handle_alloc_error(layout);
        }
        Self {
            start,
            layout,
            is_kept: false,
        }
    }

    pub(crate) fn start(&self) -> *mut f32 {
        self.start.cast()
    }

    pub(crate) fn bytes(&self) -> usize {
        self.layout.size()
    }
}

impl Drop for Block {
    fn drop(&mut self) {
        if self.is_kept {
            arena().give(self.start, self.layout.size());
        } else {
            // SAFETY: allocated with this layout and owned by us.
            unsafe { std::alloc::dealloc(self.start, self.layout) };
        }
    }
}
