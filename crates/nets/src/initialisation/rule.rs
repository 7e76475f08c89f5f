//! Rules: which tensors, and what happens to them.

use serde::{Deserialize, Serialize};

use super::InitialisationError;
use crate::network::Network;
use crate::parameter::Parameter;

/// What becomes of a tensor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Policy {
    /// Copied from the pretrained weights, batch-norm statistics included.
    Load,
    /// The paper's Mean Var Init: drawn independently from N(mean, variance) of the pretrained
    /// tensor over all its entries. Batch norms start afresh; a running variance is never drawn.
    MeanVar,
    /// He initialisation.
    Random,
}

/// Which tensors a rule speaks of.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Selection {
    /// Every tensor.
    All,
    /// The classifier: the last linear layer, and that of an auxiliary head.
    Head,
    /// The first block up to and including the named one.
    UpTo(String),
}

/// A selection and its policy.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Rule {
    /// Which tensors.
    pub select: Selection,
    /// What happens to them.
    pub policy: Policy,
}

/// An ordered list of rules; the first that selects a tensor decides, `random` where none does.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Initialisation {
    /// Name in tables and directories.
    pub name: String,
    /// First match wins.
    pub rules: Vec<Rule>,
}

impl Initialisation {
    fn headless(name: impl Into<String>, select: Selection, policy: Policy) -> Self {
        let head = Rule {
            select: Selection::Head,
            policy: Policy::Random,
        };
        Self {
            name: name.into(),
            rules: vec![head, Rule { select, policy }],
        }
    }

    /// Everything random (He).
    pub fn random() -> Self {
        Self {
            name: "random".into(),
            rules: Vec::new(),
        }
    }

    /// Everything but the head from the pretrained weights.
    pub fn transfer() -> Self {
        Self::headless("transfer", Selection::All, Policy::Load)
    }

    /// Everything but the head drawn with the pretrained means and variances.
    pub fn mean_var() -> Self {
        Self::headless("mean-var", Selection::All, Policy::MeanVar)
    }

    /// The blocks up to and including `block` from the pretrained weights, the rest random.
    pub fn transfuse(block: &str) -> Self {
        Self::headless(
            format!("transfuse-{block}"),
            Selection::UpTo(block.into()),
            Policy::Load,
        )
    }

    /// Whether any rule reads pretrained weights.
    pub fn needs_weights(&self) -> bool {
        self.rules.iter().any(|r| r.policy != Policy::Random)
    }

    /// Refuses blocks that the network does not have.
    pub fn check(&self, network: &Network) -> Result<(), InitialisationError> {
        for rule in &self.rules {
            if let Selection::UpTo(block) = &rule.select
                && network.block_index(block).is_none()
            {
                let known: Vec<_> = network.blocks.iter().map(|b| b.name.as_str()).collect();
                return Err(InitialisationError::UnknownBlock {
                    network: network.name.clone(),
                    block: block.clone(),
                    known: known.join(", "),
                });
            }
        }
        Ok(())
    }

    pub(super) fn policy(&self, network: &Network, parameter: &Parameter) -> Policy {
        if parameter.is_new {
            return Policy::Random;
        }
        let selects = |rule: &&Rule| match &rule.select {
            Selection::All => true,
            Selection::Head => parameter.is_classifier,
            Selection::UpTo(block) => network
                .block_index(block)
                .is_some_and(|last| parameter.block <= last),
        };
        self.rules
            .iter()
            .find(selects)
            .map_or(Policy::Random, |rule| rule.policy)
    }
}
