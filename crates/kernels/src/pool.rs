//! Pooling over windows of `[batch, channels, height, width]`.

pub(crate) mod average;
pub(crate) mod halving;
pub(crate) mod max;
pub(crate) mod shape;
mod slide;

pub use average::{
    average_pool_backward, average_pool_backward_demand, average_pool_demand, average_pool_forward,
    global_average_pool_backward, global_average_pool_forward,
};
pub use max::{max_pool_backward, max_pool_backward_demand, max_pool_demand, max_pool_forward};
pub use shape::PoolShape;
