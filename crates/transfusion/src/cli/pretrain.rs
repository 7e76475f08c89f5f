//! `pretrain`: a source network with its card.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use durable::{write, write_json};
use record::StudyDirectory;
use record::names::ERROR;
use runs::Share;
use study::{parse, read_text};
use transfusion::pretraining::{PretrainSpec, pretrained};

use super::begun::Begun;
use super::device::DeviceOptions;
use super::exit::Exit;
use super::location::{locate, study_directory};

/// Train a source network and keep its weights with their card
#[derive(Debug, Args)]
pub struct Pretrain {
    /// The configuration: `model`, `[data]`, `[train]`
    config: PathBuf,
    /// File for the weights [default: <name of the configuration>.safetensors]; the card goes beside it
    #[arg(long)]
    weights: Option<PathBuf>,
    /// Store the weights in half precision: half the size
    #[arg(long)]
    half: bool,
    /// Directory of the run [default: studies/pretrain-<name of the configuration>]
    #[arg(long)]
    out: Option<PathBuf>,
    #[command(flatten)]
    device: DeviceOptions,
}

impl Pretrain {
    pub fn run(self) -> anyhow::Result<Exit> {
        let devices = self.device.open()?;
        let (path, base) = locate(&self.config);
        let text = read_text(&path)?;
        let name = path
            .file_stem()
            .map_or("network".into(), |s| s.to_string_lossy().into_owned());
        let spec: PretrainSpec = parse(&text, &path)?;
        let study = spec.check(&base)?;
        let directory = StudyDirectory::new(study_directory(self.out, &format!("pretrain-{name}")));
        let begun = Begun::new(study, directory, &text, &base, devices)?;
        let tally = begun.carry_out(Share::All, Some(1), false, false)?;
        let Begun {
            study, directory, ..
        } = begun;
        if tally.done == 0 {
            let failed = directory.run(&study.plan.runs[0]).file(ERROR);
            if failed.exists() {
                say!("pretraining failed: see {}", failed.display());
            }
            return Ok(tally.into());
        }
        let (weights, card) = pretrained(&study, &directory, &text)?;
        let file = self
            .weights
            .unwrap_or_else(|| format!("{name}.safetensors").into());
        if let Some(parent) = file.parent().filter(|p| !p.as_os_str().is_empty()) {
            std::fs::create_dir_all(parent)
                .with_context(|| format!("cannot create {}", parent.display()))?;
        }
        let metadata = Some(card.metadata());
        write(
            &file,
            &if self.half {
                weights.to_half_bytes(metadata)
            } else {
                weights.to_bytes(metadata)
            },
        )?;
        let beside = file.with_extension("json");
        write_json(&beside, &card)?;
        output!(
            "{} on {}: top-1 {:.1}%, top-5 {:.1}% of the test pictures",
            card.network.label(),
            card.source,
            100.0 * card.top1.unwrap_or_default(),
            100.0 * card.top5.unwrap_or_default()
        );
        output!("Weights: {}\nCard:    {}", file.display(), beside.display());
        Ok(tally.into())
    }
}
