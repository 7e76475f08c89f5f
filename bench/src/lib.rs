//! What the benchmarks share.

pub mod memory;
mod trial;
mod work;

pub use trial::{ADAM, LEARNING_RATE, Pass, SGD, Trial};
pub use work::{CLASSES, Work};
