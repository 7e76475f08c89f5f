//! Batches, prepared on a background thread ahead of training.

use std::ops::Range;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};

use rand::seq::SliceRandom as _;
use rayon::prelude::*;

use crate::augment::Augmentation;
use crate::cache::Cache;
use crate::dataset::Dataset;
use crate::error::UnreadableImage;
use crate::label::Label;
use crate::normalisation::Normalisation;
use streams::stream;

/// Batches that wait ready for training.
const AHEAD: usize = 3;

/// Some pictures, ready for a network.
#[derive(Clone, Debug, PartialEq)]
pub struct Batch {
    /// Training step, or position of an evaluation batch, from 0.
    pub step: u64,
    /// Normalised samples, `[n, channels, height, width]`.
    pub pixels: Vec<f32>,
    /// One a picture.
    pub labels: Vec<Label>,
    /// Index of each picture in `Dataset::examples`.
    pub indices: Vec<usize>,
}

/// The order of one epoch: `indices`, shuffled by the stream of `seed` and `epoch`.
pub fn epoch_order(indices: &[usize], seed: u64, epoch: u64) -> Vec<usize> {
    let mut order = indices.to_vec();
    order.shuffle(&mut stream(seed, "epoch order", epoch));
    order
}

/// The pictures of training step `step`, of `batch_size` each, over the endless sequence of epoch
/// orders: every batch is full, and one may reach from an epoch into the next. A training set
/// smaller than `batch_size` is a batch of its own.
pub fn step_indices(train: &[usize], batch_size: usize, seed: u64, step: u64) -> Vec<usize> {
    let mut indices = Vec::new();
    let mut order = (u64::MAX, Vec::new());
    for position in step_positions(train.len(), batch_size, step) {
        let (epoch, at) = (position / train.len() as u64, position % train.len() as u64);
        if order.0 != epoch {
            order = (epoch, epoch_order(train, seed, epoch));
        }
        indices.push(order.1[at as usize]);
    }
    indices
}

/// Positions of a step's pictures in the sequence of all epochs.
fn step_positions(train: usize, batch_size: usize, step: u64) -> Range<u64> {
    let size = batch_size.min(train) as u64;
    step * size..(step + 1) * size
}

/// Everything a batch is made from.
#[derive(Clone)]
pub struct Feed {
    cache: Arc<Cache>,
    labels: Arc<[Label]>,
    normalisation: Normalisation,
    augmentation: Augmentation,
}

impl Feed {
    /// Pictures of `cache` with the labels of `dataset`, which it was built from.
    pub fn new(
        cache: Arc<Cache>,
        dataset: &Dataset,
        normalisation: Normalisation,
        augmentation: Augmentation,
    ) -> Self {
        let labels = dataset
            .examples
            .iter()
            .map(|example| example.label.clone())
            .collect();
        Self {
            cache,
            labels,
            normalisation,
            augmentation,
        }
    }

    /// The batch of training step `step`, augmented: a pure function of its arguments.
    pub fn training_batch(
        &self,
        train: &[usize],
        batch_size: usize,
        seed: u64,
        step: u64,
    ) -> Result<Batch, UnreadableImage> {
        let indices = step_indices(train, batch_size, seed, step);
        let first = step_positions(train.len(), batch_size, step).start;
        self.batch(step, indices, |position, pixels| {
            let mut rng = stream(seed, "augment", first + position as u64);
            self.augmentation
                .apply(pixels, &self.cache.frame(), &mut rng);
        })
    }

    /// The pictures `indices` in this order, not augmented.
    pub fn evaluation_batch(&self, step: u64, indices: &[usize]) -> Result<Batch, UnreadableImage> {
        self.batch(step, indices.to_vec(), |_, _| {})
    }

    fn batch(
        &self,
        step: u64,
        indices: Vec<usize>,
        change: impl Fn(usize, &mut [f32]) + Sync,
    ) -> Result<Batch, UnreadableImage> {
        let samples = self.cache.frame().samples();
        let mut pixels = vec![0.0; indices.len() * samples];
        pixels
            .par_chunks_exact_mut(samples)
            .zip(&indices)
            .enumerate()
            .map(|(position, (pixels, &index))| {
                self.cache.load(index, pixels)?;
                change(position, pixels);
                self.normalisation.apply(pixels);
                Ok(())
            })
            // The first failure by position, whichever thread was first.
            .collect::<Vec<Result<(), UnreadableImage>>>()
            .into_iter()
            .collect::<Result<(), _>>()?;
        let labels = indices
            .iter()
            .map(|&index| self.labels[index].clone())
            .collect();
        Ok(Batch {
            step,
            pixels,
            labels,
            indices,
        })
    }
}

/// Batches in order, prepared in the background until the loader is dropped. An unreadable picture
/// ends the sequence with an error.
pub struct Loader {
    ready: Receiver<Result<Batch, UnreadableImage>>,
}

impl Loader {
    /// Batches in memory while one of them is used: those that wait, and the next one, made.
    pub const HELD: usize = AHEAD + 2;

    /// Training batches for `steps`. `threads` prepare each batch (0 = one a core).
    pub fn training(
        feed: &Feed,
        train: &[usize],
        batch_size: usize,
        seed: u64,
        steps: Range<u64>,
        threads: usize,
    ) -> Self {
        let (feed, train) = (feed.clone(), train.to_vec());
        let make = move |step| feed.training_batch(&train, batch_size, seed, step);
        Self::start(steps, threads, make)
    }

    /// Evaluation batches over `indices` in order; the last one may be smaller.
    pub fn evaluation(feed: &Feed, indices: &[usize], batch_size: usize, threads: usize) -> Self {
        let (feed, indices) = (feed.clone(), indices.to_vec());
        let size = batch_size.max(1);
        let steps = 0..indices.len().div_ceil(size) as u64;
        Self::start(steps, threads, move |step| {
            let first = step as usize * size;
            let last = (first + size).min(indices.len());
            feed.evaluation_batch(step, &indices[first..last])
        })
    }

    fn start(
        steps: Range<u64>,
        threads: usize,
        make: impl Fn(u64) -> Result<Batch, UnreadableImage> + Send + Sync + 'static,
    ) -> Self {
        let (ready, receiver) = sync_channel(AHEAD);
        std::thread::spawn(move || {
            let pool = rayon::ThreadPoolBuilder::new()
                .num_threads(threads)
                .build()
                .ok();
            for step in steps {
                let batch = match &pool {
                    Some(pool) => pool.install(|| make(step)),
                    None => make(step),
                };
                let last = batch.is_err();
                // A closed channel means that nobody waits any more.
                if ready.send(batch).is_err() || last {
                    return;
                }
            }
        });
        Self { ready: receiver }
    }
}

impl Iterator for Loader {
    type Item = Result<Batch, UnreadableImage>;

    fn next(&mut self) -> Option<Self::Item> {
        self.ready.recv().ok()
    }
}
