//! What an initialisation did, tensor by tensor.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::Adapted;
use crate::pretrained::{Mismatch, Pretrained};

/// What was done to one tensor.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// Copied from the pretrained weights.
    Loaded,
    /// Copied after its extents were brought to the network's.
    Adapted {
        /// What was done.
        how: Adapted,
    },
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
    /// Tensors copied after an adaptation.
    #[serde(default)]
    pub adapted: usize,
    /// Tensors drawn with pretrained moments.
    pub rescaled: usize,
    /// Tensors drawn as in random initialisation.
    pub drawn: usize,
    /// Tensors of the source that no tensor of the network took, sorted.
    pub unused: Vec<String>,
    /// Tensors that the study allowed the source to lack, sorted.
    #[serde(default)]
    pub missing: Vec<String>,
    /// Tensors that the study allowed the source to hold beyond its network, sorted.
    #[serde(default)]
    pub unexpected: Vec<String>,
    /// Tensors whose shape the study allowed to differ.
    #[serde(default)]
    pub mismatched: Vec<Mismatch>,
    /// Tensor by tensor, from the input to the head.
    pub tensors: Vec<Match>,
}

impl MatchReport {
    pub(super) fn new(
        initialisation: String,
        tensors: Vec<Match>,
        source: Option<&Pretrained>,
    ) -> Self {
        let count =
            |wanted: fn(&Action) -> bool| tensors.iter().filter(|m| wanted(&m.action)).count();
        let drawn = count(|a| matches!(a, Action::Drawn));
        let source = source.filter(|_| drawn < tensors.len());
        let taken: BTreeSet<&String> = tensors
            .iter()
            .filter(|m| m.action != Action::Drawn)
            .map(|m| &m.path)
            .collect();
        let unused = source.map_or(Vec::new(), |source| {
            let paths = source.weights.tensors.keys();
            paths
                .filter(|path| !taken.contains(path))
                .cloned()
                .collect()
        });
        let of_source = |names: fn(&Pretrained) -> &Vec<String>| {
            let mut names = source.map_or(Vec::new(), |source| names(source).clone());
            names.sort();
            names
        };
        Self {
            initialisation,
            loaded: count(|a| matches!(a, Action::Loaded)),
            adapted: count(|a| matches!(a, Action::Adapted { .. })),
            rescaled: count(|a| matches!(a, Action::Rescaled { .. })),
            drawn,
            unused,
            missing: of_source(|s| &s.missing),
            unexpected: of_source(|s| &s.unexpected),
            mismatched: source.map_or(Vec::new(), |s| s.mismatched.clone()),
            tensors,
        }
    }
}
