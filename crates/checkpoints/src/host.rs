//! Named tensors on the host.

use std::collections::BTreeMap;

/// One tensor, row-major float32.
#[derive(Clone, Debug, PartialEq)]
pub struct HostTensor {
    /// Extents, outermost first.
    pub shape: Vec<usize>,
    /// As many values as the product of `shape`.
    pub values: Vec<f32>,
}

/// Tensors by path, sorted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Weights {
    /// Path ─▶ tensor.
    pub tensors: BTreeMap<String, HostTensor>,
}
