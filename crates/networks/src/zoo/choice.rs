//! What a study or a weights card names.

use serde::{Deserialize, Serialize};

use super::own_layer::OwnBlock;

/// Zero padding of the CBR networks, which the paper does not state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Padding {
    /// Maps keep their size in convolutions and halve in pools.
    #[default]
    Same,
    /// No padding: maps shrink by the kernel.
    Valid,
}

/// First layers of a ResNet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stem {
    /// 7×7 convolution of stride 2 and max-pool: for 96 pixels and more.
    #[default]
    Imagenet,
    /// 3×3 convolution of stride 1, no pool: for 28 to 64 pixels.
    Small,
}

/// Which ResNet-50: the frameworks' published weights belong to different networks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Variant {
    /// v1.5: the stride in the 3×3 convolution, no biases before batch norms, ε 1e-5, RGB.
    #[default]
    Torchvision,
    /// v1: the stride in the first 1×1 convolution, biases, ε 1e-3, BGR.
    Keras,
    /// The same with ε 1.001e-5: `keras.applications` since Keras 2.2.5.
    #[serde(rename = "keras-applications")]
    KerasApplications,
}

/// A choice from the zoo, as a study or a weights card writes it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// Name in the zoo, or of one's own network.
    pub name: String,
    /// The blocks of a network of one's own; none for those of the zoo.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blocks: Option<Vec<OwnBlock>>,
    /// CBR only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub padding: Option<Padding>,
    /// ResNet only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stem: Option<Stem>,
    /// ResNet-50 only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant: Option<Variant>,
    /// Inception-v3 only: whether it trains with its auxiliary head, from 299 pixels or so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auxiliary: Option<bool>,
    /// Block up to which widths are kept; those of every later block are divided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slim: Option<String>,
    /// What the widths behind `slim` are divided by, at least 2; 2 where it is not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub divide: Option<usize>,
    /// Block behind which everything is left out but a new head.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub truncate: Option<String>,
    /// What its weights are called, where a study has several weights of one network.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
}

/// What slimming divides widths by, unless told otherwise: the paper's halves.
const DIVIDE: usize = 2;

impl Choice {
    /// A network with its default options.
    pub fn named(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            blocks: None,
            padding: None,
            stem: None,
            variant: None,
            auxiliary: None,
            slim: None,
            divide: None,
            truncate: None,
            from: None,
        }
    }

    /// What the widths behind `slim` are divided by.
    pub fn divisor(&self) -> usize {
        self.divide.unwrap_or(DIVIDE)
    }

    /// Whether the network is slimmed or truncated, so that pretrained weights belong to its
    /// [`base`](Self::base).
    pub fn is_variant(&self) -> bool {
        *self != self.base()
    }

    /// The whole network: the same choice without `slim`, `divide` and `truncate`.
    pub fn base(&self) -> Self {
        Self {
            slim: None,
            divide: None,
            truncate: None,
            ..self.clone()
        }
    }

    /// Name with the options that differ from the defaults, for tables and directories.
    pub fn label(&self) -> String {
        let mut label = self.name.clone();
        if self.padding == Some(Padding::Valid) {
            label.push_str("-valid");
        }
        match self.variant {
            Some(Variant::Keras) => label.push_str("-keras"),
            Some(Variant::KerasApplications) => label.push_str("-keras-applications"),
            Some(Variant::Torchvision) | None => {}
        }
        if self.stem == Some(Stem::Small) {
            label.push_str("-small-stem");
        }
        if self.auxiliary == Some(true) {
            label.push_str("-auxiliary");
        }
        if let Some(block) = &self.slim {
            label.push_str("-slim-");
            label.push_str(block);
            if self.divisor() != DIVIDE {
                label.push_str(&format!("-by{}", self.divisor()));
            }
        }
        if let Some(block) = &self.truncate {
            label.push_str("-truncated-");
            label.push_str(block);
        }
        if let Some(from) = &self.from {
            label.push_str("-from-");
            label.push_str(from);
        }
        label
    }
}
