//! The operations that bind our CPU kernels into Burn.
//!
//! Every operation takes and returns Burn's dispatch tensors of `f32`. On Flex, with or without
//! autodiff, it runs on [`kernels`] with a backward pass written by hand; on Cube devices it
//! composes Burn's own operations. Meaning and defaults are PyTorch's.

mod batch_norm;
#[cfg(test)]
mod check;
mod composed;
mod conv;
mod elementwise;
mod joint;
mod linear;
mod optimizer;
mod pool;
mod recipe;
mod storage;

pub use batch_norm::{
    BatchNormed, batch_norm_add_relu_train, batch_norm_inference, batch_norm_relu_max_pool_train,
    batch_norm_train,
};
pub use composed::*;
pub use conv::{ConvGeometry, add_channel_bias, conv2d};
pub use elementwise::{add_relu, relu};
pub(crate) use joint::cut;
pub use linear::linear;
pub use optimizer::{AdamStep, SgdStep, adam_step, sgd_step};
pub use pool::{PoolGeometry, average_pool, global_average, max_pool};
pub use recipe::Recipe;
