//! Batch normalisation over `[batch, channels, height, width]`, with the ReLU
//! that follows it.

mod backward;
mod forward;
mod line;
mod plain;
mod pooled;
mod residual;
mod running;
mod stats;
mod strip;

pub use plain::{
    batch_norm_apply, batch_norm_backward, batch_norm_backward_in_place, batch_norm_train,
    scale_shift, scale_shift_in_place,
};
pub use pooled::PooledNorm;
pub use residual::{
    batch_norm_add_relu_apply, batch_norm_add_relu_backward, batch_norm_add_relu_backward_in_place,
    batch_norm_add_relu_train,
};
pub use running::{norm_line, norm_line_backward};
pub use stats::BatchStats;
