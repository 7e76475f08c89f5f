//! What a network costs.

use serde::Serialize;

use crate::layer::Shape;

/// Cost of one forward pass of one image.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Cost {
    /// Multiply-adds of convolutions and linear layers (biases, norms and pools not counted).
    pub macs: u64,
    /// Numbers written by convolutions, pools, sums and linear layers: what training has to keep,
    /// in elements (times four for bytes), before any in-place saving.
    pub activations: u64,
}

impl Cost {
    /// Counts `output` as written by `macs` multiply-adds, and gives it back.
    pub(crate) fn written(&mut self, output: Shape, macs: usize) -> Shape {
        self.macs += macs as u64;
        self.activations += output.elements() as u64;
        output
    }
}
