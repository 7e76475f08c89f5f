//! CPU kernels for training convolutional networks, on plain `f32` slices, and for
//! moments of their activations, in `f64`.
//!
//! Maps are contiguous `[batch, channels, height, width]`. Every kernel checks
//! the shapes it is given, runs on the current rayon pool, and cuts its work into
//! parts that depend on the shape and the instruction set only: results are
//! bit-identical for any number of threads.
//!
//! [`Isa`] is what the machine can do, [`Precision`] what the products of a
//! convolution are rounded to, and [`Algorithm`] the way it is computed, chosen by
//! the shape. Gradients are kernels of their own, named `_backward`: nothing is
//! recorded.
//!
//! ```
//! use kernels::{ConvShape, Precision, conv_backward, conv_forward};
//!
//! // One image of 3 × 3 pixels, and one filter that takes a pixel from the next.
//! let shape = ConvShape {
//!     batch: 1,
//!     channels_in: 1,
//!     height: 3,
//!     width: 3,
//!     channels_out: 1,
//!     kernel: [1, 2],
//!     stride: [1, 1],
//!     padding: [0, 0],
//!     dilation: [1, 1],
//!     groups: 1,
//! };
//! let x = [1.0, 2.0, 4.0, 0.0, 3.0, 6.0, 5.0, 5.0, 5.0];
//! let w = [-1.0, 1.0];
//! let mut y = [0.0; 6];
//! assert_eq!(shape.output(), [3, 2]);
//! conv_forward(Precision::Single, &shape, &x, &w, &mut y)?;
//! assert_eq!(y, [1.0, 2.0, 3.0, 3.0, 0.0, 0.0]);
//!
//! // Gradients of the sum of the outputs.
//! let dy = [1.0; 6];
//! let (mut dx, mut dw) = ([0.0; 9], [0.0; 2]);
//! conv_backward(Precision::Single, &shape, &x, &w, &dy, &mut dx, &mut dw)?;
//! assert_eq!(dw, [16.0, 25.0]);
//! assert_eq!(dx[..3], [-1.0, 0.0, 1.0]);
//! # Ok::<(), kernels::ShapeError>(())
//! ```

// Vector instructions and disjoint parallel writes cannot be expressed without
// it; each use states why it holds. No other crate of the workspace may.
#![allow(unsafe_code)]

mod activation;
mod attention;
mod average;
mod batch_norm;
mod bf16;
mod bias;
mod border;
mod channels;
mod conv;
mod disjoint;
mod error;
mod exponential;
mod gemm;
mod isa;
mod layer_norm;
mod linear;
mod loss;
mod map;
mod memory;
mod moments;
mod optimizer;
mod pairs;
mod pool;
mod precision;
mod pull;
mod reduce;
mod residual;
mod response;
mod rotation;
mod scale;
mod scratch;
mod simd;
mod tiling;
mod tokens;
mod transpose;
mod window_attention;
mod windows;

pub use activation::{
    Activation, activate, activate_backward, activate_backward_in_place, activate_in_place,
};
pub use attention::{
    AttentionShape, attention, attention_backward, attention_backward_demand, attention_demand,
};
pub use average::average;
pub use batch_norm::{
    BatchStats, PooledNorm, batch_norm_add_relu_apply, batch_norm_add_relu_backward,
    batch_norm_add_relu_backward_in_place, batch_norm_add_relu_train, batch_norm_apply,
    batch_norm_backward, batch_norm_backward_in_place, batch_norm_train, norm_line,
    norm_line_backward, scale_shift, scale_shift_in_place,
};
pub use bias::{add_bias, bias_grad};
pub use border::Border;
pub use channels::{join_channels, reverse_channels, split_channels};
pub use conv::{
    Algorithm, ConvShape, Pass, conv_backward, conv_backward_demand, conv_backward_input,
    conv_backward_input_with, conv_backward_weight, conv_backward_weight_with, conv_demand,
    conv_demand_with, conv_forward, conv_forward_with,
};
pub use error::ShapeError;
pub use isa::{ISA_VARIABLE, Isa};
pub use layer_norm::{PixelStats, layer_norm, layer_norm_backward, layer_norm_backward_demand};
pub use linear::{linear, linear_backward_input, linear_backward_weight};
pub use loss::{binary_cross_entropy, cross_entropy};
pub use map::MapShape;
pub use memory::{
    LargeBlocks, MemoryUse, OrEnd, memory_use, overwritten, release_memory, restart_peak,
};
pub use moments::Panels;
pub use optimizer::{Adam, Sgd};
pub use pool::{
    PoolShape, average_pool_backward, average_pool_backward_demand, average_pool_demand,
    average_pool_forward, global_average_pool_backward, global_average_pool_forward,
    max_pool_backward, max_pool_backward_demand, max_pool_demand, max_pool_forward,
};
pub use precision::Precision;
pub use pull::pull;
pub use residual::{add, add_relu, add_relu_backward, add_relu_in_place, multiply};
pub use response::{response_factors, response_factors_backward};
pub use rotation::Rotation;
pub use scale::{scale_planes, scale_planes_grad};
pub use scratch::Demand;
pub use tiling::Tiling;
pub use tokens::{embed_tokens, embed_tokens_backward};
pub use window_attention::WindowAttention;
pub use windows::Windows;
