//! Where buffers lie.

use std::ops::Range;

use super::buffer::Element;

/// One arena for each kind of element, and a place in it for every buffer that does not outlive
/// the program. Buffers whose lifetimes overlap do not, but for an output that takes the place of
/// an input that dies there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MemoryPlan {
    /// By number, in elements from the start of the arena; none for what outlives the program.
    pub places: Vec<Option<Range<usize>>>,
    /// By number, from the instruction that writes it to the last that reads it; what is uploaded
    /// lives from 0 on.
    pub lifetimes: Vec<Option<Range<usize>>>,
    /// Elements of the arena of numbers.
    pub floats: usize,
    /// Elements of the arena of bytes.
    pub bytes: usize,
}

impl MemoryPlan {
    /// Bytes of both arenas: the most that the program holds at once.
    pub fn peak_bytes(&self) -> usize {
        self.floats * Element::Float.bytes() + self.bytes * Element::Byte.bytes()
    }
}
