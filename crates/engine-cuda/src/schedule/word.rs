//! What tables are made of.

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
