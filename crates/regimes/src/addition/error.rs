//! Why a network cannot have an addition, or keep what it learned.

use networks::{SelectionError, WeightsError};
use thiserror::Error;

/// Why a network cannot have an addition.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum AdditionError {
    /// What it goes beside is written wrongly.
    #[error(transparent)]
    Selection(#[from] SelectionError),
    /// There is nothing that it could go beside.
    #[error("{addition} on `{on}` finds no layer of network `{network}`: it goes beside {beside}")]
    NoLayer {
        /// LoRA, SSF or an adapter.
        addition: &'static str,
        /// The selection.
        on: String,
        /// The network.
        network: String,
        /// What it can go beside.
        beside: &'static str,
    },
    /// The matrices would be no thinner than the layer's.
    #[error(
        "LoRA of rank {rank} does not fit layer `{layer}` of network `{network}`, whose weight has rank {most} at most; choose a smaller rank or other layers (`on`)"
    )]
    Rank {
        /// As written.
        rank: usize,
        /// Path of the layer.
        layer: String,
        /// The network.
        network: String,
        /// The smaller side of the layer's matrix.
        most: usize,
    },
}

/// Why an addition cannot be merged.
#[derive(Debug, Error)]
pub enum MergeError {
    /// The network cannot have it.
    #[error(transparent)]
    Addition(#[from] AdditionError),
    /// A tensor is missing.
    #[error(transparent)]
    Weights(#[from] WeightsError),
}
