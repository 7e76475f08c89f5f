//! What a weights file says about itself.

use checkpoints::WeightsFile;
use serde::{Deserialize, Serialize};

use crate::zoo::Choice;

/// Scaling of pixel values in [0, 1] before the first layer: `(x − mean) / std` per channel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Normalisation {
    /// One mean per channel, in [0, 1].
    pub mean: Vec<f32>,
    /// One standard deviation per channel, above 0.
    pub std: Vec<f32>,
}

/// Where weights come from and how their network was trained.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Card {
    /// The network.
    pub network: Choice,
    /// Input channels.
    pub channels_in: usize,
    /// Outputs of the source head; 0 where it has none.
    pub classes: usize,
    /// Name of the source task.
    pub source: String,
    /// Training images of the source task, where known.
    #[serde(default)]
    pub source_images: Option<usize>,
    /// Edge of the square training images, in pixels.
    pub size: usize,
    /// Top-1 accuracy on the source test images, in [0, 1], where known.
    #[serde(default)]
    pub top1: Option<f64>,
    /// Top-5 accuracy on the source test images, in [0, 1], where known.
    #[serde(default)]
    pub top5: Option<f64>,
    /// How it learned without labels, where it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub without_labels: Option<WithoutLabels>,
    /// What pixels were scaled by.
    pub normalisation: Normalisation,
    /// The configuration that trained it, as written.
    pub recipe: String,
    /// What distinguishes the source classes.
    #[serde(default)]
    pub property: Option<String>,
    /// SHA-256 of the source data.
    pub data_sha256: String,
    /// Version of the program that trained it.
    pub version: String,
}

/// How a network learned without labels, and what can be said of it in place of an accuracy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WithoutLabels {
    /// `simsiam`.
    pub method: String,
    /// Training steps.
    pub steps: u64,
    /// Pictures of a step, each seen twice.
    pub batch_size: usize,
    /// Mean loss at the end: minus the mean cosine between predictions and outputs, −1 at best.
    pub loss: f64,
    /// Spread of the outputs of length 1 at the end: their standard deviation over pictures times the
    /// root of their number, near 1 where they are spread and near 0 where all are the same.
    pub spread: f64,
    /// Whether they were the same, so that nothing was learned.
    pub is_collapsed: bool,
    /// Share of validation pictures, in [0, 1], whose 200 nearest training pictures name their class,
    /// where the pictures have exclusive classes.
    #[serde(default)]
    pub neighbours: Option<f64>,
    /// Share of them that are of the most frequent class.
    #[serde(default)]
    pub majority: Option<f64>,
}

impl Card {
    /// Key of the card in a file's metadata.
    pub const KEY: &str = "transfusion.card";

    /// The card of a file, if it carries one that can be read.
    pub fn of(file: &WeightsFile) -> Option<Self> {
        let text = file.metadata.get(Self::KEY)?;
        serde_json::from_str(text).ok()
    }

    /// The card as an entry of a file's metadata.
    pub fn metadata(&self) -> (&'static str, String) {
        (
            Self::KEY,
            serde_json::to_string(self).expect("a card is plain data"),
        )
    }
}

#[cfg(test)]
impl Card {
    pub(crate) fn example() -> Self {
        Self {
            network: Choice::named("cbr-tiny"),
            channels_in: 3,
            classes: 12,
            source: "phantom objects".into(),
            source_images: Some(100),
            size: 32,
            top1: Some(0.8),
            top5: Some(0.99),
            without_labels: None,
            normalisation: Normalisation {
                mean: vec![0.5; 3],
                std: vec![0.25; 3],
            },
            recipe: "[train]\n".into(),
            property: None,
            data_sha256: "00".into(),
            version: "0.1.0".into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use checkpoints::Weights;

    use super::*;

    #[test]
    fn a_card_comes_back_from_its_file() {
        let bytes = Weights::default().to_bytes(Some(Card::example().metadata()));
        let file = Weights::from_bytes(&bytes, "w.safetensors".as_ref()).unwrap();
        assert_eq!(Card::of(&file), Some(Card::example()));
    }
}
