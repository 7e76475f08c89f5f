//! What a regime adds to a network for the time of training, and how it becomes a part of the
//! network's own tensors afterwards, where it can.
//!
//! A network with an addition is a network like any other: small layers stand beside or behind its
//! own. Once trained it is [merged](Addition::merged), and has the names and shapes that it had;
//! what cannot be merged [stays](Addition::stays).

mod adapter;
mod error;
mod lora;
mod ssf;
mod values;
mod walk;

pub use self::adapter::Adapter;
pub use self::error::{AdditionError, MergeError};
pub use self::lora::Lora;
pub use self::ssf::Ssf;

use networks::{HostTensor, Network, Weights};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

/// What is added.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Addition {
    /// Products of two thin matrices beside layers.
    Lora(Lora),
    /// A factor and a shift a channel behind layers.
    Ssf(Ssf),
    /// Bottlenecks behind bodies of residual sums.
    Adapter(Adapter),
}

impl Addition {
    /// In a word, with what differs from the defaults.
    pub fn name(&self) -> String {
        match self {
            Self::Lora(lora) => lora.name(),
            Self::Ssf(ssf) => ssf.name(),
            Self::Adapter(adapter) => adapter.name(),
        }
    }

    /// Whether it is part of the network that a run leaves: it cannot be merged.
    pub fn stays(&self) -> bool {
        match self {
            Self::Lora(_) | Self::Ssf(_) => false,
            Self::Adapter(_) => true,
        }
    }

    /// `network` with the layers that are added.
    pub fn onto(&self, network: &Network) -> Result<Network, AdditionError> {
        match self {
            Self::Lora(lora) => lora.onto(network),
            Self::Ssf(ssf) => ssf.onto(network),
            Self::Adapter(adapter) => adapter.onto(network),
        }
    }

    /// Adds to the weights of `network` those that the added layers begin with. `stream` gives the
    /// random stream of a tensor by its path.
    pub fn begin(
        &self,
        network: &Network,
        weights: &mut Weights,
        stream: &dyn Fn(&str) -> ChaCha8Rng,
    ) -> Result<(), AdditionError> {
        let grown = self.onto(network)?;
        for parameter in grown.parameters().into_iter().filter(|p| p.is_added) {
            let mut stream = stream(&parameter.path);
            let values = match self {
                Self::Lora(lora) => lora.first(&parameter, &mut stream),
                Self::Ssf(_) => Ssf::first(&parameter, &mut stream),
                Self::Adapter(_) => Adapter::first(&parameter, &mut stream),
            };
            let shape = parameter.shape;
            let tensor = HostTensor { shape, values };
            weights.tensors.insert(parameter.path, tensor);
        }
        Ok(())
    }

    /// The weights of `network` that compute, up to rounding, what it computes with the added
    /// layers: those that it has without them, or, where the addition [stays](Self::stays), all. Sums
    /// are in `f64`.
    pub fn merged(&self, network: &Network, weights: &Weights) -> Result<Weights, MergeError> {
        let grown = self.onto(network)?;
        for parameter in grown.parameters() {
            grown.tensor(weights, &parameter)?;
        }
        let left = if self.stays() { &grown } else { network };
        let mut merged = Weights::default();
        for parameter in left.parameters() {
            let tensor = left.tensor(weights, &parameter)?.clone();
            merged.tensors.insert(parameter.path, tensor);
        }
        match self {
            Self::Lora(lora) => lora.merge(network, weights, &mut merged)?,
            Self::Ssf(ssf) => ssf.merge(network, weights, &mut merged)?,
            Self::Adapter(_) => {}
        }
        Ok(merged)
    }
}
