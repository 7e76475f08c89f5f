//! `[grid]` as written: what is compared.

use serde::Deserialize;

use super::entry::{InitEntry, ModelEntry, TrainSize};
use super::regime::RegimeEntry;
use super::seeds::Seeds;

/// `[grid]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GridSpec {
    /// Networks.
    pub model: Vec<ModelEntry>,
    /// Initialisations.
    pub init: Vec<InitEntry>,
    /// Training regimes; without them, the one that `[train]` describes.
    pub regime: Option<Vec<RegimeEntry>>,
    /// Training sizes, in pictures.
    #[serde(default = "all_sizes")]
    pub train_size: Vec<TrainSize>,
    /// Seeds per arm, from 0 on, the same in every arm.
    #[serde(default = "five")]
    pub seeds: Seeds,
    /// What happens to combinations of a model without weights and an initialisation that needs
    /// them: `stop` or `skip`.
    #[serde(default)]
    pub without_weights: WithoutWeights,
}

/// What happens to arms that lack pretrained weights.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WithoutWeights {
    /// The study does not start.
    #[default]
    Stop,
    /// They are left out.
    Skip,
}

fn all_sizes() -> Vec<TrainSize> {
    vec![TrainSize::All]
}

fn five() -> Seeds {
    Seeds::Count(5)
}
