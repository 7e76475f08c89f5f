//! Why networks are not initialised.

use thiserror::Error;

use networks::{NetworkError, SelectionError, WeightsError};

/// Why a network cannot be initialised as asked.
#[derive(Debug, Error)]
pub enum InitialisationError {
    /// A rule selects what the network does not have.
    #[error(transparent)]
    Selection(#[from] SelectionError),
    /// A rule reads pretrained weights and none are given.
    #[error(
        "initialisation `{init}` of network `{network}` needs pretrained weights; name a file under [weights]"
    )]
    NoWeights {
        /// The initialisation.
        init: String,
        /// The network.
        network: String,
    },
    /// The weights belong to another architecture.
    #[error(
        "the weights do not fit network `{network}`: {problems}; give weights of this network, or choose the network they belong to"
    )]
    DoNotFit {
        /// The network.
        network: String,
        /// Missing tensors and shapes that differ.
        problems: String,
    },
    /// Tensors of a foreign network that are nothing known.
    #[error(
        "cannot tell what {tensors} are in their network; name them among those to keep as they are"
    )]
    UnknownTensors {
        /// Their names and shapes, comma separated.
        tensors: String,
    },
    /// A foreign network has no tensor that begins with a name.
    #[error("no tensor is `{prefix}` or begins with `{prefix}.`; the names begin with {known}")]
    UnknownPrefix {
        /// What was named.
        prefix: String,
        /// First parts of the names there are, comma separated.
        known: String,
    },
    /// A policy needs what a list of tensors does not tell.
    #[error("`{policy}` {reason}; choose another initialisation")]
    NotByTensor {
        /// The policy.
        policy: &'static str,
        /// What it needs.
        reason: &'static str,
    },
    /// Weights to be scaled on a batch are not those of the network.
    #[error(transparent)]
    Weights(#[from] WeightsError),
    /// A batch to scale weights on does not pass through the network.
    #[error(transparent)]
    Network(#[from] NetworkError),
}
