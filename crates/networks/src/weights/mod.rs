//! Named tensors on the host, and the files they live in.

mod element;
mod error;
mod file;
mod format;
mod host;
mod limit;
mod safetensors;
mod tfjs;
mod torch;

pub use error::WeightsError;
pub use file::WeightsFile;
pub use format::Format;
pub use host::{HostTensor, Weights};
