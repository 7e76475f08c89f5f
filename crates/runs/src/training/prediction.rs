//! Probabilities for pictures.

use engine::{Maps, Model, Pictures, Placed};
use images::{Feed, Task, UnreadableImage};

/// Most numbers of input that go through the network at once.
const BATCH_VALUES: usize = 1 << 20;
/// The same on a device that holds the pictures: enough to keep a large one busy.
const HELD_VALUES: usize = 1 << 24;

/// Probabilities `[examples, classes]` of the pictures `examples`, in f64 from the logits: softmax
/// over classes, or the logistic function for each finding.
pub fn predict(
    model: &Model,
    feed: &Feed,
    task: Task,
    examples: &[usize],
    samples: usize,
) -> Result<Vec<f64>, UnreadableImage> {
    let classes = model.network().classes;
    let mut all = Vec::with_capacity(examples.len() * classes);
    for (step, indices) in examples.chunks(batch_size(samples)).enumerate() {
        let logits = model.forward(&pixels(model, feed, step as u64, indices)?);
        all.extend(probabilities(&logits, task));
    }
    Ok(all)
}

/// The same, where the device of `model` holds the pictures of `feed`.
pub(crate) fn predict_held(
    model: &Model,
    feed: &Feed,
    task: Task,
    examples: &[usize],
    samples: usize,
) -> Result<Vec<f64>, UnreadableImage> {
    feed.check(examples)?;
    let batches = examples.chunks(held_batch_size(samples));
    let batch = |indices: &[usize]| {
        let placed: Vec<Placed> = indices.iter().copied().map(Placed::still).collect();
        probabilities(&model.forward(Pictures::Placed(&placed)), task)
    };
    Ok(batches.flat_map(batch).collect())
}

/// Pictures of `samples` numbers each that go through a network at once.
pub fn batch_size(samples: usize) -> usize {
    (BATCH_VALUES / samples.max(1)).clamp(1, 128)
}

/// The same on a device that holds the pictures.
pub(crate) fn held_batch_size(samples: usize) -> usize {
    (HELD_VALUES / samples.max(1)).clamp(1, 256)
}

/// The pictures `indices`, not augmented, as `model` reads them:
/// `[indices, channels, height, width]`.
pub fn pixels(
    model: &Model,
    feed: &Feed,
    step: u64,
    indices: &[usize],
) -> Result<Maps, UnreadableImage> {
    let shape = model.network().input.batch(indices.len());
    let batch = feed.evaluation_batch(step, indices)?;
    Ok(Maps::new(shape, batch.pixels))
}

/// Probabilities `[batch, classes]` of `logits` `[batch, classes, 1, 1]`, in f64: softmax over classes, or the logistic
/// function for each finding.
pub fn probabilities(logits: &Maps, task: Task) -> Vec<f64> {
    let rows = logits.values().chunks_exact(logits.shape().channels);
    match task {
        Task::Multilabel => logits
            .values()
            .iter()
            .map(|x| stats::expit(f64::from(*x)))
            .collect(),
        _ => rows.flat_map(softmax).collect(),
    }
}

/// Logits are taken relative to the largest in `f32`, as they are stored.
fn softmax(logits: &[f32]) -> Vec<f64> {
    let largest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let mut probabilities: Vec<f64> = logits.iter().map(|x| f64::from(x - largest)).collect();
    stats::softmax(&mut probabilities);
    probabilities
}
