//! A slice that parallel tasks write to in disjoint parts.

use std::marker::PhantomData;

/// A mutable slice shared between tasks, each of which writes parts that no
/// other task touches (for example the planes of one channel of every image).
pub(crate) struct Disjoint<'a, T> {
    start: *mut T,
    len: usize,
    borrow: PhantomData<&'a mut [T]>,
}

// SAFETY: the only access is `part`, whose callers keep parts disjoint.
unsafe impl<T: Send> Send for Disjoint<'_, T> {}
// SAFETY: as above.
unsafe impl<T: Send> Sync for Disjoint<'_, T> {}

impl<'a, T> Disjoint<'a, T> {
    pub(crate) fn new(slice: &'a mut [T]) -> Self {
        Self {
            start: slice.as_mut_ptr(),
            len: slice.len(),
            borrow: PhantomData,
        }
    }

    /// The part `at .. at + len`; panics if it leaves the slice.
    ///
    /// # Safety
    /// While the returned part lives, no other part may overlap it.
    #[allow(clippy::mut_from_ref)]
    #[inline(always)]
    pub(crate) unsafe fn part(&self, at: usize, len: usize) -> &mut [T] {
        assert!(
            at <= self.len && len <= self.len - at,
            "part leaves its slice"
        );
        // SAFETY: inside the slice by the assertion, unshared by the contract.
        unsafe { std::slice::from_raw_parts_mut(self.start.add(at), len) }
    }

    /// A pointer to the elements `at .. at + len` for strided writes; panics if
    /// they leave the slice.
    #[inline(always)]
    pub(crate) fn pointer(&self, at: usize, len: usize) -> *mut T {
        assert!(
            at <= self.len && len <= self.len - at,
            "part leaves its slice"
        );
        // SAFETY: inside the slice by the assertion.
        unsafe { self.start.add(at) }
    }

    /// Where the slice starts, for address arithmetic only.
    #[inline(always)]
    pub(crate) fn start(&self) -> *mut T {
        self.start
    }
}
