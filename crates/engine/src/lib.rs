//! Networks at work: their tensors on a device, forward and backward passes, and optimisers.

mod model;
pub mod ops;
mod optimizer;
mod tape;

pub use model::{Logits, Model, unit_variance};
pub use optimizer::{Optimizer, OptimizerState};
pub use tape::Tape;

/// Tensors and the device that they live on.
pub mod tensor {
    pub use burn::tensor::{Device, Int, Tensor, TensorData, activation};
}
