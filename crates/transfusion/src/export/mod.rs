//! A run's model in the formats of other programs, and the proof that they compute the same.

mod onnx_check;

pub use onnx_check::{CheckError, agreement, largest_difference};
