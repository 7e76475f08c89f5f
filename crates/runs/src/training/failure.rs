//! Why a run failed.

use engine::DeviceFault;
use images::UnreadableImage;
use initialisation::InitialisationError;
use networks::{NetworkError, WeightsError};
use regimes::RegimeError;
use regimes::addition::MergeError;
use stats::StatsError;
use thiserror::Error;

use durable::FileError;
use record::RecordError;

/// Tensors listed in an error message.
const LISTED: usize = 5;

/// Why a run failed.
#[derive(Debug, Error)]
pub enum RunFailure {
    /// The loss or a weight is no number any more.
    #[error(
        "training diverged at step {step}: the loss is {loss}; lower the learning rate or add warm-up"
    )]
    Diverged {
        /// Step, from 1.
        step: u64,
        /// The loss there.
        loss: f32,
    },
    /// No candidate of the study's tuning could be trained with every seed.
    #[error(
        "none of the {candidates} candidates under [tune] could be trained with every seed; the first trial that failed: {error}"
    )]
    Untuned {
        /// How many were tried.
        candidates: usize,
        /// Why the first trial failed.
        error: String,
    },
    /// The validation AUC cannot be computed.
    #[error("at step {step}: {source}")]
    Undefined {
        /// Step.
        step: u64,
        /// Why.
        source: StatsError,
    },
    /// What should have stayed as it was did not: a defect of the program or of the machine.
    #[error(
        "what is frozen changed {when}: {}; this is a defect of the program or of the machine's memory: remove the run's directory to have it trained anew, and report it if that ends here too",
        listed(tensors)
    )]
    Moved {
        /// When.
        when: String,
        /// Their paths.
        tensors: Vec<String>,
    },
    /// The pictures are divided otherwise than the specification says.
    #[error(
        "the data are divided as split {found}, the run was planned for split {expected}; plan the study anew"
    )]
    OtherSplit {
        /// Of the specification.
        expected: String,
        /// Of the data.
        found: String,
    },
    /// The regime does not fit the network.
    #[error(transparent)]
    Regime(#[from] RegimeError),
    /// A picture became unreadable.
    #[error(transparent)]
    Picture(#[from] UnreadableImage),
    /// The weights cannot be made.
    #[error(transparent)]
    Initialisation(#[from] InitialisationError),
    /// The network cannot be built.
    #[error(transparent)]
    Network(#[from] NetworkError),
    /// What the regime added cannot become part of the network.
    #[error(transparent)]
    Merge(#[from] MergeError),
    /// A checkpoint belongs to another network.
    #[error(transparent)]
    Weights(#[from] WeightsError),
    /// The device cannot be used.
    #[error("{0}")]
    Device(#[from] DeviceFault),
    /// The record cannot be written or read.
    #[error(transparent)]
    Record(#[from] RecordError),
}

impl From<FileError> for RunFailure {
    fn from(error: FileError) -> Self {
        Self::Record(error.into())
    }
}

fn listed(tensors: &[String]) -> String {
    let mut listed = tensors[..tensors.len().min(LISTED)].join(", ");
    if tensors.len() > LISTED {
        listed.push_str(&format!(" and {} more", tensors.len() - LISTED));
    }
    listed
}

impl RunFailure {
    /// Whether the run would fail in the same way again, so that the failure is its result. A picture
    /// could be read when the study was planned, so that it may be read again.
    pub fn is_final(&self) -> bool {
        match self {
            Self::Record(_) | Self::Picture(_) => false,
            Self::Device(fault) => !fault.is_passing,
            _ => true,
        }
    }
}
