//! Pretraining: a source network, trained by the same loop as any run or without labels, kept with
//! its card.

use std::path::Path;

use anyhow::Context as _;
use images::Fit;
use networks::{Card, Normalisation, Weights, WithoutLabels};
use self_supervision::{Learned, SimSiam};
use serde::Deserialize;
use stats::ClassScores;

use record::names::MODEL;
use record::{FinishedRun, StudyDirectory};
use study::{
    CompareSpec, DataSpec, GridSpec, InitEntry, ModelEntry, OpenData, OpenStudy, ReportSpec, Seeds,
    StudyError, StudySpec, TrainSize, TrainSpec, WrittenRange, check, class_labels,
};

/// A pretraining configuration.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PretrainSpec {
    /// The network.
    pub model: ModelEntry,
    /// The source task.
    pub data: DataSpec,
    /// What it learns from.
    #[serde(default)]
    pub pretrain: Method,
    /// How it is trained.
    #[serde(default)]
    pub train: TrainSpec,
}

/// `[pretrain]`: what a network learns from.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "method", rename_all = "lowercase", deny_unknown_fields)]
pub enum Method {
    /// Labels, of exclusive classes.
    Supervised {},
    /// Pairs of views of every picture, without labels.
    Simsiam(SimSiam),
}

impl Default for Method {
    fn default() -> Self {
        Self::Supervised {}
    }
}

impl PretrainSpec {
    /// Refuses data that the card of the weights cannot state.
    pub fn check_data(&self) -> Result<(), StudyError> {
        let data = &self.data;
        let is_full = matches!(data.range, None | Some(WrittenRange::Full));
        if !data.size.is_square() || data.fit != Fit::Stretch || !is_full {
            return Err(StudyError::Value {
                field: "data",
                expected: "for pretraining, a square `size`, fit = \"stretch\" and range = \"full\": all that the card of the weights can state".into(),
                found: format!("size {}, fit \"{}\"", data.size, data.fit.word()),
            });
        }
        if let Some(folds) = data.folds {
            return Err(StudyError::Value {
                field: "data.folds",
                expected: "one split for pretraining: one network leaves it".into(),
                found: folds.to_string(),
            });
        }
        Ok(())
    }

    /// The study of one run that pretraining with labels is.
    pub fn into_study(self) -> Result<StudySpec, StudyError> {
        if self.data.task != images::Task::Multiclass {
            return Err(StudyError::Value {
                field: "data.task",
                expected: "\"multiclass\": a source task has exclusive classes".into(),
                found: format!("{:?}", self.data.task).to_lowercase(),
            });
        }
        self.check_data()?;
        Ok(StudySpec {
            title: format!(
                "Pretraining {} on {}",
                self.model.choice.label(),
                self.data.source
            ),
            data: self.data,
            grid: GridSpec {
                model: vec![self.model],
                init: vec![InitEntry(initialisation::Initialisation::random())],
                regime: None,
                train_size: vec![TrainSize::All],
                seeds: Seeds::Count(1),
                without_weights: Default::default(),
            },
            train: self.train,
            tune: None,
            compare: CompareSpec {
                thresholds: Vec::new(),
                ..CompareSpec::default()
            },
            weights: Default::default(),
            probe: None,
            analysis: None,
            reporting: Default::default(),
            report: ReportSpec::default(),
            cluster: Default::default(),
        })
    }

    /// Checks the configuration against its data.
    pub fn check(self, base: &Path) -> Result<OpenStudy, anyhow::Error> {
        check(&self.into_study()?, base)
    }
}

/// The weights of a finished pretraining run with their card: accuracy on the source test
/// pictures, recipe and scaling.
pub fn pretrained(
    study: &OpenStudy,
    directory: &StudyDirectory,
    recipe: &str,
) -> Result<(Weights, Card), anyhow::Error> {
    let plan = &study.plan;
    let (spec, model, data) = (&plan.runs[0], &plan.models[0], &plan.data.described);
    let run = directory.run(spec);
    let finished = FinishedRun::open(&run, &spec.id)?.context("the run is not finished")?;
    let table = finished.predictions(plan)?;
    let test = table.part(images::Partition::Test.name())?;
    let scores = ClassScores::new(&test.probabilities, data.classes.len())?;
    let labels = class_labels(&test.labels);
    let weights = finished.weights(MODEL)?;
    let card = Card {
        network: model.described.choice.clone(),
        channels_in: data.channels,
        classes: data.classes.len(),
        source: data.name.clone(),
        source_images: Some(spec.train_size),
        size: data.size.height,
        top1: Some(stats::accuracy(&scores, &labels)?),
        top5: Some(top(5, &scores, &labels)),
        without_labels: None,
        normalisation: Normalisation {
            mean: model.normalisation.mean.clone(),
            std: model.normalisation.std.clone(),
        },
        recipe: recipe.into(),
        property: data.property.clone(),
        data_sha256: data.sha256.clone(),
        version: plan.version.clone(),
    };
    Ok((weights, card))
}

/// The card of weights that were learned from `data` without labels: in place of an accuracy of the
/// source task, which there is none of, what the learning came to.
pub fn card_without_labels(
    spec: &PretrainSpec,
    data: &OpenData,
    normalisation: &images::Normalisation,
    learned: &Learned,
    recipe: &str,
) -> Card {
    let described = &data.described;
    let look = &learned.look;
    let train = &spec.train;
    Card {
        network: spec.model.choice.clone(),
        channels_in: described.channels,
        classes: 0,
        source: format!("{}, without labels", described.name),
        source_images: Some(data.split.train.len()),
        size: described.size.height,
        top1: None,
        top5: None,
        without_labels: Some(WithoutLabels {
            method: "simsiam".into(),
            steps: look.step,
            batch_size: train.batch_size.min(data.split.train.len()),
            loss: look.loss.unwrap_or_default(),
            spread: look.spread.unwrap_or_default(),
            is_collapsed: look.is_collapsed(),
            neighbours: look.neighbours,
            majority: learned.majority,
        }),
        normalisation: Normalisation {
            mean: normalisation.mean.clone(),
            std: normalisation.std.clone(),
        },
        recipe: recipe.into(),
        property: described.property.clone(),
        data_sha256: described.sha256.clone(),
        version: env!("CARGO_PKG_VERSION").into(),
    }
}

/// Share of cases whose label is among the `k` highest scores; ties count for the label.
fn top(k: usize, scores: &ClassScores, labels: &[usize]) -> f64 {
    let is_among =
        |(row, label): (&[f64], &usize)| row.iter().filter(|s| **s > row[*label]).count() < k;
    let hits = scores
        .rows()
        .zip(labels)
        .filter(|pair| is_among(*pair))
        .count();
    hits as f64 / labels.len() as f64
}
