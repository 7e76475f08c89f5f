//! The passes of a training step.

/// What a convolution computes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Pass {
    /// The output.
    Forward,
    /// The gradient of the input.
    Input,
    /// The gradient of the weights.
    Weight,
}
