//! Element types that become float32.

use half::{bf16, f16};

/// A floating-point type, little-endian in every format that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Element {
    F16,
    Bf16,
    F32,
    /// Rounded to the nearest float32.
    F64,
}

impl Element {
    /// Bytes of one value.
    pub(super) const fn bytes(self) -> usize {
        match self {
            Self::F16 | Self::Bf16 => 2,
            Self::F32 => 4,
            Self::F64 => 8,
        }
    }

    /// All values in order.
    pub(super) fn all(self, bytes: &[u8]) -> Vec<f32> {
        self.at(bytes, 0..bytes.len() / self.bytes())
    }

    /// The values at `indices`, counted in elements and each inside `bytes`.
    pub(super) fn at(self, bytes: &[u8], indices: impl Iterator<Item = usize>) -> Vec<f32> {
        match self {
            Self::F16 => {
                let values = bytes.as_chunks().0;
                indices
                    .map(|i| f16::from_le_bytes(values[i]).to_f32())
                    .collect()
            }
            Self::Bf16 => {
                let values = bytes.as_chunks().0;
                indices
                    .map(|i| bf16::from_le_bytes(values[i]).to_f32())
                    .collect()
            }
            Self::F32 => {
                let values = bytes.as_chunks().0;
                indices.map(|i| f32::from_le_bytes(values[i])).collect()
            }
            Self::F64 => {
                let values = bytes.as_chunks().0;
                indices
                    .map(|i| f64::from_le_bytes(values[i]) as f32)
                    .collect()
            }
        }
    }
}

/// Whether a tensor counts training batches: an integer that no forward pass reads.
pub(super) fn is_batch_counter(name: &str) -> bool {
    name.ends_with("num_batches_tracked")
}
