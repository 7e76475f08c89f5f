//! Named tensors, and the files that hold them: safetensors (in one file or several), PyTorch
//! checkpoints, TensorFlow.js layers models, Keras' HDF5 files and archives.
//!
//! Files are hostile: sizes are bounded before memory is taken, and nothing in them is ever executed.
//! What the names mean is not known here.
//!
//! ```
//! use checkpoints::{HostTensor, Weights};
//!
//! let tensor = HostTensor {
//!     shape: vec![2],
//!     values: vec![0.5, -1.0],
//! };
//! let weights = Weights {
//!     tensors: [("fc.bias".to_string(), tensor)].into(),
//! };
//! let file = Weights::from_bytes(&weights.to_bytes(None), "model.safetensors".as_ref())?;
//! assert_eq!(file.weights, weights);
//! # Ok::<(), checkpoints::WeightsError>(())
//! ```

mod archive;
mod content;
mod element;
mod error;
mod file;
mod format;
mod host;
mod index;
mod keras;
mod limit;
mod safetensors;
mod tfjs;
mod torch;

pub use error::WeightsError;
pub use file::WeightsFile;
pub use format::Format;
pub use host::{HostTensor, Weights};
