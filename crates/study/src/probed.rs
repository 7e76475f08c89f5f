//! What the features of a probe are made by.

use initialisation::{Initialisation, InputAdaptation};
use networks::zoo::Choice;
use serde::{Deserialize, Serialize};

/// What stands for an initialisation where features come from a file.
const FROM_A_FILE: &str = "from a file";

/// What makes features.
#[derive(Clone, Debug, PartialEq)]
pub enum Probed {
    /// A network, run here.
    Network(ProbedNetwork),
    /// Another program.
    File(ProbedFile),
}

/// A network as an initialisation leaves it.
#[derive(Clone, Debug, PartialEq)]
pub struct ProbedNetwork {
    /// Position in the plan's models; no part of the identity.
    pub model: usize,
    /// The network.
    pub choice: Choice,
    /// How its weights are made.
    pub init: Initialisation,
    /// What becomes of the first convolution of the weights, where they expect other channels.
    pub adaptation: Option<InputAdaptation>,
    /// SHA-256 of the pretrained weights that the initialisation reads.
    pub weights_sha256: Option<String>,
    /// Which of several networks in their file.
    pub weights_part: Option<String>,
}

/// A file of features.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProbedFile {
    /// What the study calls it.
    pub name: String,
    /// SHA-256 of the file.
    pub sha256: String,
    /// Features a picture, of each block.
    pub channels: Vec<usize>,
}

impl Probed {
    /// The network's label, or the file's name.
    pub fn model(&self) -> String {
        match self {
            Self::Network(network) => network.choice.label(),
            Self::File(file) => file.name.clone(),
        }
    }

    /// The initialisation's name; words where there is none.
    pub fn init(&self) -> &str {
        match self {
            Self::Network(network) => &network.init.name,
            Self::File(_) => FROM_A_FILE,
        }
    }

    /// The network, where it is one.
    pub fn network(&self) -> Option<&ProbedNetwork> {
        match self {
            Self::Network(network) => Some(network),
            Self::File(_) => None,
        }
    }

    /// What of it makes two probes two: neither places nor names of initialisations.
    pub(crate) fn content(&self) -> Self {
        let mut content = self.clone();
        if let Self::Network(network) = &mut content {
            network.model = 0;
            network.init.name.clear();
        }
        content
    }
}
