//! Whether probabilities can be taken at their word.

mod log_loss;

pub use log_loss::{binary_log_loss, log_loss};
