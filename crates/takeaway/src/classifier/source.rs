//! Where a classifier comes from: an exported model, a run, a file of weights, or a known name.

use std::path::{Path, PathBuf};

use engine::{Device, DeviceFault, Model};
use images::{Fit, Normalisation, Partition, Task};
use networks::{
    Allowance, Card, Input, Network, NetworkError, Pretrained, PretrainedError, Weights,
    WeightsError, zoo,
};
use regimes::RegimeError;
use thiserror::Error;

use super::questions::Questions;
use super::{Classifier, imagenet};
use crate::export::metadata::{Decision, FORMAT};
use crate::export::{CheckPicture, Metadata, Preprocess, PreprocessError};
use depot::weights::{OpenError, OpenedWeights, open};
use durable::{FileError, read_json};
use record::names::{MODEL, RUN_SPEC};
use record::{FinishedRun, JobDirectory, RecordError, StudyDirectory};

/// Scaling of networks that were trained on ImageNet, where a file does not state its own.
const IMAGENET: ([f32; 3], [f32; 3]) = ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]);

/// Why there is no classifier.
#[derive(Debug, Error)]
pub enum SourceError {
    /// A directory without a model.
    #[error("{} holds no model: expected metadata.json and model.safetensors of `transfusion export`, or spec.json and model.safetensors of a finished run", path.display())]
    NoModel {
        /// Which directory.
        path: PathBuf,
    },
    /// A model of a later version.
    #[error("{} was written by a later version (format {found}, this one reads {FORMAT}); update transfusion", path.display())]
    NewerFormat {
        /// Which file.
        path: PathBuf,
        /// Its format.
        found: u32,
    },
    /// Weights that are not those the model was written with.
    #[error("{}: expected SHA-256 {expected}, found {found}; the file was changed since the model was exported: export it again", path.display())]
    Changed {
        /// Which file.
        path: PathBuf,
        /// By the model's metadata.
        expected: String,
        /// Of the file.
        found: String,
    },
    /// A question that is none of the model's classes.
    #[error("{}: the headline is no question about its classes; the file was changed: export the model again", path.display())]
    Question {
        /// Which file.
        path: PathBuf,
    },
    /// Weights that fit no network.
    #[error("the {tensors} tensors of {} fit no network of the zoo{}; `transfusion weights inspect` says more", path.display(), nearest.as_ref().map(|n| format!("; closest is `{n}`")).unwrap_or_default())]
    NoNetwork {
        /// Which file.
        path: PathBuf,
        /// Tensors in it.
        tensors: usize,
        /// Label of the closest network.
        nearest: Option<String>,
    },
    /// How pictures are prepared is not to be understood.
    #[error("{0}")]
    Preprocess(#[from] PreprocessError),
    /// The network cannot be built.
    #[error("{0}")]
    Network(#[from] NetworkError),
    /// The network cannot have what was added to it in training.
    #[error("{0}")]
    Addition(#[from] RegimeError),
    /// Its weights cannot be read, or do not fit it.
    #[error("{0}")]
    Weights(#[from] WeightsError),
    /// There are no such weights.
    #[error("{0}")]
    Open(#[from] OpenError),
    /// The weights leave a part of the network without values.
    #[error("{0}")]
    Pretrained(#[from] PretrainedError),
    /// The run's record cannot be read.
    #[error("{0}")]
    Record(#[from] RecordError),
    /// A file cannot be read.
    #[error("{0}")]
    File(#[from] FileError),
    /// The device cannot be used.
    #[error("{0}")]
    Device(#[from] DeviceFault),
}

impl Classifier {
    /// The classifier that the user names, on `device`.
    pub fn open(written: &str, device: &dyn Device) -> Result<Self, SourceError> {
        let path = Path::new(written);
        if path.join("metadata.json").is_file() {
            return exported(path, device);
        }
        if RUN_SPEC.exists(path) {
            return of_run(path, device);
        }
        if path.is_dir() && !path.join("model.json").is_file() {
            return Err(SourceError::NoModel { path: path.into() });
        }
        of_weights(open(path, Path::new("."))?, device)
    }

    fn new(
        name: String,
        network: Network,
        weights: &Weights,
        preprocess: Preprocess,
        classes: Vec<String>,
        task: Task,
        device: &dyn Device,
    ) -> Result<Self, SourceError> {
        preprocess.check()?;
        network.cost()?;
        Ok(Self {
            name,
            model: Model::on(device.executor()?, network.into(), weights)?,
            preprocess,
            classes,
            task,
            questions: None,
            warnings: Vec::new(),
        })
    }
}

fn exported(directory: &Path, device: &dyn Device) -> Result<Classifier, SourceError> {
    let no_model = || SourceError::NoModel {
        path: directory.into(),
    };
    let path = directory.join("metadata.json");
    let metadata: Metadata = read_json(&path)?.ok_or_else(no_model)?;
    if metadata.format > FORMAT {
        let found = metadata.format;
        return Err(SourceError::NewerFormat { path, found });
    }
    let preprocess: Preprocess =
        read_json(&directory.join("preprocess.json"))?.ok_or_else(no_model)?;
    preprocess.check()?;
    let input = preprocess.input();
    let network = zoo::network(&metadata.network, input, metadata.classes.len())?;
    let network = match &metadata.addition {
        Some(addition) => addition.onto(&network).map_err(RegimeError::from)?,
        None => network,
    };
    let file = directory.join("model.safetensors");
    let read = Weights::read(&file)?;
    if let Some(expected) = metadata.sha256.get("model.safetensors")
        && *expected != read.sha256
    {
        let (expected, found) = (expected.clone(), read.sha256);
        let path = file;
        return Err(SourceError::Changed {
            path,
            expected,
            found,
        });
    }
    let weights = read.weights;
    let Metadata {
        name,
        classes,
        task,
        headline,
        decision,
        ..
    } = metadata;
    let questions = Questions::new(headline, task, &classes, decision);
    let questions = questions.ok_or(SourceError::Question { path })?;
    let mut classifier =
        Classifier::new(name, network, &weights, preprocess, classes, task, device)?;
    classifier.questions = Some(questions);
    let Classifier {
        model, preprocess, ..
    } = &classifier;
    let checked = CheckPicture::verify(directory, model, preprocess, task);
    classifier
        .warnings
        .extend(checked.err().map(|e| e.to_string()));
    Ok(classifier)
}

fn of_run(directory: &Path, device: &dyn Device) -> Result<Classifier, SourceError> {
    let no_model = || SourceError::NoModel {
        path: directory.into(),
    };
    let finished = FinishedRun::open_any(&JobDirectory::new(directory))?.ok_or_else(no_model)?;
    let (spec, weights) = (finished.spec()?, finished.weights(MODEL)?);
    let network = spec.left_network()?;
    let preprocess = Preprocess::of_run(&spec.data, &spec.normalisation);
    let decision = decision_of(directory, &finished)?;
    let (classes, task) = (spec.data.classes, spec.data.task);
    let questions = Questions::new(spec.data.headline, task, &classes, decision);
    let classifier = Classifier::new(
        spec.label, network, &weights, preprocess, classes, task, device,
    )?;
    Ok(Classifier {
        questions,
        ..classifier
    })
}

/// What the validation pictures of a run chose; none where its study is elsewhere.
fn decision_of(run: &Path, finished: &FinishedRun) -> Result<Option<Decision>, SourceError> {
    let absolute = std::path::absolute(run).unwrap_or_else(|_| run.into());
    let Some(study) = absolute.parent().and_then(Path::parent) else {
        return Ok(None);
    };
    let Ok(plan) = StudyDirectory::new(study).plan() else {
        return Ok(None);
    };
    if plan.runs.iter().all(|run| run.id != finished.result.id) {
        return Ok(None);
    }
    let predictions = finished.predictions(&plan)?;
    let validation = predictions.part(Partition::Validation.name())?;
    Ok(Some(Decision::new(&plan, &validation)))
}

/// Bare weights, by the table of known ones, their card, or the network that their tensors fit.
fn of_weights(opened: OpenedWeights, device: &dyn Device) -> Result<Classifier, SourceError> {
    let OpenedWeights {
        path,
        file,
        known,
        card,
    } = opened;
    let pretrained = match &card {
        Some(card) => Pretrained::new(&file.weights, &card.network)?,
        None => closest(&path, &file.weights)?,
    };
    pretrained.check(&Allowance::default())?;
    let Pretrained {
        choice,
        network,
        weights,
        ..
    } = pretrained;
    let (preprocess, warnings) = match (known, &card) {
        (Some(known), _) => (Preprocess::of_known(known), Vec::new()),
        (None, Some(card)) => (of_card(card), Vec::new()),
        (None, None) => (assumed(network.input), vec![assumption(&path)]),
    };
    let input = Input {
        channels: network.input.channels,
        ..preprocess.input()
    };
    let name = known.map_or_else(|| choice.label(), |known| known.name.into());
    let names = imagenet::class_names(network.classes);
    let network = zoo::network(&choice, input, network.classes)?;
    let task = Task::Multiclass;
    let classifier = Classifier::new(name, network, &weights, preprocess, names, task, device)?;
    Ok(Classifier {
        warnings,
        ..classifier
    })
}

/// The network that the tensors fit without a rest.
fn closest(path: &Path, weights: &Weights) -> Result<Pretrained, SourceError> {
    let best = Pretrained::candidates(weights).into_iter().next();
    match best {
        // Once more by its name: it may be there more than once.
        Some(found) if found.problems() == 0 => Ok(Pretrained::new(weights, &found.choice)?),
        other => Err(SourceError::NoNetwork {
            path: path.into(),
            tensors: weights.tensors.len(),
            nearest: other.map(|found: Pretrained| found.choice.label()),
        }),
    }
}

fn of_card(card: &Card) -> Preprocess {
    let normalisation = Normalisation {
        mean: card.normalisation.mean.clone(),
        std: card.normalisation.std.clone(),
    };
    Preprocess::stretched(card.size.into(), &normalisation)
}

fn assumed(input: Input) -> Preprocess {
    let (mean, std) = IMAGENET;
    let average = |values: [f32; 3]| vec![values.iter().sum::<f32>() / 3.0; input.channels];
    let (mean, std) = match input.channels {
        3 => (mean.to_vec(), std.to_vec()),
        _ => (average(mean), average(std)),
    };
    let resized = (input.shorter() as f64 / 0.875).round() as usize;
    Preprocess {
        fit: Fit::Crop,
        resized: resized.into(),
        ..Preprocess::stretched(input.shorter().into(), &Normalisation { mean, std })
    }
    .in_words()
}

fn assumption(path: &Path) -> String {
    format!(
        "{} says nothing of its preprocessing; that of torchvision's ImageNet networks is assumed",
        path.display()
    )
}
