//! Why a probe failed.

use durable::FileError;
use embeddings::EmbeddingsError;
use record::RecordError;
use stats::StatsError;
use thiserror::Error;

use crate::training::RunFailure;

/// Why a probe failed.
#[derive(Debug, Error)]
pub enum ProbeFailure {
    /// Features that no method can use.
    #[error(
        "block `{block}` puts out values that are infinite or not a number, before any training; leave it out with `blocks` under [probe], or use other weights"
    )]
    NotFinite {
        /// The block.
        block: String,
    },
    /// A file of features that was there when the study was planned.
    #[error(
        "the features `{name}` are no longer part of the study; run it again from its study.toml"
    )]
    NoFile {
        /// What the study calls it.
        name: String,
    },
    /// Pictures lack features.
    #[error(transparent)]
    Features(#[from] EmbeddingsError),
    /// A classifier cannot be fitted, or its validation AUC not be computed.
    #[error("the validation AUC of a probe is undefined: {0}")]
    Undefined(#[from] StatsError),
    /// The network cannot be made or fed, or the record not be written.
    #[error(transparent)]
    Run(#[from] RunFailure),
}

impl From<RecordError> for ProbeFailure {
    fn from(error: RecordError) -> Self {
        Self::Run(error.into())
    }
}

impl From<FileError> for ProbeFailure {
    fn from(error: FileError) -> Self {
        Self::Run(error.into())
    }
}
