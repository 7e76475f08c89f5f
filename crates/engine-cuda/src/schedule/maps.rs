//! What maps are stored as.

use serde::Serialize;

/// What the numbers of maps and of their gradients are stored as on a device. Weights, statistics,
/// gradients of weights and sums are `f32` always.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum MapType {
    /// `f32`, 4 bytes.
    #[default]
    Float,
    /// bfloat16, 2 bytes.
    Bf16,
}

impl MapType {
    /// Bytes of one number.
    pub fn bytes(self) -> usize {
        match self {
            Self::Float => 4,
            Self::Bf16 => 2,
        }
    }

    /// Numbers of one wide load: 16 bytes.
    pub fn wide(self) -> usize {
        16 / self.bytes()
    }
}
