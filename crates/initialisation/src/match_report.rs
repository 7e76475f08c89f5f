//! What an initialisation did, tensor by tensor.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::gabor::{Colour, Scale};
use super::{Adapted, Policy};
use networks::{Kind, Mismatch, Pretrained};

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
    /// Every output channel drawn from N(mean, variance) of the pretrained channel.
    RescaledByChannel {
        /// Root of the channels' mean variance.
        std: f64,
    },
    /// The pretrained entries in random order.
    Shuffled,
    /// Pretrained entries drawn with replacement.
    Resampled,
    /// Drawn with the pretrained filters' mean and covariance between taps.
    Knockoff,
    /// The bank of Gabor filters.
    Gabor {
        /// Grey or colour-opponent.
        colour: Colour,
        /// Whose standard deviation it has.
        scale: Scale,
        /// That standard deviation.
        std: f64,
    },
    /// Drawn orthonormal and then multiplied, so that its layer wrote with variance 1 on a batch.
    UnitVariance {
        /// The factor.
        factor: f64,
    },
    /// Drawn or set without a look at pretrained weights, as the policy says.
    Drawn,
}

/// How much of the pretrained weights a tensor keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// Every value.
    Loaded,
    /// Every value, brought to other extents.
    Adapted,
    /// Some statistic: moments, covariance, or the values in other places.
    Rescaled,
    /// Nothing.
    Drawn,
}

impl Action {
    /// How much of the pretrained weights the tensor keeps.
    pub fn origin(self) -> Origin {
        match self {
            Self::Loaded => Origin::Loaded,
            Self::Adapted { .. } => Origin::Adapted,
            Self::Rescaled { .. }
            | Self::RescaledByChannel { .. }
            | Self::Shuffled
            | Self::Resampled
            | Self::Knockoff
            | Self::Gabor {
                scale: Scale::Pretrained,
                ..
            } => Origin::Rescaled,
            Self::Gabor { .. } | Self::UnitVariance { .. } | Self::Drawn => Origin::Drawn,
        }
    }
}

/// One tensor and what was done to it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Match {
    /// Path of the tensor.
    pub path: String,
    /// Name of its block.
    pub block: String,
    /// What it does in its layer.
    pub kind: Kind,
    /// Numbers in it.
    pub values: usize,
    /// What the rules say of it.
    pub policy: Policy,
    /// What was done.
    pub action: Action,
}

/// How many numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Values {
    /// In trained tensors.
    pub trained: usize,
    /// In running statistics.
    pub buffers: usize,
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
    /// Tensors made from statistics of pretrained ones, or from their values in other places.
    pub rescaled: usize,
    /// Tensors that pretrained weights have no part in.
    pub drawn: usize,
    /// What stands before every name of the source in its file, such as `backbone.`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub prefix: String,
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
        let count = |origin: Origin| {
            let of_origin = tensors.iter().filter(|m| m.action.origin() == origin);
            of_origin.count()
        };
        let drawn = count(Origin::Drawn);
        let source = source.filter(|_| drawn < tensors.len());
        let taken: BTreeSet<&String> = tensors
            .iter()
            .filter(|m| m.action.origin() != Origin::Drawn)
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
            loaded: count(Origin::Loaded),
            adapted: count(Origin::Adapted),
            rescaled: count(Origin::Rescaled),
            drawn,
            prefix: source.map_or(String::new(), |source| source.prefix.clone()),
            unused,
            missing: of_source(|s| &s.missing),
            unexpected: of_source(|s| &s.unexpected),
            mismatched: source.map_or(Vec::new(), |s| s.mismatched.clone()),
            tensors,
        }
    }

    /// Numbers in the tensors that keep so much of the pretrained weights.
    pub fn values(&self, origin: Origin) -> Values {
        let mut values = Values::default();
        for tensor in self.tensors.iter().filter(|m| m.action.origin() == origin) {
            match tensor.kind.is_trained() {
                true => values.trained += tensor.values,
                false => values.buffers += tensor.values,
            }
        }
        values
    }

    /// Path of the convolution whose weight is a bank of Gabor filters, if any is.
    pub fn gabor(&self) -> Option<&str> {
        let is_bank = |m: &&Match| matches!(m.action, Action::Gabor { .. });
        self.tensors.iter().find(is_bank).map(|m| m.path.as_str())
    }
}
