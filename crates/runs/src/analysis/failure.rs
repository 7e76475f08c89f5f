//! Why a part of the analysis failed.

use images::UnreadableImage;
use networks::WeightsError;
use similarity::CompareError;
use thiserror::Error;

use crate::training::RunFailure;
use durable::FileError;
use record::RecordError;

/// Why a part of the analysis failed.
#[derive(Debug, Error)]
pub enum AnalysisFailure {
    /// What a finished run left is another network's.
    #[error(
        "model.safetensors of run {run} cannot be analysed: {source}; remove the directory of the run and run the study again: it is trained anew, to the same weights"
    )]
    Trained {
        /// Identity of the run.
        run: String,
        /// What was expected and found.
        source: WeightsError,
    },
    /// Two layers cannot be compared at all.
    #[error("{layers}: {source}")]
    Compare {
        /// Which layers.
        layers: String,
        /// Why.
        source: CompareError,
    },
    /// The network cannot be made as it started, or not be fed.
    #[error(transparent)]
    Run(#[from] RunFailure),
}

impl From<UnreadableImage> for AnalysisFailure {
    fn from(error: UnreadableImage) -> Self {
        Self::Run(error.into())
    }
}

impl From<WeightsError> for AnalysisFailure {
    fn from(error: WeightsError) -> Self {
        Self::Run(error.into())
    }
}

impl From<RecordError> for AnalysisFailure {
    fn from(error: RecordError) -> Self {
        Self::Run(error.into())
    }
}

impl From<FileError> for AnalysisFailure {
    fn from(error: FileError) -> Self {
        Self::Run(error.into())
    }
}
