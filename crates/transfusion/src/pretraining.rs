//! Pretraining: a source network trained by the same loop as any run, kept with its card.

use std::path::Path;

use anyhow::Context as _;
use images::Fit;
use networks::{Card, Normalisation, Weights};
use serde::Deserialize;
use stats::ClassScores;

use record::names::MODEL;
use record::{FinishedRun, StudyDirectory};
use study::{
    CompareSpec, DataSpec, GridSpec, InitEntry, ModelEntry, OpenStudy, ReportSpec, Seeds,
    StudyError, StudySpec, TrainSize, TrainSpec, WrittenRange, check, class_labels,
};

/// A pretraining configuration.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PretrainSpec {
    /// The network.
    pub model: ModelEntry,
    /// The source task: exclusive classes.
    pub data: DataSpec,
    /// How it is trained.
    #[serde(default)]
    pub train: TrainSpec,
}

impl PretrainSpec {
    /// The study of one run that pretraining is.
    pub fn into_study(self) -> Result<StudySpec, StudyError> {
        if self.data.task != images::Task::Multiclass {
            return Err(StudyError::Value {
                field: "data.task",
                expected: "\"multiclass\": a source task has exclusive classes".into(),
                found: format!("{:?}", self.data.task).to_lowercase(),
            });
        }
        // The card of the weights can state nothing else.
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
