//! Weights of convolutions, arranged for products.

use super::launch::Argument;

/// How the weight of a convolution is arranged: what is summed over lies side by side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Order {
    /// `[out, rows, columns, in / groups]`, for the forward pass.
    Forward,
    /// `[in, rows, columns, out / groups]`, for the gradient of what it reads.
    Backward,
}

/// A weight that is arranged at the start of a program.
#[derive(Clone, Copy, Debug)]
pub(super) struct Packed {
    pub at: Argument,
    pub groups: usize,
}
