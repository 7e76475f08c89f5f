//! Checks a specification against its data, networks and weights, and so makes the plan.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context as _;
use images::{Dataset, Normalisation, Splits};
use nets::initialisation::{Initialisation, initialise};
use nets::zoo::{self, Choice};
use nets::{Card, Weights};

use super::error::StudyError;
use super::headline::Headline;
use super::material::{Material, Opened};
use super::plan::{
    ComparePlan, FORMAT, PlannedArm, PlannedData, PlannedModel, RunSpec, StudyPlan, describe_source,
};
use super::spec::{
    CompareSpec, DataSpec, GridSpec, InitEntry, Normalise, StudySpec, TrainSize, WithoutWeights,
};
use super::weights;
use crate::comparison::results::{ModelResult, SourceResult};
use crate::training::TrainPlan;

/// Most runs of one study.
const RUN_LIMIT: usize = 100_000;

/// Weights of a model with what their card says.
struct Pretrained {
    weights: Weights,
    card: Option<Card>,
    sha256: String,
}

/// Makes the plan of a study. Paths are relative to `base`, the folder of the configuration.
/// Everything that can be wrong is found here, before anything trains.
pub fn check(spec: &StudySpec, base: &Path) -> Result<Material, anyhow::Error> {
    let train = TrainPlan::check(&spec.train)?;
    let compare = check_compare(&spec.compare, &spec.grid)?;
    check_grid(&spec.grid)?;
    let pretrained = read_weights(spec, base)?;
    let channels_of_weights = pretrained
        .values()
        .find_map(|p| p.card.as_ref().map(|c| c.channels_in));
    let Opened {
        dataset,
        cache,
        splits,
        described,
    } = Opened::new(&spec.data, base, channels_of_weights)?;
    let headline = Headline::parse(
        spec.data.positive.as_deref(),
        dataset.task,
        &dataset.classes,
    )?;

    check_labels(&headline, &dataset, &splits)?;

    let mut models = Vec::new();
    for entry in &spec.grid.model {
        let data = cache.normalisation(&splits.train);
        let label = entry.0.label();
        let source = pretrained.get(&label);
        let network = zoo::network(&entry.0, described.channels, described.classes.len())?;
        let cost = network
            .cost(described.size)
            .with_context(|| format!("network `{label}` at {} pixels", described.size))?;
        for init in spec
            .grid
            .init
            .iter()
            .filter(|init| !is_left_out(&spec.grid, init, source.is_some()))
        {
            let streams = |path: &str| images::stream(0, path, 0);
            initialise(&network, &init.0, source.map(|p| &p.weights), &streams)
                .with_context(|| format!("model `{label}`, init `{}`", init.0.name))?;
        }
        models.push(PlannedModel {
            described: ModelResult {
                label: label.clone(),
                choice: entry.0.clone(),
                parameters: network.parameter_count(),
                macs: cost.macs,
                blocks: network.blocks.iter().map(|b| b.name.clone()).collect(),
            },
            normalisation: normalisation(&spec.data, source, data, described.channels, &label)?,
            source: source.map(|p| describe_weights(&label, p)),
        });
    }

    let arms = arms(&spec.grid, &models, splits.train.len())?;
    let data = PlannedData {
        task: dataset.task,
        headline,
        augment: spec.data.augment.clone(),
        train: splits.train,
        validation: splits.validation,
        test: splits.test,
        described,
    };
    let runs = runs(spec.grid.seeds, &arms, &models, &data, &train)?;
    let plan = StudyPlan {
        format: FORMAT,
        version: env!("CARGO_PKG_VERSION").into(),
        title: spec.title.clone(),
        data,
        models,
        arms,
        runs,
        train,
        compare,
    };
    let weights = pretrained
        .into_iter()
        .map(|(label, p)| (label, p.weights))
        .collect();
    Ok(Material {
        plan,
        dataset,
        cache,
        weights,
    })
}

/// Without an AUC on the validation partition no checkpoint can be chosen, and without its standard
/// error on the test partition no arms compared. Whether both exist depends on the labels alone.
fn check_labels(headline: &Headline, dataset: &Dataset, splits: &Splits) -> Result<(), StudyError> {
    let classes = dataset.classes.len();
    for (name, part) in [("validation", &splits.validation), ("test", &splits.test)] {
        let labels: Vec<_> = part
            .iter()
            .map(|i| dataset.examples[*i].label.clone())
            .collect();
        let even = vec![1.0 / classes as f64; classes * labels.len()];
        let measured = match name {
            "test" => headline.estimate(&even, &labels, classes).map(drop),
            _ => headline.auc(&even, &labels, classes).map(drop),
        };
        measured.map_err(|reason| StudyError::Value {
            field: "data.fractions",
            expected: format!(
                "enough pictures in the {name} partition for the AUC of {}",
                headline.describe(&dataset.classes)
            ),
            found: format!("{reason}; collect more, merge classes, or change the split"),
        })?;
    }
    Ok(())
}

fn check_compare(spec: &CompareSpec, grid: &GridSpec) -> Result<ComparePlan, StudyError> {
    let inits: Vec<_> = grid.init.iter().map(|i| i.0.name.clone()).collect();
    if !inits.contains(&spec.baseline) {
        return Err(StudyError::Value {
            field: "compare.baseline",
            expected: format!("one of the study's initialisations: {}", inits.join(", ")),
            found: format!("`{}`", spec.baseline),
        });
    }
    if !(spec.margin > 0.0 && spec.margin < 0.5) {
        return Err(StudyError::Value {
            field: "compare.margin",
            expected: "an AUC difference in (0, 0.5)".into(),
            found: spec.margin.to_string(),
        });
    }
    let mut thresholds = spec.thresholds.clone();
    thresholds.sort_by(f64::total_cmp);
    thresholds.dedup();
    if let Some(found) = thresholds.iter().find(|t| !(**t > 0.0 && **t < 1.0)) {
        return Err(StudyError::Value {
            field: "compare.thresholds",
            expected: "AUCs in (0, 1)".into(),
            found: found.to_string(),
        });
    }
    Ok(ComparePlan {
        baseline: spec.baseline.clone(),
        margin: spec.margin,
        thresholds,
    })
}

fn check_grid(grid: &GridSpec) -> Result<(), StudyError> {
    let empty = |field, what: &str| StudyError::Value {
        field,
        expected: format!("at least one {what}"),
        found: "none".into(),
    };
    if grid.model.is_empty() {
        return Err(empty("grid.model", "network"));
    }
    if grid.init.is_empty() {
        return Err(empty("grid.init", "initialisation"));
    }
    if grid.train_size.is_empty() {
        return Err(empty("grid.train_size", "size"));
    }
    if grid.seeds == 0 {
        return Err(empty("grid.seeds", "seed"));
    }
    let runs = [
        grid.model.len(),
        grid.init.len(),
        grid.train_size.len(),
        grid.seeds as usize,
    ]
    .into_iter()
    .fold(1usize, usize::saturating_mul);
    if runs > RUN_LIMIT {
        return Err(StudyError::Value {
            field: "grid",
            expected: format!("at most {RUN_LIMIT} runs"),
            found: runs.to_string(),
        });
    }
    for entry in &grid.model {
        // Unknown names are found before the data are opened.
        zoo::network(&entry.0, 3, 2).map_err(|e| StudyError::Value {
            field: "grid.model",
            expected: "a network of the zoo".into(),
            found: e.to_string(),
        })?;
    }
    unique("grid.model", grid.model.iter().map(|m| m.0.label()))?;
    unique("grid.init", grid.init.iter().map(|i| i.0.name.clone()))
}

fn unique(field: &'static str, names: impl Iterator<Item = String>) -> Result<(), StudyError> {
    let mut seen = Vec::new();
    for name in names {
        if seen.contains(&name) {
            return Err(StudyError::Value {
                field,
                expected: "every entry once".into(),
                found: format!("`{name}` twice"),
            });
        }
        seen.push(name);
    }
    Ok(())
}

fn read_weights(
    spec: &StudySpec,
    base: &Path,
) -> Result<BTreeMap<String, Pretrained>, anyhow::Error> {
    let labels: Vec<_> = spec.grid.model.iter().map(|m| m.0.label()).collect();
    let mut all = BTreeMap::new();
    for (label, path) in &spec.weights {
        if !labels.contains(label) {
            return Err(StudyError::Value {
                field: "weights",
                expected: format!("a model of the grid: {}", labels.join(", ")),
                found: match zoo::nearest(label, &labels) {
                    Some(nearest) => format!("`{label}` (did you mean `{nearest}`?)"),
                    None => format!("`{label}`"),
                },
            }
            .into());
        }
        let file = weights::read(path, base)?;
        all.insert(
            label.clone(),
            Pretrained {
                card: file.card(),
                sha256: file.sha256,
                weights: file.weights,
            },
        );
    }
    Ok(all)
}

fn describe_weights(label: &str, pretrained: &Pretrained) -> SourceResult {
    match &pretrained.card {
        Some(card) => describe_source(label, card, pretrained.sha256.clone()),
        None => SourceResult {
            model: label.into(),
            name: "not stated (the weights carry no card)".into(),
            classes: None,
            images: None,
            size: None,
            property: None,
            top1: None,
            top5: None,
            sha256: pretrained.sha256.clone(),
        },
    }
}

/// The scaling of a model's pixels, the same in all its arms, so that arms differ in nothing else.
fn normalisation(
    spec: &DataSpec,
    source: Option<&Pretrained>,
    data: Normalisation,
    channels: usize,
    label: &str,
) -> Result<Normalisation, StudyError> {
    let of_weights = source
        .and_then(|p| p.card.as_ref())
        .map(|card| Normalisation {
            mean: card.normalisation.mean.clone(),
            std: card.normalisation.std.clone(),
        });
    let chosen = match (spec.normalise, of_weights) {
        (Normalise::Weights, Some(of_weights)) => of_weights,
        (Normalise::Weights | Normalise::Data, _) => data,
        (Normalise::None, _) => Normalisation::identity(channels),
    };
    if chosen.mean.len() != channels
        || chosen.std.len() != channels
        || chosen.std.iter().any(|s| s.is_nan() || *s <= 0.0)
    {
        return Err(StudyError::Value {
            field: "data.channels",
            expected: format!(
                "{} channels, which the weights of `{label}` were trained with",
                chosen.mean.len()
            ),
            found: channels.to_string(),
        });
    }
    Ok(chosen)
}

fn arms(
    grid: &GridSpec,
    models: &[PlannedModel],
    all: usize,
) -> Result<Vec<PlannedArm>, StudyError> {
    let mut arms: Vec<PlannedArm> = Vec::new();
    for (model, planned) in models.iter().enumerate() {
        let has_weights = planned.source.is_some();
        for init in grid
            .init
            .iter()
            .filter(|init| !is_left_out(grid, init, has_weights))
        {
            for size in &grid.train_size {
                let (train_size, is_all) = match *size {
                    TrainSize::All => (all, true),
                    TrainSize::Count(n) if n <= all => (n, n == all),
                    TrainSize::Count(n) => {
                        return Err(StudyError::Value {
                            field: "grid.train_size",
                            expected: format!(
                                "at most {all}, the pictures of the training partition"
                            ),
                            found: n.to_string(),
                        });
                    }
                };
                arms.push(PlannedArm {
                    label: arm_label(&planned.described.label, &init.0, train_size, is_all),
                    model,
                    init: init.0.clone(),
                    train_size,
                    is_all,
                });
            }
        }
    }
    unique("grid.train_size", arms.iter().map(|a| a.label.clone()))?;
    Ok(arms)
}

/// Whether the study skips `init` for a model with or without weights.
fn is_left_out(grid: &GridSpec, init: &InitEntry, has_weights: bool) -> bool {
    grid.without_weights == WithoutWeights::Skip && init.0.needs_weights() && !has_weights
}

fn arm_label(model: &str, init: &Initialisation, train_size: usize, is_all: bool) -> String {
    if is_all {
        format!("{model}, {}", init.name)
    } else {
        format!("{model}, {}, {train_size} images", init.name)
    }
}

/// All arms of a seed before the next seed, so that an unfinished study can already compare.
fn runs(
    seeds: u64,
    arms: &[PlannedArm],
    models: &[PlannedModel],
    data: &PlannedData,
    train: &TrainPlan,
) -> Result<Vec<RunSpec>, StudyError> {
    let mut runs = Vec::new();
    for seed in 0..seeds {
        for (arm, planned) in arms.iter().enumerate() {
            let model = &models[planned.model];
            let choice: Choice = model.described.choice.clone();
            let spec = RunSpec {
                number: runs.len(),
                id: String::new(),
                arm,
                label: planned.label.clone(),
                model: choice,
                weights_sha256: model
                    .source
                    .as_ref()
                    .filter(|_| planned.init.needs_weights())
                    .map(|s| s.sha256.clone()),
                init: planned.init.clone(),
                train_size: planned.train_size,
                seed,
                normalisation: model.normalisation.clone(),
                size: data.described.size,
                augment: data.augment.clone(),
                train: train.clone(),
                data_sha256: data.described.sha256.clone(),
                version: env!("CARGO_PKG_VERSION").into(),
            };
            runs.push(spec.identified());
        }
    }
    Ok(runs)
}
