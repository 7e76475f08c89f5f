//! `[probe]`: what frozen features can do, before any training.

use std::collections::BTreeMap;
use std::sync::Arc;

use embeddings::Embeddings;
use initialisation::{Action, Initialisation, InputAdaptation, MatchReport};
use networks::Network;
use networks::zoo::Choice;
use serde::{Deserialize, Serialize};

use super::bounds;
use super::error::StudyError;
use super::feature_entry::FeatureEntry;
use super::identity::identity;
use super::planned::{PlannedArm, PlannedData, PlannedModel};
use super::probed::{Probed, ProbedFile, ProbedNetwork};
use super::run_spec::RunData;
use super::score::{ScoreList, TransferScore};
use super::unique::unique;

/// `[probe]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ProbeSpec {
    /// `linear`, `knn` or both; none is enough where there are scores.
    pub methods: Vec<ProbeMethod>,
    /// Scores of transferability.
    pub scores: ScoreList,
    /// Blocks to probe; by default every block but the head.
    pub blocks: Option<Vec<String>>,
    /// k-NN: neighbours; all training pictures where there are fewer.
    pub k: usize,
    /// k-NN: similarity by which a vote's weight grows e-fold.
    pub temperature: f64,
    /// Linear: values of C to choose from by validation AUC.
    pub strength: Vec<f64>,
    /// Whether the study stops there and trains nothing.
    pub only: bool,
    /// Whether the record keeps the features.
    pub keep_features: bool,
    /// Features that other programs made, by name.
    pub features: BTreeMap<String, FeatureEntry>,
}

impl Default for ProbeSpec {
    fn default() -> Self {
        Self {
            methods: vec![ProbeMethod::Linear, ProbeMethod::Knn],
            scores: ScoreList::default(),
            blocks: None,
            k: 200,
            temperature: 0.1,
            strength: vec![0.01, 0.1, 1.0, 10.0],
            only: false,
            keep_features: false,
            features: BTreeMap::new(),
        }
    }
}

/// How features are probed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ProbeMethod {
    /// Logistic regression.
    Linear,
    /// k nearest neighbours.
    Knn,
}

impl ProbeMethod {
    /// Its name in configurations and records.
    pub fn name(self) -> &'static str {
        match self {
            Self::Linear => "linear",
            Self::Knn => "knn",
        }
    }
}

/// `[probe]`, checked, and the probes of the grid.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProbePlan {
    /// Whether nothing is trained.
    pub only: bool,
    /// How features are probed.
    pub settings: ProbeSettings,
    /// Every probe, numbered from 0.
    pub probes: Vec<PlannedProbe>,
}

/// How features are probed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProbeSettings {
    /// The methods, each once.
    pub methods: Vec<ProbeMethod>,
    /// Scores of transferability, each once, in the order of tables.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scores: Vec<TransferScore>,
    /// Neighbours of k-NN, at least 1.
    pub k: usize,
    /// Temperature of k-NN's votes.
    pub temperature: f64,
    /// Values of C, ascending.
    pub strengths: Vec<f64>,
    /// Whether the record keeps the features.
    pub keep_features: bool,
}

/// One set of features: of a network as an initialisation leaves it, before training, or of another
/// program. All training sizes and methods use it, and all seeds that it is the same for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "WrittenProbe", into = "WrittenProbe")]
pub struct PlannedProbe {
    /// Number in the plan, from 0; no part of the identity.
    pub number: usize,
    /// Network and identity: names the directory.
    pub id: String,
    /// Model and initialisation.
    pub label: String,
    /// What makes the features.
    pub of: Probed,
    /// Seeds of the grid that share these features; the weights are made with the first.
    pub seeds: Vec<u64>,
    /// Blocks to probe, from the input on.
    pub blocks: Vec<String>,
    /// Training sizes, in the order of the grid.
    pub train_sizes: Vec<ProbeSize>,
    /// How features are probed.
    pub settings: ProbeSettings,
    /// The data, and the question.
    pub data: RunData,
}

/// A probe as plans and records hold it, with what makes its features flat beside the rest: of a
/// network `model`, `choice` and `init` are there, of a file `file`.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenProbe {
    number: usize,
    id: String,
    label: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    model: Option<usize>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    choice: Option<Choice>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    init: Option<Initialisation>,
    seeds: Vec<u64>,
    blocks: Vec<String>,
    train_sizes: Vec<ProbeSize>,
    settings: ProbeSettings,
    data: RunData,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    adaptation: Option<InputAdaptation>,
    weights_sha256: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    weights_part: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    file: Option<ProbedFile>,
}

impl From<PlannedProbe> for WrittenProbe {
    fn from(probe: PlannedProbe) -> Self {
        let (network, file) = match probe.of {
            Probed::Network(network) => (Some(network), None),
            Probed::File(file) => (None, Some(file)),
        };
        Self {
            number: probe.number,
            id: probe.id,
            label: probe.label,
            model: network.as_ref().map(|of| of.model),
            choice: network.as_ref().map(|of| of.choice.clone()),
            init: network.as_ref().map(|of| of.init.clone()),
            seeds: probe.seeds,
            blocks: probe.blocks,
            train_sizes: probe.train_sizes,
            settings: probe.settings,
            data: probe.data,
            adaptation: network.as_ref().and_then(|of| of.adaptation),
            weights_sha256: network.as_ref().and_then(|of| of.weights_sha256.clone()),
            weights_part: network.and_then(|of| of.weights_part),
            file,
        }
    }
}

impl TryFrom<WrittenProbe> for PlannedProbe {
    type Error = &'static str;

    fn try_from(written: WrittenProbe) -> Result<Self, Self::Error> {
        let of = match (written.model, written.choice, written.init, written.file) {
            (None, None, None, Some(file)) => Probed::File(file),
            (Some(model), Some(choice), Some(init), None) => Probed::Network(ProbedNetwork {
                model,
                choice,
                init,
                adaptation: written.adaptation,
                weights_sha256: written.weights_sha256,
                weights_part: written.weights_part,
            }),
            _ => return Err("a probe has `model`, `choice` and `init`, or `file`"),
        };
        Ok(Self {
            number: written.number,
            id: written.id,
            label: written.label,
            of,
            seeds: written.seeds,
            blocks: written.blocks,
            train_sizes: written.train_sizes,
            settings: written.settings,
            data: written.data,
        })
    }
}

/// A training size of the grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProbeSize {
    /// Training pictures.
    pub images: usize,
    /// Whether that is the whole training partition.
    pub is_all: bool,
}

/// How much of a network an initialisation leaves to the seed.
pub(crate) struct DrawnFrom {
    /// Position of the model.
    pub(crate) model: usize,
    /// Name of the initialisation.
    pub(crate) init: String,
    /// The first block whose features depend on the seed.
    pub(crate) block: usize,
}

impl DrawnFrom {
    /// Reads it off what was done to each tensor; an auxiliary classifier feeds no later block.
    pub(crate) fn new(model: usize, network: &Network, matches: &MatchReport) -> Self {
        let drawn =
            network
                .parameters()
                .into_iter()
                .zip(&matches.tensors)
                .find(|(parameter, tensor)| {
                    let is_fixed = matches!(tensor.action, Action::Loaded | Action::Adapted { .. });
                    !is_fixed && !parameter.is_classifier
                });
        Self {
            model,
            init: matches.initialisation.clone(),
            block: drawn.map_or(network.blocks.len(), |(parameter, _)| parameter.block),
        }
    }
}

impl ProbeSettings {
    /// Checks what needs neither data nor networks.
    pub(crate) fn check(spec: &ProbeSpec) -> Result<Self, StudyError> {
        let refuse = |field, expected: &str, found: String| {
            let expected = expected.into();
            Err(StudyError::Value {
                field,
                expected,
                found,
            })
        };
        if spec.methods.is_empty() && spec.scores.0.is_empty() {
            return refuse(
                "probe.methods",
                "\"linear\", \"knn\" or both; or some `scores`",
                "none".into(),
            );
        }
        let names = spec.methods.iter().map(|m| m.name().to_string());
        unique("probe.methods", names)?;
        let names = spec.scores.0.iter().map(|s| s.name().to_string());
        unique("probe.scores", names)?;
        let scores = TransferScore::ALL.into_iter();
        bounds::NEIGHBOURS_PROBE.whole(spec.k as u64)?;
        bounds::TEMPERATURE.number(spec.temperature)?;
        if spec.strength.is_empty() {
            return refuse("probe.strength", "at least one value of C", "none".into());
        }
        bounds::STRENGTHS.entries(&spec.strength)?;
        for strength in &spec.strength {
            bounds::STRENGTH.number(*strength)?;
        }
        let mut strengths = spec.strength.clone();
        strengths.sort_by(f64::total_cmp);
        strengths.dedup();
        Ok(Self {
            methods: spec.methods.clone(),
            scores: scores.filter(|s| spec.scores.0.contains(s)).collect(),
            k: spec.k,
            temperature: spec.temperature,
            strengths,
            keep_features: spec.keep_features,
        })
    }
}

impl ProbePlan {
    /// Every model and initialisation of the arms, once for each seed or once for all, and every file
    /// of features once.
    pub(crate) fn new(
        spec: &ProbeSpec,
        seeds: u64,
        arms: &[PlannedArm],
        models: &[PlannedModel],
        data: &PlannedData,
        drawn: &[DrawnFrom],
        files: &BTreeMap<String, Arc<Embeddings>>,
    ) -> Result<Self, StudyError> {
        let settings = ProbeSettings::check(spec)?;
        let blocks = blocks(spec, models)?;
        let mut cells: Vec<&PlannedArm> = Vec::new();
        for arm in arms {
            let is_same = |a: &&PlannedArm| a.model == arm.model && a.init.name == arm.init.name;
            if !cells.iter().any(is_same) {
                cells.push(arm);
            }
        }
        let mut train_sizes: Vec<ProbeSize> = Vec::new();
        for arm in arms {
            let size = ProbeSize {
                images: arm.train_size,
                is_all: arm.is_all,
            };
            if !train_sizes.contains(&size) {
                train_sizes.push(size);
            }
        }
        let mut probes: Vec<PlannedProbe> = Vec::new();
        for seed in 0..seeds {
            for cell in &cells {
                let model = &models[cell.model];
                let (names, last) = &blocks[cell.model];
                let is_shared = drawn.iter().any(|d| {
                    (d.model, &d.init) == (cell.model, &cell.init.name) && d.block > *last
                });
                if is_shared && seed > 0 {
                    continue;
                }
                let needs_weights = cell.init.needs_weights();
                let source = model.source.as_ref().filter(|_| needs_weights);
                let probe = PlannedProbe {
                    number: probes.len(),
                    id: String::new(),
                    label: format!("{}, {}", model.described.label, cell.init.name),
                    of: Probed::Network(ProbedNetwork {
                        model: cell.model,
                        choice: model.described.choice.clone(),
                        init: cell.init.clone(),
                        adaptation: model.adaptation.filter(|_| needs_weights),
                        weights_sha256: source.map(|s| s.sha256.clone()),
                        weights_part: source.and_then(|s| s.part.clone()),
                    }),
                    seeds: match is_shared {
                        true => (0..seeds).collect(),
                        false => vec![seed],
                    },
                    blocks: names.clone(),
                    train_sizes: train_sizes.clone(),
                    settings: settings.clone(),
                    data: data.of_run(None),
                };
                probes.push(probe.identified());
            }
        }
        for (name, file) in files {
            let of = Probed::File(ProbedFile {
                name: name.clone(),
                sha256: file.sha256.clone(),
                channels: file.layers.iter().map(|layer| layer.channels).collect(),
            });
            let probe = PlannedProbe {
                number: probes.len(),
                id: String::new(),
                label: format!("{name}, {}", of.init()),
                of,
                seeds: (0..seeds).collect(),
                blocks: file.layers.iter().map(|layer| layer.name.clone()).collect(),
                train_sizes: train_sizes.clone(),
                settings: settings.clone(),
                data: data.of_run(None),
            };
            probes.push(probe.identified());
        }
        Ok(Self {
            only: spec.only,
            settings,
            probes,
        })
    }
}

impl PlannedProbe {
    fn identified(mut self) -> Self {
        let mut content = self.clone();
        content.number = 0;
        content.of = self.of.content();
        for name in [&mut content.id, &mut content.label] {
            name.clear();
        }
        self.id = format!("{}-{}", self.of.model(), identity(&content));
        self
    }
}

/// Names of the blocks to probe of each model, and the index of the last.
fn blocks(
    spec: &ProbeSpec,
    models: &[PlannedModel],
) -> Result<Vec<(Vec<String>, usize)>, StudyError> {
    let of = |model: &PlannedModel| {
        let (_head, blocks) = model.described.blocks.split_last().expect("a head");
        blocks.to_vec()
    };
    let refuse = |found: String| {
        let known: Vec<String> = models
            .iter()
            .map(|m| format!("{} has {}", m.described.label, of(m).join(", ")))
            .collect();
        StudyError::Value {
            field: "probe.blocks",
            expected: format!("blocks before the head: {}", known.join("; ")),
            found,
        }
    };
    if let Some(wanted) = &spec.blocks {
        unique("probe.blocks", wanted.iter().cloned())?;
        let is_known = |name: &&String| models.iter().any(|m| of(m).contains(name));
        if let Some(unknown) = wanted.iter().find(|name| !is_known(name)) {
            let known: Vec<String> = models.iter().flat_map(of).collect();
            return Err(refuse(match networks::zoo::nearest(unknown, &known) {
                Some(nearest) => format!("`{unknown}` (did you mean `{nearest}`?)"),
                None => format!("`{unknown}`"),
            }));
        }
    }
    let chosen = |model: &PlannedModel| {
        let is_wanted = |name: &String| spec.blocks.as_ref().is_none_or(|w| w.contains(name));
        let names = of(model).into_iter().enumerate();
        let (at, names): (Vec<usize>, Vec<String>) = names.filter(|(_, n)| is_wanted(n)).unzip();
        match at.last() {
            Some(last) => Ok((names, *last)),
            None => Err(refuse(format!("none of {}", model.described.label))),
        }
    };
    models.iter().map(chosen).collect()
}
