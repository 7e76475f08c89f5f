//! What the benchmarks share.

pub mod memory;
mod trial;
mod work;

pub use trial::{Pass, Trial};
pub use work::{CLASSES, Work};
