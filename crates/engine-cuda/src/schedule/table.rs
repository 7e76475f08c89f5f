//! What a kernel reads of many tensors at once.

use super::launch::Place;

/// 8 bytes of a table.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Word {
    /// An address.
    At(Place),
    /// A number.
    Number(u64),
    /// Two floats, the first in the low half.
    Floats([f32; 2]),
}

impl Word {
    /// A number of things.
    pub fn count(count: usize) -> Self {
        Self::Number(count as u64)
    }
}

/// Rows of a table, each with the first of the blocks that work on it.
#[derive(Debug, Default)]
pub(super) struct Rows {
    pub words: Vec<Word>,
    pub count: usize,
    pub blocks: usize,
}

/// Numbers of one block of a kernel that walks a table.
pub(super) const PER_BLOCK: usize = 4096;

impl Rows {
    /// A row for so many numbers: its first block, then `words`.
    pub fn push(&mut self, numbers: usize, words: impl IntoIterator<Item = Word>) {
        self.words.push(Word::count(self.blocks));
        self.words.extend(words);
        self.count += 1;
        self.blocks += numbers.div_ceil(PER_BLOCK).max(1);
    }
}
