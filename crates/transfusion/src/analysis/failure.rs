//! Why a part of the analysis failed.

use similarity::CompareError;
use thiserror::Error;

use crate::study::StudyError;
use crate::training::RunFailure;

/// Why a part of the analysis failed.
#[derive(Debug, Error)]
pub enum AnalysisFailure {
    /// Two layers cannot be compared at all.
    #[error("block `{block}`: {source}")]
    Compare {
        /// The block, or what stands for several.
        block: String,
        /// Why.
        source: CompareError,
    },
    /// What a run left does not fit its network.
    #[error("{path} does not hold the weights of this run's network: {reason}; remove the run's directory to have it trained anew")]
    Weights {
        /// The file.
        path: String,
        /// What was expected and what was found.
        reason: String,
    },
    /// A network cannot be made or shown pictures.
    #[error(transparent)]
    Run(#[from] RunFailure),
}

impl From<StudyError> for AnalysisFailure {
    fn from(error: StudyError) -> Self {
        Self::Run(error.into())
    }
}
