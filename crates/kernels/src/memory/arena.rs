//! Stretches of a few large regions of the address space.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Alignment of every stretch.
pub(super) const ALIGN: usize = 64;
/// Address space reserved at once, or less where the operating system refuses so much;
/// memory is used only where it is touched. No stretch reaches from one region into
/// the next, so that few of them waste little.
#[cfg(not(any(miri, plain_memory)))]
const REGIONS: [usize; 2] = [1 << 34, 1 << 30];
/// Bytes between stretches, so that tensors of a round size do not all start at
/// the same offset within their pages, where reads and writes would collide.
const GAP: usize = 5 * ALIGN;

/// What the large blocks take of the machine's memory, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MemoryUse {
    /// Handed out now.
    pub used: usize,
    /// The most that was handed out at once.
    pub peak: usize,
    /// Ever handed out: what the operating system had to provide.
    pub touched: usize,
}

struct Region {
    start: usize,
    len: usize,
    /// Bytes from the start that were ever handed out; the rest is still zero.
    touched: usize,
}

/// Free stretches by address, and the regions they lie in.
pub(super) struct Arena {
    regions: Vec<Region>,
    free: BTreeMap<usize, usize>,
    used: usize,
    peak: usize,
}

static ARENA: Mutex<Arena> = Mutex::new(Arena {
    regions: Vec::new(),
    free: BTreeMap::new(),
    used: 0,
    peak: 0,
});

/// The arena of this process.
pub(super) fn arena() -> MutexGuard<'static, Arena> {
    // Its lists are consistent between any two operations.
    ARENA.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A stretch that was handed out.
pub(super) struct Stretch {
    pub start: *mut u8,
    /// Bytes from the start that may differ from zero.
    pub dirty: usize,
}

/// What a stretch of `bytes` takes.
pub(super) fn padded(bytes: usize) -> Option<usize> {
    bytes.checked_next_multiple_of(ALIGN)?.checked_add(GAP)
}

impl Arena {
    /// The smallest free stretch that holds `bytes`, at the lowest address; `None`
    /// where the operating system reserves no more.
    pub(super) fn take(&mut self, bytes: usize) -> Option<Stretch> {
        let len = padded(bytes)?;
        let found = self.best(len).or_else(|| {
            self.grow(len)?;
            self.best(len)
        });
        let (start, free) = found?;
        self.free.remove(&start);
        if free > len {
            self.free.insert(start + len, free - len);
        }
        self.used += len;
        self.peak = self.peak.max(self.used);
        let region = self.region(start)?;
        let offset = start - region.start;
        let dirty = region.touched.saturating_sub(offset).min(bytes);
        region.touched = region.touched.max(offset + len);
        Some(Stretch {
            start: start as *mut u8,
            dirty,
        })
    }

    /// Takes back what [`take`](Self::take) handed out for `bytes`; false if it
    /// did not come from here.
    pub(super) fn give(&mut self, start: *mut u8, bytes: usize) -> bool {
        let start = start as usize;
        let (Some(len), true) = (padded(bytes), self.region(start).is_some()) else {
            return false;
        };
        self.used -= len;
        let mut stretch = (start, len);
        if let Some((&before, &len)) = self.free.range(..start).next_back()
            && before + len == start
            && self.is_one_region(before, start)
        {
            self.free.remove(&before);
            stretch = (before, len + stretch.1);
        }
        let end = stretch.0 + stretch.1;
        if let Some(len) = self.free.get(&end).copied()
            && self.is_one_region(stretch.0, end)
        {
            self.free.remove(&end);
            stretch.1 += len;
        }
        self.free.insert(stretch.0, stretch.1);
        true
    }

    pub(super) fn memory_use(&self) -> MemoryUse {
        MemoryUse {
            used: self.used,
            peak: self.peak,
            touched: self.regions.iter().map(|region| region.touched).sum(),
        }
    }

    pub(super) fn restart_peak(&mut self) {
        self.peak = self.used;
    }

    /// Gives the pages of free stretches back to the operating system.
    pub(super) fn release(&mut self) {
        #[cfg(all(unix, not(any(miri, plain_memory))))]
        for (&start, &len) in &self.free {
            const PAGE: usize = 4096;
            let first = start.next_multiple_of(PAGE);
            let last = (start + len) / PAGE * PAGE;
            if last > first {
                // SAFETY: nobody holds these pages; whoever gets them next treats
                // their contents as arbitrary.
                unsafe { libc::madvise(first as *mut _, last - first, libc::MADV_DONTNEED) };
            }
        }
    }

    fn best(&self, len: usize) -> Option<(usize, usize)> {
        self.free
            .iter()
            .map(|(start, free)| (*start, *free))
            .filter(|(_, free)| *free >= len)
            .min_by_key(|(start, free)| (*free, *start))
    }

    fn region(&mut self, address: usize) -> Option<&mut Region> {
        self.regions
            .iter_mut()
            .find(|region| (region.start..region.start + region.len).contains(&address))
    }

    /// Regions may follow each other in the address space.
    fn is_one_region(&mut self, a: usize, b: usize) -> bool {
        let start = self.region(a).map(|region| region.start);
        start.is_some() && start == self.region(b).map(|region| region.start)
    }

    #[cfg(any(not(unix), miri, plain_memory))]
    fn grow(&mut self, _len: usize) -> Option<()> {
        None
    }

    #[cfg(all(unix, not(any(miri, plain_memory))))]
    fn grow(&mut self, len: usize) -> Option<()> {
        let reserve = |len: usize| {
            // SAFETY: asks for new pages, which nobody else holds.
            let start = unsafe {
                libc::mmap(
                    std::ptr::null_mut(),
                    len,
                    libc::PROT_READ | libc::PROT_WRITE,
                    libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE,
                    -1,
                    0,
                )
            };
            (start != libc::MAP_FAILED).then_some((start as usize, len))
        };
        let whole = len.checked_next_multiple_of(2 << 20)?;
        let mut sizes = REGIONS
            .map(|region| whole.max(region))
            .into_iter()
            .chain([whole]);
        let (start, len) = sizes.find_map(reserve)?;
        // SAFETY: the range is ours; the call is a hint, so its failure is harmless.
        #[cfg(target_os = "linux")]
        unsafe {
            libc::madvise(start as *mut _, len, libc::MADV_HUGEPAGE)
        };
        self.regions.push(Region {
            start,
            len,
            touched: 0,
        });
        self.free.insert(start, len);
        Some(())
    }
}

#[cfg(all(test, unix, not(any(miri, plain_memory))))]
mod tests {
    use super::*;

    fn empty() -> Arena {
        Arena {
            regions: Vec::new(),
            free: BTreeMap::new(),
            used: 0,
            peak: 0,
        }
    }

    #[test]
    fn stretches_are_disjoint_and_join_again() {
        let mut arena = empty();
        let sizes = [100_000, 1 << 20, 70_000, 3 << 20];
        let starts: Vec<*mut u8> = sizes
            .iter()
            .map(|size| arena.take(*size).unwrap().start)
            .collect();
        for (index, start) in starts.iter().enumerate() {
            assert_eq!(*start as usize % ALIGN, 0);
            for (other, size) in starts.iter().zip(sizes).take(index) {
                assert!((*start as usize).abs_diff(*other as usize) >= size.min(sizes[index]));
            }
        }
        for index in [1, 3, 0, 2] {
            assert!(arena.give(starts[index], sizes[index]));
        }
        assert_eq!(arena.free.len(), 1);
        assert_eq!(arena.memory_use().used, 0);
    }

    #[test]
    fn a_stretch_is_used_again_before_more_is_touched() {
        let mut arena = empty();
        let first = arena.take(1 << 20).unwrap();
        assert_eq!(first.dirty, 0);
        assert!(arena.give(first.start, 1 << 20));
        let touched = arena.memory_use().touched;
        let again = arena.take(900_000).unwrap();
        assert_eq!((again.start, again.dirty), (first.start, 900_000));
        assert_eq!(arena.memory_use().touched, touched);
        assert!(!arena.give(std::ptr::dangling_mut(), 64));
        assert!(arena.give(again.start, 900_000));
    }

    #[test]
    fn more_than_a_region_is_found_or_refused() {
        let mut arena = empty();
        let large = arena.take(REGIONS[0] + 1).unwrap();
        assert!(arena.give(large.start, REGIONS[0] + 1));
        assert!(arena.take(usize::MAX - 10).is_none());
        assert!(arena.take(1 << 60).is_none());
    }
}
