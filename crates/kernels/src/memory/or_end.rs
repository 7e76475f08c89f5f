//! What happens where the operating system has no more memory.

use std::alloc::{GlobalAlloc, Layout};

/// Requests from this size on are mistakes, not shortages: no machine has a tebibyte to give.
const ABSURD: usize = 1 << 40;

/// Asks `A`; where it has nothing, says so and ends the process with `CODE`.
///
/// Rust would abort, which looks like a defect and leaves a core file. Files are whole at any
/// moment, so the end is as good as any other; nothing is unwound and no lock is waited for.
#[derive(Debug, Default)]
pub struct OrEnd<A, const CODE: i32>(pub A);

impl<A, const CODE: i32> OrEnd<A, CODE> {
    fn checked(start: *mut u8, layout: Layout) -> *mut u8 {
        if start.is_null() && layout.size() < ABSURD {
            end(layout.size(), CODE);
        }
        start
    }
}

// SAFETY: what is returned is `A`'s.
unsafe impl<A: GlobalAlloc, const CODE: i32> GlobalAlloc for OrEnd<A, CODE> {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: by the caller's contract.
        Self::checked(unsafe { self.0.alloc(layout) }, layout)
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: by the caller's contract.
        Self::checked(unsafe { self.0.alloc_zeroed(layout) }, layout)
    }

    unsafe fn dealloc(&self, start: *mut u8, layout: Layout) {
        // SAFETY: by the caller's contract.
        unsafe { self.0.dealloc(start, layout) }
    }

    unsafe fn realloc(&self, start: *mut u8, layout: Layout, bytes: usize) -> *mut u8 {
        // SAFETY: by the caller's contract.
        let moved = unsafe { self.0.realloc(start, layout, bytes) };
        if moved.is_null() && bytes < ABSURD {
            end(bytes, CODE);
        }
        moved
    }
}

#[cold]
#[cfg(unix)]
fn end(bytes: usize, code: i32) -> ! {
    let mut line = Line::default();
    line.text(b"error: the system has no memory for ");
    line.number(bytes);
    line.text(b" more bytes; close other programs, raise its limit or take fewer --jobs, and run again: finished work is kept\n");
    // SAFETY: the bytes are the line's; what cannot be said is not.
    unsafe {
        libc::write(2, line.bytes.as_ptr().cast(), line.len);
        libc::_exit(code)
    }
}

#[cold]
#[cfg(not(unix))]
fn end(_bytes: usize, code: i32) -> ! {
    std::process::exit(code)
}

/// A line that takes no memory but the stack's.
#[cfg(unix)]
struct Line {
    bytes: [u8; 192],
    len: usize,
}

#[cfg(unix)]
impl Default for Line {
    fn default() -> Self {
        Self {
            bytes: [0; 192],
            len: 0,
        }
    }
}

#[cfg(unix)]
impl Line {
    fn text(&mut self, text: &[u8]) {
        for &byte in text {
            if self.len < self.bytes.len() {
                self.bytes[self.len] = byte;
                self.len += 1;
            }
        }
    }

    fn number(&mut self, number: usize) {
        if number >= 10 {
            self.number(number / 10);
        }
        self.text(&[b'0' + (number % 10) as u8]);
    }
}
