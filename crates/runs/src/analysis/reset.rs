//! How much a trained network needs what training made of each block: one block at a time is set
//! back, and the test AUC measured again (Zhang, Bengio and Singer 2022).

use std::sync::atomic::{AtomicBool, Ordering};

use engine::Model;
use images::{Partition, stream};
use initialisation::{Initialisation, initialise};
use networks::{Network, Weights};

use super::failure::AnalysisFailure;
use crate::training::{RunFailure, TrainingPictures, batch_size, pixels, probabilities};
use study::OpenStudy;

/// Test AUCs of a network, each none where it is undefined.
#[derive(Clone, Debug, PartialEq)]
pub struct Replaced {
    /// As it is.
    pub intact: Option<f64>,
    /// `[blocks but the head][others]`: with this block alone taken from that other network.
    pub blocks: Vec<Vec<Option<f64>>>,
}

/// Test AUC of `trained` as it is, and with each block but the head in turn replaced by that of each
/// of `others`, networks of the same shape: all tensors of the block, running statistics included.
/// The head stays. Nothing once `stop` is set.
///
/// A fall says that the blocks above need what training made of this one. It is no share of what
/// the network learnt there: the blocks above were trained on the block's output and are not
/// trained again, nor are the statistics of batch norms above measured anew.
pub fn replaced(
    trained: &Model,
    others: &[&Model],
    study: &OpenStudy,
    pictures: &TrainingPictures,
    stop: &AtomicBool,
) -> Result<Option<Replaced>, AnalysisFailure> {
    let data = &study.plan.data;
    let samples = study.cache.frame().samples();
    let blocks = trained.network().blocks.len() - 1;
    let mut intact = Vec::new();
    let mut changed = vec![vec![Vec::new(); others.len()]; blocks];
    for (step, indices) in data.split.test.chunks(batch_size(samples)).enumerate() {
        // What enters a block is the same however the block is set back, so it is computed once.
        let mut x = pixels(trained, &pictures.feed, step as u64, indices)?;
        for (block, changed) in changed.iter_mut().enumerate() {
            if stop.load(Ordering::Relaxed) {
                return Ok(None);
            }
            for (found, other) in changed.iter_mut().zip(others) {
                let logits = trained.logits_behind(block + 1, &other.block(block, &x));
                found.extend(probabilities(&logits, data.task));
            }
            x = trained.block(block, &x);
        }
        intact.extend(probabilities(&trained.logits_behind(blocks, &x), data.task));
    }
    let auc = |found: &Vec<f64>| study.auc(Partition::Test, found).ok();
    Ok(Some(Replaced {
        intact: auc(&intact),
        blocks: changed
            .iter()
            .map(|of| of.iter().map(auc).collect())
            .collect(),
    }))
}

/// Weights of `network` in random initialisation, from streams of `seed` named after `purpose` and the
/// tensor, which no run uses. Running
/// means are 0 and running variances 1, so that batch norms of such a block normalise nothing: its
/// output also has another scale than the one that the blocks above were trained on.
pub fn drawn_anew(network: &Network, purpose: &str, seed: u64) -> Result<Weights, RunFailure> {
    let streams = |path: &str| stream(seed, &format!("{purpose}/{path}"), 0);
    let (weights, _) = initialise(network, &Initialisation::random(), None, &streams)?;
    Ok(weights)
}
