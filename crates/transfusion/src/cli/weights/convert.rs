//! `weights convert`: any file of weights as safetensors with its card.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use networks::zoo::{Choice, Variant};
use networks::{Allowance, Card, Normalisation, Pattern, Pretrained, PretrainedError};

use transfusion::weights::open_part;

use crate::cli::exit::Exit;

/// Write weights as safetensors under our names, with what is known of them in the metadata
///
/// Reads safetensors, PyTorch files, files of Keras and TensorFlow.js layers models. What a file does not say of
/// itself (and the table of known weights neither) can be stated with --source, --mean and --std.
#[derive(Debug, Args)]
pub struct Convert {
    /// File or folder of weights, or name of known weights
    weights: PathBuf,
    /// File to write
    #[arg(long)]
    to: PathBuf,
    /// Which of several networks in the file, such as teacher
    #[arg(long)]
    part: Option<String>,
    /// Network of the zoo; by default the one that the tensors fit
    #[arg(long)]
    network: Option<String>,
    /// With --network resnet50: which variant
    #[arg(long, value_parser = variant, requires = "network")]
    variant: Option<Variant>,
    /// Name of the source task
    #[arg(long)]
    source: Option<String>,
    /// Edge of the source images, in pixels
    #[arg(long, default_value_t = 224)]
    size: usize,
    /// Subtracted from samples in [0, 1]: one number per channel, comma separated
    #[arg(long, value_delimiter = ',', requires = "std")]
    mean: Vec<f32>,
    /// What the difference is divided by: one number per channel, comma separated
    #[arg(long, value_delimiter = ',', requires = "mean")]
    std: Vec<f32>,
    /// Tensors that may be left out, such as 'AuxLogits.*'
    #[arg(long)]
    allow_unexpected: Vec<String>,
    /// Write half precision
    #[arg(long)]
    half: bool,
}

fn variant(text: &str) -> Result<Variant, String> {
    match text {
        "torchvision" => Ok(Variant::Torchvision),
        "keras" => Ok(Variant::Keras),
        "keras-applications" => Ok(Variant::KerasApplications),
        _ => Err("expected `torchvision`, `keras` or `keras-applications`".into()),
    }
}

impl Convert {
    pub fn run(self) -> anyhow::Result<Exit> {
        anyhow::ensure!(
            !self.to.exists(),
            "{} exists already and is left as it is; name a new file",
            self.to.display()
        );
        let part = self.part.as_deref();
        let opened = open_part(&self.weights, Path::new("."), part)?;
        let within = part.filter(|_| !opened.file.is_part);
        let choice = match &self.network {
            Some(name) => Some(Choice {
                variant: self.variant,
                ..Choice::named(name)
            }),
            None => opened.card.as_ref().map(|card| card.network.clone()),
        };
        let found = match &choice {
            Some(choice) => Pretrained::of_part(&opened.file.weights, choice, within)?,
            None => {
                let weights = &opened.file.weights;
                let best = Pretrained::candidates_in(weights, within)
                    .into_iter()
                    .next();
                let best = best.ok_or_else(|| PretrainedError::Foreign {
                    network: "any of the zoo".into(),
                    tensors: weights.tensors.len(),
                    fits: None,
                })?;
                // It may be there more than once.
                Pretrained::of_part(weights, &best.choice, within)?
            }
        };
        let patterns = self.allow_unexpected.iter().cloned();
        found.check(&Allowance {
            unexpected: patterns.map(Pattern).collect(),
            ..Allowance::default()
        })?;
        let card = self.card(opened.card, &found)?;
        let metadata = card.as_ref().map(Card::metadata);
        let bytes = match self.half {
            true => found.weights.to_half_bytes(metadata),
            false => found.weights.to_bytes(metadata),
        };
        durable::write(&self.to, &bytes)
            .with_context(|| format!("cannot write {}", self.to.display()))?;
        output!(
            "{}: {} tensors of {}, read with {}'s names",
            self.to.display(),
            found.weights.tensors.len(),
            found.choice.label(),
            found.dialect.name()
        );
        if card.is_none() {
            warn!(
                "warning: nothing is known of the origin of these weights, so the file has no \
                 card; state it with --source, --mean and --std"
            );
        }
        Ok(Exit::Done)
    }

    /// What is known of the weights, and what the user states.
    fn card(&self, known: Option<Card>, found: &Pretrained) -> anyhow::Result<Option<Card>> {
        let channels = found.network.input.channels;
        let stated = (!self.mean.is_empty()).then(|| Normalisation {
            mean: self.mean.clone(),
            std: self.std.clone(),
        });
        if let Some(Normalisation { mean, std }) = &stated {
            anyhow::ensure!(
                mean.len() == channels && std.len() == channels && std.iter().all(|s| *s > 0.0),
                "--mean and --std: expected {channels} numbers each, and standard deviations above \
                 0, found {mean:?} and {std:?}"
            );
        }
        let card = match (known, stated) {
            (Some(card), stated) => Card {
                normalisation: stated.unwrap_or(card.normalisation),
                source: self.source.clone().unwrap_or(card.source),
                ..card
            },
            (None, Some(normalisation)) => Card {
                network: found.choice.clone(),
                channels_in: channels,
                classes: found.network.classes,
                source: self.source.clone().unwrap_or_else(|| "not stated".into()),
                source_images: None,
                size: self.size,
                top1: None,
                top5: None,
                without_labels: None,
                normalisation,
                recipe: format!("converted from {}", self.weights.display()),
                property: None,
                data_sha256: "not known".into(),
                version: env!("CARGO_PKG_VERSION").into(),
            },
            (None, None) => return Ok(None),
        };
        Ok(Some(Card {
            network: found.choice.clone(),
            ..card
        }))
    }
}
