//! How much memory for intermediate values work takes, known before it begins.

use super::{SMALLEST, is_small, small_bytes};
use crate::memory::kept_bytes;

/// Sizes of small blocks: powers of two from [`SMALLEST`] on.
const SIZES: usize = 7;

/// The steps of at most `most` through `all`: one, and the last.
pub(crate) fn steps(all: usize, most: usize) -> [usize; 2] {
    let step = most.min(all);
    [step, (all - 1) % step + 1]
}

/// Memory for intermediate values that some work takes, by the blocks it comes in.
///
/// Large blocks go back when their work is done, and serve whatever comes next. Small
/// ones wait on their threads, so that work of one size does not make room for work
/// of another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Demand {
    /// Bytes of large blocks at once.
    large: usize,
    /// Small blocks of each size at once.
    small: [usize; SIZES],
}

impl Demand {
    /// One [`Scratch`](super::Scratch) of `len` floats.
    pub(crate) fn floats(len: usize) -> Self {
        let mut demand = Self::default();
        let bytes = len.saturating_mul(size_of::<f32>()).max(1);
        if is_small(bytes) {
            let size = (small_bytes(bytes) / SMALLEST).trailing_zeros() as usize;
            demand.small[size] = 1;
        } else {
            demand.large = kept_bytes(bytes);
        }
        demand
    }

    /// Of both at the same time.
    pub fn and(mut self, other: Self) -> Self {
        self.large += other.large;
        for (count, other) in self.small.iter_mut().zip(other.small) {
            *count += other;
        }
        self
    }

    /// Of both, one after the other.
    pub fn then(mut self, other: Self) -> Self {
        self.large = self.large.max(other.large);
        for (count, other) in self.small.iter_mut().zip(other.small) {
            *count = (*count).max(other);
        }
        self
    }

    /// What is left when the blocks of `other` are given back.
    #[cfg(test)]
    pub(super) fn without(mut self, other: Self) -> Self {
        self.large -= other.large;
        for (count, other) in self.small.iter_mut().zip(other.small) {
            *count -= other;
        }
        self
    }

    /// Of all, one after the other.
    pub(crate) fn one_of(demands: impl IntoIterator<Item = Self>) -> Self {
        demands.into_iter().fold(Self::default(), Self::then)
    }

    /// Of `count` such works at the same time.
    pub(crate) fn times(mut self, count: usize) -> Self {
        self.large *= count;
        for size in &mut self.small {
            *size *= count;
        }
        self
    }

    /// Of `tasks` such works on `threads` threads.
    pub(crate) fn on(self, threads: usize, tasks: usize) -> Self {
        self.times(threads.min(tasks))
    }

    /// Bytes of all blocks.
    pub fn bytes(&self) -> usize {
        let sizes = self.small.iter().enumerate();
        let small: usize = sizes.map(|(size, count)| count * (SMALLEST << size)).sum();
        self.large + small
    }
}

#[cfg(test)]
mod tests {
    use super::super::SMALL;
    use super::*;

    #[test]
    fn every_small_block_has_its_size() {
        assert_eq!(SMALLEST << (SIZES - 1), SMALL);
        for (len, bytes) in [
            (0, 4096),
            (1024, 4096),
            (1025, 8192),
            (1 << 16, SMALL),
            ((1 << 16) + 1, kept_bytes(SMALL + 4)),
        ] {
            assert_eq!(Demand::floats(len).bytes(), bytes);
        }
    }

    /// Large blocks are used again for others, small ones for those of their size alone.
    #[test]
    fn works_one_after_the_other_share_what_fits() {
        let [small, other, large] = [100, 2000, 1 << 20].map(Demand::floats);
        assert_eq!(small.then(small), small);
        assert_eq!(small.then(other), small.and(other));
        assert_eq!(large.times(2).then(large), large.and(large));
        assert_eq!(small.on(8, 3), small.times(3));
    }
}
