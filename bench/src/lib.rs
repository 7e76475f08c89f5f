//! What the benchmarks share.

pub mod memory;
