//! One run, fully resolved.

use images::{Augmentation, Depth, Fit, Normalisation, Range, Resampling, Size, Task};
use initialisation::{Initialisation, InputAdaptation};
use networks::zoo::{self, Choice};
use networks::{Input, Network, NetworkError};
use regimes::{Regime, RegimeError, Tuning};
use serde::{Deserialize, Serialize};

use crate::fold::Fold;
use crate::headline::Headline;
use crate::identity::identity;
use crate::train::TrainPlan;

/// One run: `spec.json`. With the data and the weights that it names, it is all that training
/// takes: neither the plan nor the rest of the study is asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunSpec {
    /// Number in the plan, from 0; no part of the identity.
    pub number: usize,
    /// Network, seed, fold and identity: names the directory.
    pub id: String,
    /// Position in the plan's arms; no part of the identity.
    pub arm: usize,
    /// Label of the arm; no part of the identity.
    pub label: String,
    /// What it learns from, and what is asked.
    pub data: RunData,
    /// The network.
    pub model: Choice,
    /// How its weights are made; the name is no part of the identity.
    pub init: Initialisation,
    /// SHA-256 of the pretrained weights that the initialisation reads.
    pub weights_sha256: Option<String>,
    /// Which of several networks in their file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weights_part: Option<String>,
    /// What becomes of the first convolution of the weights, where they expect other channels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adaptation: Option<InputAdaptation>,
    /// Which tensors move when, and how fast; the name is no part of the identity.
    #[serde(default, skip_serializing_if = "Regime::is_full")]
    pub regime: Regime,
    /// Training pictures.
    pub train_size: usize,
    /// Whether that is the whole training partition, and no drawn part of it.
    pub is_all: bool,
    /// Seed of initialisation, order and augmentation; the same seed in every arm gives the same
    /// subset, order and head.
    pub seed: u64,
    /// The part of cross-validation that it is tested on and kept from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fold: Option<Fold>,
    /// Scaling of pixel values.
    pub normalisation: Normalisation,
    /// Random changes to training pictures.
    pub augment: Augmentation,
    /// How it is trained, and in which precision.
    pub train: TrainPlan,
    /// Identity of the trials that choose how it is trained, where the study tunes. In a plan
    /// `train` is then the longest that can be chosen, in a record the one that was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tuning: Option<String>,
    /// Whose numbers it is defined by; what it was trained on is in `timing.json`.
    #[serde(default)]
    pub device: DeviceName,
}

/// The data of a run, and the question.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunData {
    /// SHA-256 over ids, labels and pixels.
    pub sha256: String,
    /// Identity of the [`Split`](crate::Split).
    pub split: String,
    /// Test sets that are reported on: `test`, the split's own.
    pub test_sets: Vec<String>,
    /// The kind of question.
    pub task: Task,
    /// What the headline AUC tells apart.
    pub headline: Headline,
    /// Classes, grades or findings, by index.
    pub classes: Vec<String>,
    /// Rows and columns of what networks see.
    pub size: Size,
    /// Channels that networks see.
    pub channels: usize,
    /// What happened to pictures of another shape.
    #[serde(default, skip_serializing_if = "is_default")]
    pub fit: Fit,
    /// How samples between pixels were made up; none where every picture had this size already and
    /// nothing else was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resize: Option<Resampling>,
    /// Which samples are black and white.
    #[serde(default, skip_serializing_if = "is_default")]
    pub range: Range,
    /// What the samples of `range` are; none where it is full.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub depth: Option<Depth>,
}

/// Leaves out what is as it always was, so that identities stay.
pub(crate) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl RunData {
    /// What a network of the run reads.
    pub fn input(&self) -> Input {
        Input {
            channels: self.channels,
            height: self.size.height,
            width: self.size.width,
        }
    }

    /// Whether networks see the same of a picture in both.
    pub fn is_framed_like(&self, other: &Self) -> bool {
        (self.size, self.channels, self.fit) == (other.size, other.channels, other.fit)
            && (self.resize, self.range, self.depth) == (other.resize, other.range, other.depth)
    }
}

/// Devices whose numbers define results: others compute the same but for the last digits, and are no
/// part of an identity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DeviceName {
    /// The processor.
    #[default]
    Cpu,
}

impl RunSpec {
    /// The network for the run's pictures and classes.
    pub fn network(&self) -> Result<Network, NetworkError> {
        zoo::network(&self.model, self.data.input(), self.data.classes.len())
    }

    /// The same while it is trained, with what the regime adds.
    pub fn trained_network(&self) -> Result<Network, RegimeError> {
        Ok(self.regime.network(&self.network()?)?)
    }

    /// The same as a run leaves it.
    pub fn left_network(&self) -> Result<Network, RegimeError> {
        Ok(self.regime.left(&self.network()?)?)
    }

    /// `tuning`, of a phase of the run, with what holds in all of them: an average of the weights, and
    /// what is left out at random of `network`, the one that is trained.
    pub fn throughout(&self, tuning: Tuning, network: &Network) -> Result<Tuning, RegimeError> {
        Ok(tuning
            .averaging(self.train.ema)
            .dropping(self.train.dropping(network)?))
    }

    /// `seed 0`, with the fold where there is one.
    pub fn place(&self) -> String {
        match self.fold {
            None => format!("seed {}", self.seed),
            Some(fold) => format!("seed {}, {fold}", self.seed),
        }
    }

    /// Gives the run its identity: the digest of all it depends on.
    pub(crate) fn identified(mut self) -> Self {
        let mut content = self.clone();
        content.number = 0;
        content.arm = 0;
        for name in [
            &mut content.id,
            &mut content.label,
            &mut content.init.name,
            &mut content.regime.name,
        ] {
            name.clear();
        }
        let model = self.model.label();
        let fold = self.fold.map(|fold| format!("-{}", fold.short()));
        let place = format!("s{}{}", self.seed, fold.unwrap_or_default());
        self.id = format!("{model}-{place}-{}", identity(&content));
        self
    }
}
