//! Why weights cannot be read or written.

use std::path::{Path, PathBuf};

use thiserror::Error;

use super::format::Format;

/// Why weights cannot be read or written.
#[derive(Debug, Error)]
pub enum WeightsError {
    /// The operating system refused.
    #[error("cannot {action} weights {}: {source}", path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Larger than any network here.
    #[error("weights {} hold {bytes} bytes; at most {limit} are read", path.display())]
    TooLarge {
        /// Which file.
        path: PathBuf,
        /// Its size in bytes.
        bytes: u64,
        /// Most bytes that are read.
        limit: u64,
    },
    /// None of the formats that are read.
    #[error(
        "weights {} are in no format that is read: expected safetensors, a PyTorch checkpoint \
         (.pt, .pth), a file of Keras (.h5, .keras) or a TensorFlow.js layers model (model.json or \
         its folder); convert them to safetensors",
        path.display()
    )]
    Unrecognised {
        /// Which file.
        path: PathBuf,
    },
    /// Incomplete or inconsistent.
    #[error(
        "weights {} are not a whole {format} file ({reason}); fetch or write them again",
        path.display()
    )]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// What it seems to be.
        format: Format,
        /// What the reader found.
        reason: String,
    },
    /// In order for all that is known, in a form that is not read.
    #[error("weights {} are a {format} file in a form that is not read: {reason}", path.display())]
    Unsupported {
        /// Which file.
        path: PathBuf,
        /// What it is.
        format: Format,
        /// The form, and what to do.
        reason: String,
    },
    /// An object that only its own code could make, where tensors by name are expected.
    #[error(
        "weights {} hold an object of `{name}`, which only its code could make, and nothing was run: \
         save tensors by name instead, in Python torch.save(model.state_dict(), \"weights.pth\"), or as safetensors",
        path.display()
    )]
    Code {
        /// Which file.
        path: PathBuf,
        /// The class or function.
        name: String,
    },
    /// A checkpoint without named tensors.
    #[error(
        "weights {} hold no state dict: expected tensors by name, directly or under `state_dict`, \
         `model` and the like; found {found}",
        path.display()
    )]
    NoStateDict {
        /// Which file.
        path: PathBuf,
        /// What it holds instead.
        found: String,
    },
    /// A tensor of another element type.
    #[error(
        "tensor `{tensor}` in {} has type {found}; expected float32, float16, bfloat16 or float64",
        path.display()
    )]
    ElementType {
        /// Which file.
        path: PathBuf,
        /// Which tensor.
        tensor: String,
        /// Its type.
        found: String,
    },
    /// The tensors do not make up the network.
    #[error("tensor `{tensor}` of network `{network}`: expected shape {expected:?}, found {found}")]
    Incomplete {
        /// The network.
        network: String,
        /// Which tensor.
        tensor: String,
        /// Shape by the network.
        expected: Vec<usize>,
        /// Shape given, or that it is missing.
        found: String,
    },
}

/// What is wrong with bytes, before it is known which file they are of.
#[derive(Debug)]
pub(super) enum Flaw {
    Damaged(String),
    Unsupported(String),
    Code(String),
    NoStateDict(String),
    ElementType {
        tensor: String,
        found: String,
    },
    /// More bytes than the limit.
    TooLarge(u64, u64),
    Shard(String, std::io::Error),
}

impl Flaw {
    pub(super) fn damaged(reason: impl ToString) -> Self {
        Self::Damaged(reason.to_string())
    }

    /// The error for users, with the file.
    pub(super) fn of(self, path: &Path, format: Format) -> WeightsError {
        let path = path.to_path_buf();
        match self {
            Self::Damaged(reason) => WeightsError::Damaged {
                path,
                format,
                reason,
            },
            Self::Unsupported(reason) => WeightsError::Unsupported {
                path,
                format,
                reason,
            },
            Self::Code(name) => WeightsError::Code { path, name },
            Self::NoStateDict(found) => WeightsError::NoStateDict { path, found },
            Self::ElementType { tensor, found } => WeightsError::ElementType {
                path,
                tensor,
                found,
            },
            Self::TooLarge(bytes, limit) => WeightsError::TooLarge { path, bytes, limit },
            Self::Shard(name, source) => WeightsError::Io {
                action: "read",
                path: path.with_file_name(name),
                source,
            },
        }
    }
}

impl std::fmt::Display for Flaw {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Damaged(reason)
            | Self::Unsupported(reason)
            | Self::Code(reason)
            | Self::NoStateDict(reason) => f.write_str(reason),
            Self::ElementType { tensor, found } => write!(f, "tensor `{tensor}` has type {found}"),
            Self::TooLarge(bytes, limit) => write!(f, "{bytes} bytes; at most {limit} are read"),
            Self::Shard(name, error) => write!(f, "{name}: {error}"),
        }
    }
}

/// Most names of a sort that are told.
const TOLD: usize = 12;

/// Names in a row, the first ones.
pub(super) fn listed(names: &[String]) -> String {
    let mut told: Vec<String> = names
        .iter()
        .take(TOLD)
        .map(|name| format!("`{name}`"))
        .collect();
    if names.len() > TOLD {
        told.push(format!("and {} more", names.len() - TOLD));
    }
    told.join(", ")
}

/// A name from outside, short and printable.
pub(super) fn shown(name: &str) -> String {
    let mut shown: String = name.escape_debug().take(80).collect();
    if name.escape_debug().nth(80).is_some() {
        shown.push('…');
    }
    shown
}
