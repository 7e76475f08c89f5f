//! Why a pretraining left no weights.

use durable::FileError;
use record::RecordError;
use stats::StatsError;
use thiserror::Error;

/// Why a pretraining left no weights.
#[derive(Debug, Error)]
pub enum PretrainingError {
    /// Its run has not come to its end.
    #[error("the run of this pretraining is not finished; give the same command again")]
    Unfinished,
    /// Its records cannot be read.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// Its predictions lack a part.
    #[error(transparent)]
    File(#[from] FileError),
    /// Its predictions have no accuracy.
    #[error("the accuracy on the source task cannot be computed: {0}")]
    Accuracy(#[from] StatsError),
}
