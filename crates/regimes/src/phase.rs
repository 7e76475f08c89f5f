//! A regime as a study writes it: phases, each with what it freezes and at which rates it trains.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::addition::{Addition, AdditionError};
use networks::{Network, Selection};

/// What becomes of the batch norms of a frozen part; of all batch norms where nothing is frozen.
/// Layer norms have no statistics: with the first two the selected ones are trained.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NormPolicy {
    /// They normalise by the batch, their running statistics follow, scale and shift are trained.
    Train,
    /// They normalise by their running statistics, which stay; scale and shift are trained.
    FrozenStatistics,
    /// They normalise by their running statistics; statistics, scale and shift stay.
    FrozenAffine,
}

/// The penalty `α/2 ‖w − w₀‖² + β/2 ‖w‖²`: the first part over trained tensors that were copied
/// from pretrained weights `w₀`, the second over the other trained ones (Li, Grandvalet & Davoine
/// 2018). It enters through the gradient, with every optimiser.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct L2Sp {
    /// Strength towards the start, not negative.
    pub alpha: f64,
    /// Strength towards 0, not negative.
    pub beta: f64,
}

/// A part of training during which the same tensors move at the same relative rates.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Phase {
    /// Share of the steps, in (0, 1]; those of a regime sum to 1.
    pub share: f64,
    /// Tensors and buffers that may move: all others stay. Everything where it is not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only: Option<Selection>,
    /// Tensors and buffers that do not move.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub freeze: Option<Selection>,
    /// What becomes of batch norms there; [`NormPolicy::FrozenAffine`] where it is not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub norms: Option<NormPolicy>,
    /// d in (0, 1]: block l learns at d^(L − l) of the rate, L the index of the head.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layer_decay: Option<f64>,
    /// Term of a [`Selection`] ─▶ factor of the rate, above 0; all that hold a tensor multiply.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub rates: BTreeMap<String, f64>,
    /// A penalty on the distance to the start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub l2_sp: Option<L2Sp>,
    /// Factor of the schedule's rate for the whole phase, above 0.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub lr: f64,
}

fn one() -> f64 {
    1.0
}

fn is_one(factor: &f64) -> bool {
    *factor == 1.0
}

impl Phase {
    /// Everything is trained at the schedule's rate, for `share` of the steps.
    pub fn full(share: f64) -> Self {
        Self {
            share,
            only: None,
            freeze: None,
            norms: None,
            layer_decay: None,
            rates: BTreeMap::new(),
            l2_sp: None,
            lr: 1.0,
        }
    }

    /// The same with `selection` frozen.
    pub fn freezing(self, selection: Selection) -> Self {
        Self {
            freeze: Some(selection),
            ..self
        }
    }

    /// The same with nothing trained but the union of `terms`.
    pub fn training_only<const N: usize>(self, terms: [&str; N]) -> Self {
        Self {
            only: Some(Selection::union(terms)),
            ..self
        }
    }

    /// What it does in a word: its keys and values, `full` where there are none.
    pub fn name(&self) -> String {
        let mut parts = Vec::new();
        if let Some(selection) = &self.only {
            parts.push(format!("only-{selection}"));
        }
        if let Some(selection) = &self.freeze {
            parts.push(format!("freeze-{selection}"));
        }
        match self.norms {
            None => {}
            Some(NormPolicy::Train) => parts.push("norms-train".into()),
            Some(NormPolicy::FrozenStatistics) => parts.push("norms-frozen-statistics".into()),
            Some(NormPolicy::FrozenAffine) => parts.push("norms-frozen-affine".into()),
        }
        if let Some(decay) = self.layer_decay {
            parts.push(format!("layer-decay-{decay}"));
        }
        if !self.rates.is_empty() {
            let rates = self.rates.iter();
            let rates: Vec<_> = rates.map(|(term, rate)| format!("{term}-{rate}")).collect();
            parts.push(format!("rates-{}", rates.join("-")));
        }
        if self.l2_sp.is_some() {
            parts.push("l2-sp".into());
        }
        if self.lr != 1.0 {
            parts.push(format!("lr-{}", self.lr));
        }
        match parts.is_empty() {
            true => "full".into(),
            false => parts.join("-"),
        }
    }
}

/// How a training goes: one phase after the other, each with a fresh optimiser.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Regime {
    /// Name in tables.
    pub name: String,
    /// At least one.
    pub phases: Vec<Phase>,
    /// What the network has beside its own layers while it trains.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub addition: Option<Addition>,
}

impl Default for Regime {
    fn default() -> Self {
        Self::full()
    }
}

impl Regime {
    /// A regime of `phases` under the name that their keys give it.
    pub fn of(phases: Vec<Phase>) -> Self {
        let names: Vec<_> = phases.iter().map(Phase::name).collect();
        Self {
            name: names.join("-then-"),
            phases,
            addition: None,
        }
    }

    /// The same under another name.
    pub fn named(self, name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            ..self
        }
    }

    /// Everything is trained throughout.
    pub fn full() -> Self {
        Self::of(vec![Phase::full(1.0)])
    }

    /// The classifier alone is trained, on features that do not change.
    pub fn linear_probe() -> Self {
        let phase = Phase::full(1.0).freezing(Selection::backbone());
        Self::of(vec![phase]).named("linear-probe")
    }

    /// A linear probe for the first half of the steps, then everything (Kumar et al. 2022).
    pub fn lp_ft() -> Self {
        let probe = Phase::full(0.5).freezing(Selection::backbone());
        Self::of(vec![probe, Phase::full(0.5)]).named("lp-ft")
    }

    /// Nothing but biases, shifts of norms and the classifier (Ben Zaken, Goldberg & Ravfogel
    /// 2022).
    pub fn bitfit() -> Self {
        let phase = Phase::full(1.0).training_only(["biases", "classifier"]);
        Self::of(vec![phase]).named("bitfit")
    }

    /// Nothing but norms, their running statistics included, and the classifier (Frankle, Schwab
    /// & Morcos 2021).
    pub fn norm_only() -> Self {
        let phase = Phase::full(1.0).training_only(["norms", "classifier"]);
        Self::of(vec![phase]).named("norm-only")
    }

    /// The same beside `addition`. A phase that does not say what it freezes trains what is added
    /// and the classifier, and nothing else.
    pub fn adding(mut self, addition: Addition) -> Self {
        self.name = match self.is_full() {
            true => addition.name(),
            false => format!("{}-{}", addition.name(), self.name),
        };
        for phase in &mut self.phases {
            if phase.only.is_none() && phase.freeze.is_none() {
                phase.only = Some(Selection::union(["added", "classifier"]));
            }
        }
        self.addition = Some(addition);
        self
    }

    /// `network` with what the regime adds to it.
    pub fn network(&self, network: &Network) -> Result<Network, AdditionError> {
        match &self.addition {
            Some(addition) => addition.onto(network),
            None => Ok(network.clone()),
        }
    }

    /// What is added and stays in the network that a run leaves.
    pub fn staying(&self) -> Option<&Addition> {
        self.addition.as_ref().filter(|addition| addition.stays())
    }

    /// `network` as a run leaves it: with what the regime adds, where that stays.
    pub fn left(&self, network: &Network) -> Result<Network, AdditionError> {
        match self.staying() {
            Some(addition) => addition.onto(network),
            None => Ok(network.clone()),
        }
    }

    /// Gradual unfreezing (Howard & Ruder 2018): first the head of `network` alone, then in each
    /// phase one block more, from the head down; equal shares of the steps. Blocks without tensors
    /// get no phase.
    pub fn gradual(network: &Network) -> Self {
        let parameters = network.parameters();
        let has_tensors = |block: &usize| parameters.iter().any(|p| p.block == *block);
        let blocks: Vec<usize> = (0..network.blocks.len()).filter(has_tensors).collect();
        let share = 1.0 / blocks.len().max(1) as f64;
        let phase = |place: usize| match place.checked_sub(1) {
            None => Phase::full(share),
            Some(below) => {
                let below = &network.blocks[blocks[below]].name;
                Phase::full(share).freezing(Selection::up_to(below))
            }
        };
        Self::of((0..blocks.len()).rev().map(phase).collect()).named("gradual")
    }

    /// Whether everything is trained at one rate throughout.
    pub fn is_full(&self) -> bool {
        *self == Self::full()
    }
}
