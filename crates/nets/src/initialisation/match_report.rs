//! What an initialisation did, tensor by tensor.

use serde::{Deserialize, Serialize};

use crate::weights::Weights;

/// What was done to one tensor.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// Copied from the pretrained weights.
    Loaded,
    /// Drawn from N(mean, std²) of the pretrained tensor.
    Rescaled {
        /// Mean of the pretrained tensor.
        mean: f64,
        /// Standard deviation of the pretrained tensor.
        std: f64,
    },
    /// Drawn (or set) as in random initialisation.
    Drawn,
}

/// One tensor and what was done to it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Match {
    /// Path of the tensor.
    pub path: String,
    /// Name of its block.
    pub block: String,
    /// Numbers in it.
    pub values: usize,
    /// What was done.
    pub action: Action,
}

/// What an initialisation did: the record keeps it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MatchReport {
    /// Name of the initialisation.
    pub initialisation: String,
    /// Tensors copied.
    pub loaded: usize,
    /// Tensors drawn with pretrained moments.
    pub rescaled: usize,
    /// Tensors drawn as in random initialisation.
    pub drawn: usize,
    /// Tensors of the source that no tensor of the network took, sorted.
    pub unused: Vec<String>,
    /// Tensor by tensor, from the input to the head.
    pub tensors: Vec<Match>,
}

impl MatchReport {
    pub(super) fn new(
        initialisation: String,
        tensors: Vec<Match>,
        source: Option<&Weights>,
    ) -> Self {
        let count =
            |wanted: fn(&Action) -> bool| tensors.iter().filter(|m| wanted(&m.action)).count();
        let taken = |path: &String| {
            tensors
                .iter()
                .any(|m| &m.path == path && !matches!(m.action, Action::Drawn))
        };
        let uses_source = tensors.iter().any(|m| !matches!(m.action, Action::Drawn));
        let unused = match source {
            Some(source) if uses_source => source
                .tensors
                .keys()
                .filter(|path| !taken(path))
                .cloned()
                .collect(),
            _ => Vec::new(),
        };
        Self {
            initialisation,
            loaded: count(|a| matches!(a, Action::Loaded)),
            rescaled: count(|a| matches!(a, Action::Rescaled { .. })),
            drawn: count(|a| matches!(a, Action::Drawn)),
            unused,
            tensors,
        }
    }
}
