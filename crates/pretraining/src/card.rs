//! What the weights of a pretraining say about themselves.

use networks::{Card, Normalisation, Weights, WithoutLabels};
use record::names::MODEL;
use record::{FinishedRun, StudyDirectory};
use self_supervision::Learned;
use stats::ClassScores;
use study::{OpenData, OpenStudy, class_labels};

use super::error::PretrainingError;
use super::spec::PretrainSpec;

/// The weights of a finished pretraining run with their card: accuracy on the source test
/// pictures, recipe and scaling.
pub fn pretrained(
    study: &OpenStudy,
    directory: &StudyDirectory,
    recipe: &str,
) -> Result<(Weights, Card), PretrainingError> {
    let plan = &study.plan;
    let (spec, model, data) = (&plan.runs[0], &plan.models[0], &plan.data.described);
    let run = directory.run(spec);
    let finished = FinishedRun::open(&run, &spec.id)?.ok_or(PretrainingError::Unfinished)?;
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
