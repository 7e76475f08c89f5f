//! A phase resolved for one network: what becomes of each of its tensors.

use std::collections::{BTreeMap, BTreeSet};

use thiserror::Error;

use super::phase::{L2Sp, NormPolicy, Phase, Regime};
use crate::addition::AdditionError;
use crate::dropping::{Dropping, NoSums};
use initialisation::{Action, MatchReport};
use networks::{
    Kind, Network, NetworkError, Parameter, Selection, SelectionError, Weights, WeightsError, layer,
};

/// Why a phase does not fit a network.
#[derive(Debug, Error)]
pub enum RegimeError {
    /// A selection does not.
    #[error(transparent)]
    Selection(#[from] SelectionError),
    /// Nothing is left to train.
    #[error("`{phase}` leaves no tensor of network `{network}` to train")]
    NothingTrained {
        /// The network.
        network: String,
        /// What it says of what stays.
        phase: String,
    },
    /// `norms` without `freeze`, in a network without batch norms.
    #[error(
        "network `{network}` has no batch norms, so `norms` without `freeze` changes nothing there; leave it out or say what to freeze"
    )]
    NoBatchNorms {
        /// The network.
        network: String,
    },
    /// The network cannot have what the regime adds.
    #[error(transparent)]
    Addition(#[from] AdditionError),
    /// Nothing can be left out of it that is to be.
    #[error(transparent)]
    Dropping(#[from] NoSums),
    /// The network cannot read its input.
    #[error(transparent)]
    Network(#[from] NetworkError),
}

/// What one phase of a training does with every tensor of a network.
#[derive(Clone, Debug)]
pub struct Tuning {
    trained: BTreeMap<String, Treatment>,
    /// Tensors and buffers that stay, from the input to the head.
    frozen: Vec<Parameter>,
    /// Paths of the batch norms that normalise by their running statistics.
    running: BTreeSet<String>,
    /// Index of the first block with a trained tensor.
    first_block: usize,
    /// Decay of the average of the weights, where there is one.
    average: Option<f64>,
    dropping: Dropping,
}

/// How a tensor is trained.
#[derive(Clone, Debug)]
struct Treatment {
    rate: f64,
    pull: Option<Pull>,
}

/// What `strength/2 ‖w − towards‖²` adds to the gradient of a tensor `w`:
/// `strength (w − towards)`.
#[derive(Clone, Debug, PartialEq)]
pub struct Pull {
    /// Above 0.
    pub strength: f64,
    /// As many numbers as the tensor has; 0 where there are none.
    pub towards: Option<Vec<f32>>,
}

impl Tuning {
    /// Everything is trained at the schedule's rate.
    pub fn full(network: &Network) -> Self {
        let parameters = network.parameters();
        let trained = parameters.into_iter().filter(|p| p.kind.is_trained());
        let plain = Treatment {
            rate: 1.0,
            pull: None,
        };
        Self {
            trained: trained.map(|p| (p.path, plain.clone())).collect(),
            frozen: Vec::new(),
            running: BTreeSet::new(),
            first_block: 0,
            average: None,
            dropping: Dropping::default(),
        }
    }

    /// The same with an average over the steps of everything that moves, whose weight falls by
    /// `decay`, in (0, 1), from a step to the one before.
    pub fn averaging(self, decay: Option<f64>) -> Self {
        Self {
            average: decay,
            ..self
        }
    }

    /// The same with what is left out at random: bodies only in blocks from the first trained one
    /// on, so that what stays as it is computes what it does in inference.
    pub fn dropping(self, dropping: Dropping) -> Self {
        Self { dropping, ..self }
    }

    /// Share of the features that the layer at `path` does not read, in [0, 1).
    pub fn drops_features(&self, path: &str) -> f64 {
        self.dropping.of_features(path)
    }

    /// Share of the pictures for which the body called `name` is left out, in [0, 1).
    pub fn drops_body(&self, name: &str) -> f64 {
        self.dropping.of_body(name, self.first_block)
    }

    /// Decay of the average of the weights, where there is one.
    pub fn average(&self) -> Option<f64> {
        self.average
    }

    /// What `phase` does with `network`, its penalty apart ([`Tuning::pulled`]).
    ///
    /// What stays is what `freeze` selects and what `only` does not. A batch norm belongs to the
    /// frozen part where its running statistics stay; the policy then governs all four of its
    /// tensors, but for those that `only` selects. Elsewhere a selected scale or shift is frozen
    /// by itself.
    pub fn of(phase: &Phase, network: &Network) -> Result<Self, RegimeError> {
        let parameters = network.parameters();
        let mut selected = match &phase.freeze {
            Some(selection) => selection.paths(network)?,
            None => BTreeSet::new(),
        };
        let named = phase.only.as_ref().map(|only| only.paths(network));
        let named = named.transpose()?;
        if let Some(named) = &named {
            let others = parameters.iter().filter(|p| !named.contains(&p.path));
            selected.extend(others.map(|p| p.path.clone()));
        }
        // A shift that is named moves, though the statistics of its norm stay.
        let is_named = |p: &Parameter| {
            let is_named = named.as_ref().is_some_and(|named| named.contains(&p.path));
            is_named && !selected.contains(&p.path)
        };
        let is_whole = phase.freeze.is_none() && phase.only.is_none();
        let batch_norms: BTreeSet<&str> = parameters
            .iter()
            .filter(|p| p.kind == Kind::RunningMean)
            .map(|p| layer(&p.path))
            .collect();
        if is_whole && phase.norms.is_some() && batch_norms.is_empty() {
            return Err(RegimeError::NoBatchNorms {
                network: network.name.clone(),
            });
        }
        let policy = phase.norms.unwrap_or(NormPolicy::FrozenAffine);
        let in_part: BTreeSet<&str> = match is_whole {
            false => {
                let statistics = parameters.iter().filter(|p| !p.kind.is_trained());
                let selected = statistics.filter(|p| selected.contains(&p.path));
                selected.map(|p| layer(&p.path)).collect()
            }
            true if phase.norms.is_some() => batch_norms.clone(),
            true => BTreeSet::new(),
        };
        let is_frozen = |p: &Parameter| {
            let is_selected = selected.contains(&p.path);
            if in_part.contains(layer(&p.path)) {
                match policy {
                    NormPolicy::Train => false,
                    NormPolicy::FrozenStatistics => !p.kind.is_trained(),
                    NormPolicy::FrozenAffine => !is_named(p),
                }
            } else if p.kind.is_norm() && !batch_norms.contains(layer(&p.path)) {
                is_selected && policy == NormPolicy::FrozenAffine
            } else {
                is_selected
            }
        };
        let rates = rates(phase, network)?;
        let mut tuning = Self {
            trained: BTreeMap::new(),
            frozen: Vec::new(),
            running: match policy {
                NormPolicy::Train => BTreeSet::new(),
                NormPolicy::FrozenStatistics | NormPolicy::FrozenAffine => {
                    in_part.iter().map(|path| path.to_string()).collect()
                }
            },
            first_block: network.blocks.len(),
            average: None,
            dropping: Dropping::default(),
        };
        for p in &parameters {
            if is_frozen(p) {
                tuning.frozen.push(p.clone());
            } else if p.kind.is_trained() {
                tuning.first_block = tuning.first_block.min(p.block);
                let treatment = Treatment {
                    rate: rates(p),
                    pull: None,
                };
                tuning.trained.insert(p.path.clone(), treatment);
            }
        }
        match tuning.trained.is_empty() {
            false => Ok(tuning),
            true => Err(RegimeError::NothingTrained {
                network: network.name.clone(),
                phase: written(phase),
            }),
        }
    }

    /// The same with the penalty: tensors that `report` says were copied are pulled towards
    /// `initial`, the other trained ones towards 0.
    pub fn pulled(
        mut self,
        penalty: L2Sp,
        network: &Network,
        report: &MatchReport,
        initial: &Weights,
    ) -> Result<Self, WeightsError> {
        let was_copied =
            |action: &Action| matches!(action, Action::Loaded | Action::Adapted { .. });
        let copied: BTreeSet<&str> = report
            .tensors
            .iter()
            .filter(|m| was_copied(&m.action))
            .map(|m| m.path.as_str())
            .collect();
        for parameter in network.parameters() {
            let Some(treatment) = self.trained.get_mut(&parameter.path) else {
                continue;
            };
            let (strength, towards) = if copied.contains(parameter.path.as_str()) {
                let start = network.tensor(initial, &parameter)?.values.clone();
                (penalty.alpha, Some(start))
            } else {
                (penalty.beta, None)
            };
            treatment.pull = (strength > 0.0).then_some(Pull { strength, towards });
        }
        Ok(self)
    }

    /// Whether a tensor is trained; buffers never are.
    pub fn is_trained(&self, path: &str) -> bool {
        self.trained.contains_key(path)
    }

    /// Whether a tensor or buffer stays as it is, bit for bit.
    pub fn is_frozen(&self, path: &str) -> bool {
        self.frozen.iter().any(|p| p.path == path)
    }

    /// Tensors and buffers that stay as they are, from the input to the head.
    pub fn frozen(&self) -> &[Parameter] {
        &self.frozen
    }

    /// Factor of the learning rate of a trained tensor; 1 for any other.
    pub fn rate(&self, path: &str) -> f64 {
        self.trained.get(path).map_or(1.0, |t| t.rate)
    }

    /// What the penalty holds back, by path.
    pub fn pulls(&self) -> impl Iterator<Item = (&str, &Pull)> {
        let trained = self.trained.iter();
        trained.filter_map(|(path, treatment)| Some((path.as_str(), treatment.pull.as_ref()?)))
    }

    /// Whether the batch norm at `path` normalises by its running statistics in training.
    pub fn uses_running(&self, path: &str) -> bool {
        self.running.contains(path)
    }

    /// What a training step costs, in forward passes: one through the whole network, and about two
    /// more through the blocks from the first trained one on, by their share of multiply-adds.
    pub fn passes(&self, network: &Network) -> Result<f64, RegimeError> {
        let costs = network.block_costs()?;
        let macs = |costs: &[networks::Cost]| costs.iter().map(|c| c.macs).sum::<u64>() as f64;
        let behind = &costs[self.first_block.min(costs.len())..];
        Ok(1.0 + 2.0 * macs(behind) / macs(&costs).max(1.0))
    }
}

impl Regime {
    /// Tensors and buffers of `network` that no phase moves.
    pub fn frozen_throughout(&self, network: &Network) -> Result<Vec<Parameter>, RegimeError> {
        let mut all = network.parameters();
        for phase in &self.phases {
            let tuning = Tuning::of(phase, network)?;
            all.retain(|p| tuning.is_frozen(&p.path));
        }
        Ok(all)
    }
}

/// What a phase says of what stays, as it is written.
fn written(phase: &Phase) -> String {
    let said = |key: &str, selection: &Option<Selection>| {
        selection.as_ref().map(|terms| format!("{key} = {terms}"))
    };
    let said = [said("only", &phase.only), said("freeze", &phase.freeze)];
    said.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// The factor of the rate of every tensor.
fn rates<'a>(
    phase: &Phase,
    network: &'a Network,
) -> Result<impl Fn(&Parameter) -> f64 + use<'a>, SelectionError> {
    let head = network.blocks.len() - 1;
    let decay = phase.layer_decay.unwrap_or(1.0);
    let mut factors = Vec::new();
    for (term, factor) in &phase.rates {
        factors.push((Selection::from(term.as_str()).paths(network)?, *factor));
    }
    Ok(move |p: &Parameter| {
        let holding = factors.iter().filter(|(paths, _)| paths.contains(&p.path));
        let of_depth = decay.powi((head - p.block) as i32);
        holding.map(|(_, factor)| factor).product::<f64>() * of_depth
    })
}
