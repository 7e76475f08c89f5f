//! What happens when there is no memory left.

use std::alloc::{GlobalAlloc, Layout};

/// Requests from this size on are mistakes, not shortages: no machine has a tebibyte to give.
const ABSURD: usize = 1 << 40;

/// A global allocator that says so when its memory is exhausted, before the program ends by a signal.
#[derive(Debug)]
pub struct Exhaustible<A> {
    /// Where memory comes from.
    pub allocator: A,
    /// Is called, on the thread that asked, with the bytes that were asked for and not there. It may
    /// end the program; it must not panic.
    pub exhausted: fn(usize),
}

impl<A> Exhaustible<A> {
    fn told(&self, start: *mut u8, bytes: usize) -> *mut u8 {
        if start.is_null() && bytes < ABSURD {
            (self.exhausted)(bytes);
        }
        start
    }
}

// SAFETY: every request is the allocator's underneath, as it came.
unsafe impl<A: GlobalAlloc> GlobalAlloc for Exhaustible<A> {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: by the caller's contract.
        self.told(unsafe { self.allocator.alloc(layout) }, layout.size())
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: by the caller's contract.
        let start = unsafe { self.allocator.alloc_zeroed(layout) };
        self.told(start, layout.size())
    }

    unsafe fn realloc(&self, start: *mut u8, layout: Layout, bytes: usize) -> *mut u8 {
        // SAFETY: by the caller's contract.
        self.told(
            unsafe { self.allocator.realloc(start, layout, bytes) },
            bytes,
        )
    }

    unsafe fn dealloc(&self, start: *mut u8, layout: Layout) {
        // SAFETY: by the caller's contract.
        unsafe { self.allocator.dealloc(start, layout) }
    }
}
