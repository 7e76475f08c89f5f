//! Checks a specification against its data, networks and weights, and so makes the plan.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context as _;
use images::Dataset;
use initialisation::{Source, preview};
use networks::{Input, Network, NetworkError, zoo};
use regimes::{Regime, Tuning};

use super::analysis::{AnalysisPlan, AnalysisSettings};
use super::answered::{FEWEST, patients};
use super::bounds;
use super::compare::ComparePlan;
use super::data_spec::DataSpec;
use super::entry::TrainSize;
use super::error::StudyError;
use super::feature_entry;
use super::folding::{check_folds, folding};
use super::grid::{arms, is_left_out, runs};
use super::grid_spec::GridSpec;
use super::headline::Headline;
use super::identity::FORMAT;
use super::open_data::OpenData;
use super::open_study::OpenStudy;
use super::own_network::with_own_networks;
use super::plan::StudyPlan;
use super::planned::{PlannedData, PlannedModel};
use super::probe::{DrawnFrom, ProbePlan, ProbeSettings, ProbeSpec};
use super::regime::{RegimeEntry, regimes};
use super::report::ReportPlan;
use super::scaling;
use super::spec::StudySpec;
use super::split::Split;
use super::unique::unique;
use super::weights;
use crate::described::ModelResult;
use crate::phases::spans;
use crate::train::TrainPlan;
use crate::tuning::{CheckedTune, TuningPlan};

/// Most runs of one study.
const RUN_LIMIT: usize = 100_000;

/// Makes the plan of a study. Paths are relative to `base`, the folder of the configuration.
/// Everything that can be wrong is found here, before anything trains.
pub fn check(spec: &StudySpec, base: &Path) -> Result<OpenStudy, anyhow::Error> {
    let (spec, brought) = &with_own_networks(spec, base)?;
    bounds::TITLE.text(&spec.title)?;
    let reporting = spec.reporting.checked()?;
    for init in &spec.grid.init {
        bounds::INIT_RULES.text(&init.0.name)?;
    }
    let tune = spec.tune.as_ref();
    let tune = tune
        .map(|tune| CheckedTune::new(tune, &spec.train))
        .transpose()?;
    let train = match tune.as_ref().and_then(CheckedTune::longest) {
        Some(longest) => longest.clone(),
        None => TrainPlan::check(&spec.train)?,
    };
    let fewest_steps = tune.as_ref().and_then(CheckedTune::fewest_steps);
    let compare = ComparePlan::new(&spec.compare, &spec.grid)?;
    let report = ReportPlan::new(&spec.report)?;
    let entries = regimes(spec.grid.regime.as_deref(), &spec.train)?;
    check_grid(&spec.grid, entries.len(), &spec.data)?;
    refuse_with_folds(spec)?;
    refuse_with_looks(spec)?;
    spec.probe.as_ref().map(ProbeSettings::check).transpose()?;
    let analysis = spec.analysis.as_ref();
    analysis.map(AnalysisSettings::check).transpose()?;
    for (field, expected, is_asked) in [
        ("analysis", "runs to analyse", analysis.is_some()),
        ("tune", "runs to train", tune.is_some()),
    ] {
        if is_asked && spec.probe.as_ref().is_some_and(|probe| probe.only) {
            return Err(StudyError::Value {
                field,
                expected: expected.into(),
                found: "probe.only = true, with which nothing is trained".into(),
            }
            .into());
        }
    }
    let pretrained = weights::read_all(spec, base, brought)?;
    let channels = weights::channels(&spec.data, &pretrained)?;
    let OpenData {
        dataset,
        cache,
        split,
        mut folds,
        described,
        warnings,
        said,
    } = OpenData::new(&spec.data, base, channels)?;
    let split = split.looking_at(spec.train.eval_images, &dataset);
    for planned in folds.iter_mut().flat_map(|folds| &mut folds.planned) {
        planned.split = planned
            .split
            .clone()
            .looking_at(spec.train.eval_images, &dataset);
    }
    let headline = Headline::parse(
        spec.data.positive.as_deref(),
        dataset.task,
        &dataset.classes,
    )?;

    match &folds {
        None => check_labels(&headline, &dataset, &split)?,
        Some(folds) => {
            check_folds(folds, &headline, &dataset)?;
            for planned in &folds.planned {
                check_labels(&headline, &dataset, &planned.split)?;
            }
        }
    }
    let data = PlannedData {
        task: dataset.task,
        headline,
        augment: spec.data.augment.clone(),
        split,
        folds,
        described,
    };

    let mut models = Vec::new();
    let mut normalisations = Vec::new();
    let mut regimes = Vec::new();
    let mut drawn = Vec::new();
    let mut warnings = warnings;
    for entry in &spec.grid.model {
        let label = entry.choice.label();
        let found = pretrained.get(&label);
        let input = data.described.input();
        let network = zoo::network(&entry.choice, input, data.described.classes.len())?;
        let cost = network
            .cost()
            .with_context(|| format!("network `{label}` at {} pixels", data.described.size))?;
        let adaptation = found.and_then(|s| weights::adaptation(&spec.data, s, input.channels));
        let source = found.map(|found| Source {
            pretrained: &found.pretrained,
            input: adaptation.unwrap_or_default(),
        });
        for note in found.iter().flat_map(|found| &found.notes) {
            if !warnings.contains(note) {
                warnings.push(note.clone());
            }
        }
        let mut of_folds = Vec::new();
        for fold in data.folds() {
            let own = cache.normalisation(&data.split_of(fold).train);
            let (normalisation, warning) =
                weights::normalisation(&spec.data, found, own, input.channels, &label)?;
            warnings.extend(warning.filter(|_| of_folds.is_empty()));
            of_folds.push(normalisation);
        }
        let doubt = found.and_then(|found| {
            let train = &data.split_of(data.folds()[0]).train;
            let stated = &of_folds[0];
            scaling::doubt(&label, &found.pretrained, stated, &cache, train).or_else(|| {
                scaling::sameness::doubt(&label, &network, source?, stated, &cache, train)
            })
        });
        warnings.extend(doubt);
        for init in spec
            .grid
            .init
            .iter()
            .filter(|init| !is_left_out(&spec.grid, init, source.is_some()))
        {
            let matches = preview(&network, &init.0, source)
                .with_context(|| format!("model `{label}`, init `{}`", init.0.name))?;
            drawn.push(DrawnFrom::new(models.len(), &network, &matches));
        }
        train
            .dropping(&network)
            .with_context(|| format!("model `{label}`"))?;
        let fitting = fitting(&entries, &network, fewest_steps.unwrap_or(train.max_steps));
        regimes.push(fitting.with_context(|| format!("model `{label}`"))?);
        models.push(PlannedModel {
            described: ModelResult {
                label: label.clone(),
                choice: entry.choice.clone(),
                parameters: network.parameter_count(),
                macs: cost.macs,
                blocks: network.blocks.iter().map(|b| b.name.clone()).collect(),
            },
            normalisation: of_folds[0].clone(),
            adaptation,
            source: found.map(|p| weights::describe(&entry.choice, p)),
        });
        normalisations.push(of_folds);
    }

    let arms = arms(&spec.grid, &models, &regimes, data.fewest_to_train())?;
    let seeds = spec.grid.seeds.most();
    let labels: Vec<&str> = models.iter().map(|m| &*m.described.label).collect();
    let features = match &spec.probe {
        Some(probe) => feature_entry::read_all(&probe.features, base, &labels, &dataset, &data)?,
        None => BTreeMap::new(),
    };
    let probe = |p: &ProbeSpec| ProbePlan::new(p, seeds, &arms, &models, &data, &drawn, &features);
    let probe = spec.probe.as_ref().map(probe).transpose()?;
    let mut runs = match &probe {
        Some(probe) if probe.only => Vec::new(),
        _ => runs(seeds, &arms, &models, &normalisations, &data, &train)?,
    };
    let tuning = tune
        .map(|tune| TuningPlan::new(tune, &mut runs))
        .transpose()?;
    let analysis = analysis
        .map(|a| AnalysisPlan::new(a, &compare.baseline, seeds, &arms, &runs))
        .transpose()?;
    let plan = StudyPlan {
        format: FORMAT,
        version: env!("CARGO_PKG_VERSION").into(),
        title: spec.title.clone(),
        data,
        models,
        warnings,
        arms,
        runs,
        train,
        tuning,
        compare,
        probe,
        analysis,
        reporting,
        report,
    };
    let weights = pretrained
        .into_iter()
        .map(|(label, p)| (label, p.pretrained))
        .collect();
    Ok(OpenStudy {
        plan,
        dataset,
        cache,
        weights,
        features,
        said,
    })
}

/// The regimes of a network, every phase of which fits it and has a step at least.
fn fitting(
    entries: &[RegimeEntry],
    network: &Network,
    max_steps: u64,
) -> Result<Vec<Regime>, anyhow::Error> {
    let fitting = |entry: &RegimeEntry| {
        let regime = entry.of(network);
        let grown = regime
            .network(network)
            .with_context(|| format!("regime `{}`", regime.name))?;
        let mut moves_added = regime.addition.is_none();
        for (place, phase) in regime.phases.iter().enumerate() {
            let tuning = Tuning::of(phase, &grown)
                .with_context(|| format!("regime `{}`, phase {}", regime.name, place + 1))?;
            let mut added = grown.parameters().into_iter().filter(|p| p.is_added);
            moves_added |= added.any(|p| tuning.is_trained(&p.path));
        }
        if !moves_added {
            return Err(StudyError::Value {
                field: "grid.regime",
                expected:
                    "a phase that trains what the regime adds: `only` names it by the term `added`"
                        .into(),
                found: format!("none in `{}`", regime.name),
            }
            .into());
        }
        if spans(&regime, max_steps).iter().any(|span| span.is_empty()) {
            return Err(StudyError::Value {
                field: "train.max_steps",
                expected: format!(
                    "a step at least for each of the {} phases of regime `{}`",
                    regime.phases.len(),
                    regime.name
                ),
                found: max_steps.to_string(),
            }
            .into());
        }
        Ok(regime)
    };
    entries.iter().map(fitting).collect()
}

/// Without an AUC on the validation partition no checkpoint can be chosen, and without its standard
/// error on the test partition no arms compared. Whether both exist depends on the labels alone.
fn check_labels(headline: &Headline, dataset: &Dataset, split: &Split) -> Result<(), StudyError> {
    let classes = dataset.classes.len();
    for (name, part) in [("validation", &split.validation), ("test", &split.test)] {
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
    check_patients(headline, dataset, &split.test)
}

/// Pictures of one patient are no evidence about others: refuses a test partition where fewer than
/// two patients answer a question of the headline one way.
fn check_patients(
    headline: &Headline,
    dataset: &Dataset,
    test: &[usize],
) -> Result<(), StudyError> {
    let questions = headline.questions(dataset.classes.len());
    let is_any = *headline == Headline::MacroFindings;
    let fails = |question: &&Headline| {
        let answers = patients(dataset, test, question);
        answers.into_iter().any(|count| count < FEWEST)
    };
    let failing = match is_any {
        true if questions.iter().all(|question| fails(&question)) => questions.first(),
        true => None,
        false => questions.iter().find(fails),
    };
    let Some(question) = failing else {
        return Ok(());
    };
    let [yes, no] = patients(dataset, test, question);
    Err(StudyError::Value {
        field: "data.fractions",
        expected: format!(
            "at least {FEWEST} patients with and {FEWEST} without {} in the test partition: pictures of one patient say nothing of others",
            question.describe(&dataset.classes)
        ),
        found: format!(
            "{yes} with and {no} without; collect more, merge classes, or change the split"
        ),
    })
}

/// Probes and the analysis look at the pictures of one split, which some networks of
/// cross-validation have trained on; and settings chosen in one fold know the test pictures of
/// another.
fn refuse_with_folds(spec: &StudySpec) -> Result<(), StudyError> {
    let asked = [
        ("probe", spec.probe.is_some()),
        ("analysis", spec.analysis.is_some()),
        ("tune", spec.tune.is_some()),
    ];
    match asked.into_iter().find(|(_, is_asked)| *is_asked) {
        Some((field, _)) if spec.data.folds.is_some() => Err(StudyError::Value {
            field,
            expected: format!("a study of one split; leave out data.folds, or [{field}]"),
            found: "it beside data.folds".into(),
        }),
        _ => Ok(()),
    }
}

/// Without a run there is nothing to look at; and with folds the seeds of a fold share their training
/// pictures with all others, so that more of them cannot be added one by one.
fn refuse_with_looks(spec: &StudySpec) -> Result<(), StudyError> {
    let asked = [
        ("data.folds", spec.data.folds.is_some()),
        (
            "probe.only",
            spec.probe.as_ref().is_some_and(|probe| probe.only),
        ),
    ];
    let looks = !spec.grid.seeds.looks().is_empty();
    match asked.into_iter().find(|(_, is_asked)| *is_asked && looks) {
        Some((field, _)) => Err(StudyError::Value {
            field: "grid.seeds",
            expected: format!("a number of seeds beside {field}"),
            found: "{ from = …, to = … }".into(),
        }),
        None => Ok(()),
    }
}

fn check_grid(grid: &GridSpec, regimes: usize, data: &DataSpec) -> Result<(), StudyError> {
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
    grid.seeds.check()?;
    folding(data)?;
    for size in &grid.train_size {
        if let TrainSize::Count(count) = size {
            bounds::TRAIN_SIZE.whole(*count as u64)?;
        }
    }
    let runs = [
        grid.model.len(),
        grid.init.len(),
        regimes,
        grid.train_size.len(),
        grid.seeds.most() as usize,
        data.folds.unwrap_or(1),
        data.repeats.unwrap_or(1),
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
    let input = Input::square(3, 224);
    for entry in &grid.model {
        if let Some(divide) = entry.choice.divide {
            bounds::DIVIDE.whole(divide as u64)?;
        }
        // Unknown names are found before the data are opened; sizes are judged with the study's own.
        match zoo::network(&entry.choice, input, 2) {
            Ok(_) | Err(NetworkError::Size { .. }) => {}
            Err(error) => {
                return Err(StudyError::Value {
                    field: "grid.model",
                    expected: "a network of the zoo, or one's own".into(),
                    found: error.to_string(),
                });
            }
        }
    }
    unique("grid.model", grid.model.iter().map(|m| m.choice.label()))?;
    unique("grid.init", grid.init.iter().map(|i| i.0.name.clone()))
}
