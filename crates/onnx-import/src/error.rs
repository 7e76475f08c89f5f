//! Why a file is not taken as a network.

use networks::NetworkError;
use networks::onnx::OnnxError;
use onnx_graph::{Damage, StoredError};
use thiserror::Error;

use super::operators::OPERATORS;

/// Why a file is not taken as a network.
#[derive(Debug, Error)]
pub enum ImportError {
    /// What the file says of itself cannot be read.
    #[error(transparent)]
    File(#[from] OnnxError),
    /// Its graph cannot be read.
    #[error("not a whole ONNX file: {0}; export or fetch it again")]
    Damage(#[from] Damage),
    /// Its tensors cannot be read.
    #[error(transparent)]
    Stored(#[from] StoredError),
    /// Its layers do not fit together.
    #[error(transparent)]
    Network(#[from] NetworkError),
    /// What goes in or comes out.
    #[error("the graph: expected {expected}, found {found}")]
    Graph {
        /// What can be read.
        expected: String,
        /// What there is.
        found: String,
    },
    /// An operator that no layer computes.
    #[error("operator `{operator}` (node `{node}`) is none that is read; those are {}", OPERATORS.join(", "))]
    Operator {
        /// The operator, with its domain where that is not ONNX's own.
        operator: String,
        /// The node.
        node: String,
    },
    /// An operator in a form that no layer computes.
    #[error("operator `{operator}` (node `{node}`): expected {expected}, found {found}")]
    Refused {
        /// The operator.
        operator: String,
        /// The node.
        node: String,
        /// What can be read.
        expected: String,
        /// What there is.
        found: String,
    },
    /// Patterns that do not cut a network into blocks.
    #[error("blocks: expected {expected}, found {found}")]
    Blocks {
        /// What can be cut.
        expected: String,
        /// What there is.
        found: String,
    },
    /// Tensors that are named over and over.
    #[error(
        "the file's tensors are used so often that the network would be much larger than the file; no such file is read"
    )]
    TooMuchCopied,
}
