//! Networks as ONNX files, for inference in other programs.
//!
//! A file has the input `image`, float32 `[batch, channels, height, width]`, and the outputs `logits`
//! and `probabilities`, float32 `[batch, classes]`. The batch is free. Pixels arrive normalised:
//! how is written in the file's metadata, because the graph is the network and nothing else.

mod error;
mod file;
mod metadata;
mod output;
mod walk;

pub use error::OnnxError;
pub use file::to_onnx;
pub use metadata::{Extent, OnnxMetadata, OnnxValue, read_metadata};
pub use output::{INPUT, LOGITS, OutputKind, PROBABILITIES};
