//! How soon learning curves arrive.

mod threshold;

pub use threshold::{Crossing, steps_to};
