//! What a kernel reads of many tensors at once.

use super::builder::Builder;
use super::launch::{Argument, Place, int};
use super::word::Word;

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

/// No operand.
pub(super) const NOWHERE: Word = Word::At(Place::Nowhere);

/// The word of an address.
pub(super) fn word(argument: Argument) -> Word {
    match argument {
        Argument::At(place) => Word::At(place),
        Argument::Int(_) | Argument::Float(_) => NOWHERE,
    }
}

/// One launch over all rows of a table.
pub(super) fn walk(b: &mut Builder, kernel: &'static str, rows: Rows, more: Vec<Argument>) {
    if rows.count == 0 {
        return;
    }
    let table = Argument::At(Place::Table(b.tables.len() * size_of::<u64>()));
    b.tables.extend(rows.words);
    let mut arguments = vec![table, int(rows.count), int(PER_BLOCK)];
    arguments.extend(more);
    let blocks = u32::try_from(rows.blocks).unwrap_or(u32::MAX);
    b.launch(kernel, [blocks, 1], arguments);
}
