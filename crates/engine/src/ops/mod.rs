//! The operations that bind our CPU kernels into Burn.
//!
//! Every operation takes and returns Burn's dispatch tensors of `f32`. On Flex, with or without
//! autodiff, it runs on [`kernels`] with a backward pass written by hand. Meaning and defaults are
//! PyTorch's.

mod activation;
mod attention;
mod batch_norm;
mod bias;
#[cfg(test)]
mod check;
mod concatenate;
mod conv;
mod elementwise;
mod embed;
mod joint;
mod layer_norm;
mod linear;
mod optimizer;
mod pool;
mod rearrange;
mod recipe;
mod scale;
mod storage;
mod sum;

pub use activation::activate;
pub use attention::attention;
pub use batch_norm::{
    BatchNormed, batch_norm_add_relu_train, batch_norm_inference, batch_norm_relu_max_pool_train,
    batch_norm_train,
};
pub use bias::add_channel_bias;
pub use concatenate::concatenate;
pub use conv::conv2d;
pub use elementwise::{add_relu, relu};
pub use embed::embed;
pub(crate) use joint::cut;
pub use layer_norm::layer_norm;
pub use linear::{linear, linear_pixels};
pub use optimizer::{adam_step, sgd_step};
pub use pool::{average_pool, global_average, max_pool};
pub use rearrange::{first_token, pad, reverse_channels};
pub use recipe::Recipe;
pub use scale::{gate, scale_channels};
pub use sum::add;
