//! Why a file's weights are not taken.

use thiserror::Error;

use crate::network_error::NetworkError;

/// Why a file's weights are not taken.
#[derive(Debug, Error)]
pub enum PretrainedError {
    /// No tensor of the network is in the file.
    #[error("none of the file's {tensors} tensors belongs to network `{network}`{}", fits.as_ref().map(|f| format!("; they fit `{f}`")).unwrap_or_default())]
    Foreign {
        /// The network asked for.
        network: String,
        /// Tensors in the file.
        tensors: usize,
        /// Label of a network that they fit without a rest.
        fits: Option<String>,
    },
    /// Several networks fit alike.
    #[error("network `{network}` is in the file more than once, under {}: state which, such as part = \"{}\"", parts.iter().map(|part| format!("`{part}`")).collect::<Vec<_>>().join(", "), parts.first().map(|part| part.trim_end_matches('.')).unwrap_or_default())]
    Several {
        /// The network asked for.
        network: String,
        /// What stands before the names of each.
        parts: Vec<String>,
    },
    /// Nothing is under the part that was stated.
    #[error("no tensor of network `{network}` is in a part `{part}` of the file{}", match parts.is_empty() { true => String::new(), false => format!("; it has {}", parts.iter().map(|part| format!("`{part}`")).collect::<Vec<_>>().join(", ")) })]
    NoPart {
        /// The network asked for.
        network: String,
        /// What was stated.
        part: String,
        /// Prefixes under which it is.
        parts: Vec<String>,
    },
    /// Tensors too many, too few, or of other shapes.
    #[error("the weights do not fit network `{network}`: {}{}; give weights of this network, choose the network they belong to, or allow it under [weights] (allow_missing, allow_unexpected, allow_mismatched)", problems.join(", "), fits.as_ref().map(|f| format!(" (they fit `{f}`)")).unwrap_or_default())]
    DoNotFit {
        /// The network asked for.
        network: String,
        /// What does not fit.
        problems: Vec<String>,
        /// Label of a network that they fit without a rest.
        fits: Option<String>,
    },
    /// Tensors with values from which nothing can be trained.
    #[error(
        "tensor `{tensor}` of network `{network}`: expected finite numbers, found {count} of {values} infinite or not a number{}; the file is damaged or of a network that diverged: fetch or export it again",
        match more { 0 => String::new(), more => format!(", and such in {more} further tensors") }
    )]
    NotFinite {
        /// The network asked for.
        network: String,
        /// The first such tensor, by our path.
        tensor: String,
        /// How many of its values are infinite or not a number.
        count: usize,
        /// How many values it has.
        values: usize,
        /// Further tensors with such values.
        more: usize,
    },
    /// The network cannot be built.
    #[error(transparent)]
    Network(#[from] NetworkError),
}
