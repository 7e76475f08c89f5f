//! Why ONNX files are not written or read.

use onnx_graph::Damage;
use thiserror::Error;

use crate::network_error::NetworkError;
use checkpoints::WeightsError;

/// Protocol buffers cannot be larger, in bytes.
pub(super) const FILE_LIMIT: usize = i32::MAX as usize;

/// Why a network cannot be written as ONNX, or a file not be read.
#[derive(Debug, Error)]
pub enum OnnxError {
    /// The layers do not fit together.
    #[error(transparent)]
    Network(#[from] NetworkError),
    /// The tensors do not make up the network.
    #[error(transparent)]
    Weights(#[from] WeightsError),
    /// More than one file can hold.
    #[error(
        "network `{network}` takes {bytes} bytes as ONNX; a file holds at most {FILE_LIMIT}; write safetensors instead"
    )]
    TooLarge {
        /// The network.
        network: String,
        /// What it takes.
        bytes: usize,
    },
    /// Not ONNX, or damaged.
    #[error("not a whole ONNX file: at byte {offset}, {reason}; export or fetch it again")]
    Damaged {
        /// Where, in bytes from the start.
        offset: usize,
        /// What the reader expected and found.
        reason: String,
    },
    /// A list that no real file has.
    #[error("the ONNX file lists more than {limit} {list}; no such file is read")]
    TooMany {
        /// What it lists.
        list: &'static str,
        /// How many are read at most.
        limit: usize,
    },
}

impl From<Damage> for OnnxError {
    fn from(Damage { offset, reason }: Damage) -> Self {
        Self::Damaged { offset, reason }
    }
}

impl OnnxError {
    pub(super) fn damaged(offset: usize, reason: String) -> Self {
        Self::Damaged { offset, reason }
    }
}
