//! `pretrain`: a source network with its card.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use durable::{Lock, write, write_json};
use networks::{Card, Weights};
use record::StudyDirectory;
use record::names::{ERROR, PLAN};
use runs::Share;
use self_supervision::{Learned, Learning, Look, SelfSupervisionError, SimSiam};
use serde_json::json;
use study::{OpenData, check, own_network, parse, read_text};
use transfusion::pretraining::{Method, PretrainSpec, card_without_labels, pretrained};

use super::begun::Begun;
use super::device::DeviceOptions;
use super::exit::Exit;
use super::interrupt;
use super::location::{locate, study_directory};
use super::output::print_json;

/// Train a source network and keep its weights with their card
#[derive(Debug, Args)]
pub struct Pretrain {
    /// The configuration: `model`, `[data]`, `[pretrain]`, `[train]`
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
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What the command was told, read.
struct Configuration {
    text: String,
    name: String,
    /// The folder that paths in it are relative to.
    base: PathBuf,
    spec: PretrainSpec,
}

impl Pretrain {
    pub fn run(self) -> anyhow::Result<Exit> {
        let (path, base) = locate(&self.config);
        let text = read_text(&path)?;
        let name = path
            .file_stem()
            .map_or("network".into(), |s| s.to_string_lossy().into_owned());
        let spec: PretrainSpec = parse(&text, &path)?;
        let configuration = Configuration {
            text,
            name,
            base,
            spec,
        };
        match configuration.spec.pretrain.clone() {
            Method::Supervised {} => self.with_labels(configuration),
            Method::Simsiam(simsiam) => self.without_labels(configuration, &simsiam),
        }
    }

    fn with_labels(self, configuration: Configuration) -> anyhow::Result<Exit> {
        let devices = self.device.open()?;
        let Configuration {
            text,
            name,
            base,
            spec,
        } = configuration;
        let study = check(&spec.into_study()?, &base)?;
        let directory = StudyDirectory::new(self.directory(&name));
        let begun = Begun::new(study, directory, &text, &base, devices)?;
        let tally = begun.carry_out(Share::All, Some(1), false, false)?;
        let Begun {
            study, directory, ..
        } = begun;
        if tally.done == 0 {
            let failed = directory.run(&study.plan.runs[0]).file(ERROR);
            if failed.exists() {
                warn!("pretraining failed: see {}", failed.display());
            }
            return Ok(tally.into());
        }
        let (weights, card) = pretrained(&study, &directory, &text)?;
        let said = format!(
            "{} on {}: top-1 {:.1}%, top-5 {:.1}% of the test pictures",
            card.network.label(),
            card.source,
            100.0 * card.top1.unwrap_or_default(),
            100.0 * card.top5.unwrap_or_default()
        );
        self.keep(&name, &weights, &card, &said)?;
        Ok(tally.into())
    }

    fn without_labels(
        self,
        configuration: Configuration,
        simsiam: &SimSiam,
    ) -> anyhow::Result<Exit> {
        anyhow::ensure!(
            self.device.open()?.is_processor(),
            "method = \"simsiam\" runs on the processor: leave --device and TRANSFUSION_DEVICE out"
        );
        let Configuration {
            text,
            name,
            base,
            mut spec,
        } = configuration;
        spec.check_data()?;
        if let Some(file) = &spec.model.file {
            let model = &spec.model;
            spec.model.choice = own_network(&base.join(file), &model.choice, &model.blocks)?.choice;
        }
        let data = OpenData::new(&spec.data, &base, None)?;
        for line in &data.said {
            say!("{line}");
        }
        for warning in &data.warnings {
            warn!("warning: {warning}");
        }
        let choice = &spec.model.choice;
        let learning = Learning::new(choice, simsiam, &spec.train, &spec.data, &data);
        let learning = learning.map_err(plain)?;
        let directory = self.directory(&name);
        anyhow::ensure!(
            !PLAN.path(&directory).exists(),
            "{} holds a study; name another directory with --out",
            directory.display()
        );
        let _lock = locked(&directory)?;
        let steps = learning.steps();
        let stop = interrupt::flag();
        let see = |look: &Look| say!("step {} of {steps}: {}", look.step, described(look));
        let learned = learning.learn(&directory, &stop, see).map_err(plain)?;
        let Some(learned) = learned else {
            return Ok(Exit::Interrupted);
        };
        if learned.look.is_collapsed() {
            warn!(
                "warning: the outputs have collapsed: they are nearly the same for all pictures, so that the loss is low and nothing is learned; try a smaller `lr`, a longer `warmup_steps` or a larger `batch_size` under [train]"
            );
        }
        let card = card_without_labels(&spec, &data, learning.normalisation(), &learned, &text);
        let said = format!(
            "{} on {} (SimSiam, {steps} steps): {}",
            card.network.label(),
            card.source,
            concluded(&learned)
        );
        self.keep(&name, &learned.weights, &card, &said)?;
        Ok(Exit::Done)
    }

    fn directory(&self, name: &str) -> PathBuf {
        study_directory(self.out.clone(), &format!("pretrain-{name}"))
    }

    /// Writes the weights and their card, and tells what they are: by `said`, or as JSON.
    fn keep(&self, name: &str, weights: &Weights, card: &Card, said: &str) -> anyhow::Result<()> {
        let file = self.weights.clone();
        let file = file.unwrap_or_else(|| format!("{name}.safetensors").into());
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
        if self.json {
            return print_json(&json!({
                "network": card.network.label(),
                "source": card.source,
                "top1": card.top1,
                "top5": card.top5,
                "without_labels": card.without_labels,
                "weights": file,
                "card": beside,
            }));
        }
        output!(
            "{said}\nWeights: {}\nCard:    {}",
            file.display(),
            beside.display()
        );
        Ok(())
    }
}

/// Makes `directory`, and has it for this process alone.
fn locked(directory: &Path) -> anyhow::Result<Lock> {
    std::fs::create_dir_all(directory)
        .with_context(|| format!("cannot create {}", directory.display()))?;
    let waiting = || say!("waiting for another process in {}", directory.display());
    Lock::wait(directory.join("lock"), waiting)
        .with_context(|| format!("cannot lock {}", directory.display()))
}

/// What a look saw, in words.
fn described(look: &Look) -> String {
    let mut said = Vec::new();
    if let (Some(loss), Some(spread)) = (look.loss, look.spread) {
        said.push(format!("loss {loss:.3}, spread {spread:.2} of 1"));
    }
    if let Some(share) = look.neighbours {
        said.push(format!("k-NN accuracy {:.1}%", 100.0 * share));
    }
    said.join(", ")
}

/// What was learned, in words.
fn concluded(learned: &Learned) -> String {
    let mut said = described(&learned.look);
    if let (Some(asked), Some(majority)) = (learned.asked, learned.majority) {
        let majority = 100.0 * majority;
        said.push_str(&format!(
            " of {asked} validation pictures, {majority:.1}% of which are of the most frequent class"
        ));
    }
    said
}

/// The error of a file as itself, by which the exit code is chosen.
fn plain(error: SelfSupervisionError) -> anyhow::Error {
    match error {
        SelfSupervisionError::File(error) => error.into(),
        error => error.into(),
    }
}
