//! Why nothing was learned.

use std::path::PathBuf;

use durable::FileError;
use images::UnreadableImage;
use initialisation::InitialisationError;
use networks::{NetworkError, WeightsError};
use stats::StatsError;
use study::StudyError;
use thiserror::Error;

/// Why nothing was learned.
#[derive(Debug, Error)]
pub enum SelfSupervisionError {
    /// A setting that cannot be.
    #[error(transparent)]
    Setting(#[from] StudyError),
    /// A network that cannot be built for the pictures.
    #[error(transparent)]
    Network(#[from] NetworkError),
    /// Its first weights cannot be made.
    #[error(transparent)]
    Initialisation(#[from] InitialisationError),
    /// Weights that do not fit it.
    #[error(transparent)]
    Weights(#[from] WeightsError),
    /// A picture that cannot be read any more.
    #[error(transparent)]
    Picture(#[from] UnreadableImage),
    /// A file that cannot be read or written.
    #[error(transparent)]
    File(#[from] FileError),
    /// The features are no numbers that can be compared.
    #[error("the accuracy of the nearest neighbours is undefined: {0}")]
    Neighbours(#[from] StatsError),
    /// The loss is no number.
    #[error(
        "the loss is not a finite number after {step} steps; use a smaller `lr` or a longer `warmup_steps` under [train]"
    )]
    Diverged {
        /// Steps taken.
        step: u64,
    },
    /// The directory belongs to another pretraining.
    #[error(
        "{path} holds a pretraining with other settings, data or program; name another directory with --out, or remove it"
    )]
    Other {
        /// The directory.
        path: PathBuf,
    },
    /// There are not enough pictures for a batch.
    #[error("expected at least 2 training pictures, found {found}")]
    TooFew {
        /// Training pictures.
        found: usize,
    },
}
