//! Export: a finished run as a model that others can run.
//!
//! `model.safetensors`, `model.onnx`, `preprocess.json`, `metadata.json`, `MODEL_CARD.md`, and a
//! drawn `check.png` with `check.json`, what the model says of it, are written together or not at
//! all, and only once an independent runtime has computed the same probabilities from the ONNX
//! file.

mod check_picture;
mod error;
mod markdown;
pub mod metadata;
mod model_card;
mod onnx_check;
mod preprocess;
mod steps;

pub use check_picture::{CheckPicture, CheckPictureError};
pub use error::ExportError;
pub use metadata::Metadata;
pub use onnx_check::{CheckError, agreement, largest_difference};
pub use preprocess::{Preprocess, PreprocessError};

use std::path::{Path, PathBuf};

use askama::Template as _;
use engine::{Maps, Model};
use images::{Partition, Task};
use networks::onnx::{OutputKind, to_onnx};
use networks::zoo;
use sha2::{Digest as _, Sha256};

use self::metadata::{Decision, INTENDED_USE, Training};
use self::model_card::ModelCard;
use durable::{canonical_json, write};
use record::names::{MODEL, PLAN, RESULTS, RUN_RESULT};
use record::results::Results;
use record::{FinishedRun, StudyDirectory};
use runs::training::probabilities;
use study::{RunSpec, StudyPlan};

/// Largest difference in a probability between ours and an independent runtime's.
const TOLERANCE: f64 = 1e-4;

/// What was written.
#[derive(Clone, Debug)]
pub struct Exported {
    /// What the model is.
    pub metadata: Metadata,
    /// Largest difference between our probabilities and those of the ONNX file.
    pub onnx_difference: f64,
}

/// Writes the model of the finished run in the directory `run` to the new directory `to`.
pub fn export(run: &Path, to: &Path) -> Result<Exported, ExportError> {
    let (study, spec) = find_run(run)?;
    let plan = study.plan()?;
    let place = study.run(&spec);
    let finished = FinishedRun::open(&place, &spec.id)?.ok_or_else(|| ExportError::Unfinished {
        run: place.path().into(),
    })?;
    refuse_existing(to)?;
    let arm = plan
        .arms
        .get(spec.arm)
        .ok_or(ExportError::Planless("arm"))?;
    let model = plan
        .models
        .get(arm.model)
        .ok_or(ExportError::Planless("model"))?;
    let data = &plan.data.described;
    let network = model.network(data)?;
    let network = spec.regime.left(&network)?;
    let weights = finished.weights(MODEL)?;
    let validation = finished
        .predictions(&plan)?
        .part(Partition::Validation.name())?;
    let decision = Decision::new(&plan, &validation);
    let result = finished.result;
    let preprocess = Preprocess::of_run(&spec.data, &spec.normalisation);
    let dialect = zoo::dialects(&network.name).first();
    let results: Option<Results> = RESULTS.read(study.path())?.map(|sealed| sealed.value);
    let arm_auc = results
        .and_then(|r| r.arms.into_iter().find(|a| a.label == arm.label))
        .and_then(|a| a.auc);
    let mut metadata = Metadata {
        format: Metadata::format(spec.regime.staying()),
        name: spec.label.clone(),
        network: spec.model.clone(),
        addition: spec.regime.staying().cloned(),
        tensor_names: dialect.map_or("transfusion", |d| d.name()).into(),
        parameters: network.parameter_count(),
        task: plan.data.task,
        classes: data.classes.clone(),
        headline: plan.data.headline.clone(),
        training: Training {
            study: plan.title.clone(),
            run: spec.id.clone(),
            init: spec.init.name.clone(),
            source: model.source.clone().filter(|_| spec.init.needs_weights()),
            seed: spec.seed,
            train_size: spec.train_size,
            steps: result.test.best_step,
            data: data.name.clone(),
            data_sha256: data.sha256.clone(),
            version: plan.version.clone(),
        },
        test: result.test,
        decision: Some(decision),
        arm_auc,
        sha256: Default::default(),
        intended_use: INTENDED_USE.into(),
    };

    let kind = match plan.data.task {
        Task::Multilabel => OutputKind::Sigmoid,
        _ => OutputKind::Softmax,
    };
    let described = [
        (
            "preprocess",
            String::from_utf8_lossy(&canonical_json(&preprocess)).into_owned(),
        ),
        ("classes", serde_json::to_string(&metadata.classes)?),
        (
            "task",
            serde_json::to_string(&plan.data.task)?.replace('"', ""),
        ),
        ("intended_use", INTENDED_USE.into()),
    ];
    let onnx = to_onnx(&network, &weights, kind, &described)?;
    let model_on_device = Model::new(network.into(), &weights)?;
    let onnx_difference = difference(&model_on_device, plan.data.task, &onnx, &preprocess)?;
    if onnx_difference.is_nan() || onnx_difference > TOLERANCE {
        return Err(ExportError::Differs {
            difference: onnx_difference,
        });
    }
    let check = CheckPicture::new(&model_on_device, &preprocess, plan.data.task)?;
    let mut files = vec![
        ("model.safetensors", weights.to_bytes(None)),
        ("model.onnx", onnx),
    ];
    if let Some((picture, expected)) = &check {
        files.push((check_picture::PICTURE, picture.clone()));
        files.push((check_picture::EXPECTED, canonical_json(expected)));
    }
    for (name, bytes) in &files {
        let hash = format!("{:x}", Sha256::digest(bytes));
        metadata.sha256.insert((*name).into(), hash);
    }
    let card = ModelCard {
        metadata: &metadata,
        preprocess: &preprocess,
        data,
        onnx_difference,
        has_check_picture: check.is_some(),
        headline: plan.data.headline.describe(&data.classes),
    }
    .render()?;
    files.extend([
        ("preprocess.json", canonical_json(&preprocess)),
        ("metadata.json", canonical_json(&metadata)),
        ("MODEL_CARD.md", card.into_bytes()),
    ]);
    write_together(to, &files)?;
    Ok(Exported {
        metadata,
        onnx_difference,
    })
}

/// The study that a run's directory lies in, and what the run is.
fn find_run(run: &Path) -> Result<(StudyDirectory, RunSpec), ExportError> {
    if PLAN.exists(run) {
        let study = StudyDirectory::new(run);
        return match recommended(&study)? {
            Some(spec) => Ok((study, spec)),
            None => Err(ExportError::IsStudy {
                advice: advice(&study)?,
            }),
        };
    }
    let absolute = std::path::absolute(run).map_err(at("find", run))?;
    let study = absolute.parent().and_then(Path::parent);
    let study = StudyDirectory::new(study.unwrap_or(Path::new(".")));
    let plan = study.plan().map_err(|source| ExportError::NoRun {
        path: run.into(),
        source,
    })?;
    let id = absolute
        .file_name()
        .map(|n| n.to_string_lossy().into_owned());
    let spec = plan.runs.into_iter().find(|r| Some(&r.id) == id.as_ref());
    let spec = spec.ok_or_else(|| ExportError::Foreign {
        path: run.into(),
        study: study.path().into(),
    })?;
    Ok((study, spec))
}

/// The first finished run of the arm that the verdict of a study recommends.
fn recommended(study: &StudyDirectory) -> Result<Option<RunSpec>, ExportError> {
    let results: Option<Results> = RESULTS.read(study.path())?.map(|sealed| sealed.value);
    let Some(label) = results.and_then(|r| r.verdict.recommended) else {
        return Ok(None);
    };
    let mut runs = study.plan()?.runs.into_iter();
    Ok(runs.find(|run| run.label == label && RUN_RESULT.exists(study.run(run).path())))
}

/// What to name where a study was named that recommends no run.
fn advice(study: &StudyDirectory) -> Result<String, ExportError> {
    let plan: StudyPlan = study.plan()?;
    let is_done = |run: &&RunSpec| RUN_RESULT.exists(study.run(run).path());
    Ok(match plan.runs.iter().find(is_done) {
        Some(run) => format!(
            "{} is a study whose verdict recommends no arm; name one of its runs, for example {} ({})",
            study.path().display(),
            study.run(run).path().display(),
            run.label,
        ),
        None => format!(
            "{} is a study without a finished run",
            study.path().display()
        ),
    })
}

fn refuse_existing(to: &Path) -> Result<(), ExportError> {
    let entries = match std::fs::read_dir(to) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        found => found.map_err(at("write to", to))?,
    };
    match entries.count() {
        0 => Ok(()),
        _ => Err(ExportError::Occupied { path: to.into() }),
    }
}

/// Largest difference in a probability between `model` and the ONNX file in an independent
/// runtime, on made-up images, one by one and several at once.
fn difference(
    model: &Model,
    task: Task,
    onnx: &[u8],
    preprocess: &Preprocess,
) -> Result<f64, ExportError> {
    let mut largest: f64 = 0.0;
    for batch in [1, 3] {
        let shape = preprocess.input().batch(batch);
        let pixels: Vec<f32> = (0..shape.iter().product::<usize>())
            .map(|i| (2.0 * (0.618 * i as f64).sin() + (0.0137 * i as f64).cos()) as f32)
            .collect();
        let logits = model.forward(&Maps::new(shape, pixels.clone()));
        let ours = probabilities(&logits, task);
        let (_, theirs) = agreement(onnx, (&pixels, shape))?;
        if ours.len() != theirs.len() {
            return Err(ExportError::Outputs {
                expected: ours.len(),
                found: theirs.len(),
            });
        }
        for (a, b) in ours.iter().zip(&theirs) {
            largest = largest.max((a - f64::from(*b)).abs());
            // A NaN on either side is no agreement.
            if !(a - f64::from(*b)).is_finite() {
                largest = f64::INFINITY;
            }
        }
    }
    Ok(largest)
}

/// Writes all files into a directory beside `to` that takes its name once it is whole.
fn write_together(to: &Path, files: &[(&str, Vec<u8>)]) -> Result<(), ExportError> {
    let parent = to
        .parent()
        .filter(|p| !p.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    std::fs::create_dir_all(parent).map_err(at("create", parent))?;
    let temporary = tempfile::Builder::new()
        .prefix(".part-")
        .tempdir_in(parent)
        .map_err(at("write in", parent))?;
    for (name, bytes) in files {
        write(&temporary.path().join(name), bytes)?;
    }
    #[cfg(unix)]
    std::fs::set_permissions(
        temporary.path(),
        std::os::unix::fs::PermissionsExt::from_mode(0o755),
    )
    .map_err(at("write", temporary.path()))?;
    // An empty directory may stand there: rename replaces it.
    let whole: PathBuf = temporary.keep();
    std::fs::rename(&whole, to).map_err(at("write", to))
}

/// The error of something that was done at a path.
fn at(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> ExportError {
    let path = path.to_path_buf();
    move |source| ExportError::Io {
        action,
        path,
        source,
    }
}
