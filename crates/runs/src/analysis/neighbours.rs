//! What the nearest pictures say: the AUC of every block's features without any training of a head.

use std::sync::atomic::AtomicBool;

use engine::Model;
use images::Partition;
use stats::NearestNeighbours;
use study::OpenStudy;

use super::failure::AnalysisFailure;
use crate::probe::{Features, KnownLabels};
use crate::training::TrainingPictures;

/// Similarity by which a vote's weight grows e-fold (Matsoukas and others 2022).
const TEMPERATURE: f64 = 0.1;

/// Test AUC of the `k` nearest neighbours, at least 1, on the features of every block of `model`
/// but the head: the training pictures of the run vote, by the cosine of a block's output averaged
/// over positions ([`NearestNeighbours`]). None where features are no finite numbers or the AUC is
/// undefined; nothing at all once `stop` is set.
///
/// It says what can be told apart by nearness in a block's features, not what the blocks above make
/// of them, nor what lies in the positions that are averaged away.
pub fn neighbour_aucs(
    model: &Model,
    study: &OpenStudy,
    pictures: &TrainingPictures,
    k: usize,
    stop: &AtomicBool,
) -> Result<Option<Vec<Option<f64>>>, AnalysisFailure> {
    let data = &study.plan.data;
    let examples = [&pictures.examples[..], &data.split.test].concat();
    let samples = study.cache.frame().samples();
    let blocks: Vec<usize> = (0..model.network().blocks.len() - 1).collect();
    let feed = &pictures.feed;
    let features = Features::extract(model, feed, &examples, samples, &blocks, stop, |_| ())?;
    let (train, test) = {
        let voters = pictures.examples.len();
        let all: Vec<usize> = (0..examples.len()).collect();
        (all[..voters].to_vec(), all[voters..].to_vec())
    };
    let labels = pictures.examples.iter();
    let labels = labels.map(|i| &study.dataset.examples[*i].label);
    let labels = KnownLabels::new(labels, data.task, data.described.classes.len());
    let auc = |features: &Features| {
        let voters = NearestNeighbours::new(features.of(&train), labels.view()).ok()?;
        let scores = voters.scores(features.of(&test), k, TEMPERATURE).ok()?;
        study.auc(Partition::Test, &scores).ok()
    };
    let of_block = |f: &Features| f.is_finite().then(|| auc(f)).flatten();
    Ok(features.map(|features| features.iter().map(of_block).collect()))
}
