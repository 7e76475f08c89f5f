//! Batches of training and evaluation.

use std::sync::Arc;

use rayon::prelude::*;
use streams::stream;

pub use crate::order::{epoch_order, step_indices};

use crate::album::Album;
use crate::augment::Augmentation;
use crate::cache::Cache;
use crate::dataset::Dataset;
use crate::error::UnreadableImage;
use crate::label::Label;
use crate::normalisation::Normalisation;
use crate::order::Orders;
use crate::placement::Placement;

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

/// Some pictures, for who makes a [`Batch`] of them from an [`Album`]: placed, then normalised.
#[derive(Clone, Debug, PartialEq)]
pub struct PlacedBatch {
    /// Training step, from 0.
    pub step: u64,
    /// Where the pixels of each picture come from.
    pub placements: Vec<Placement>,
    /// One a picture.
    pub labels: Vec<Label>,
    /// Index of each picture in `Dataset::examples`, and in the album.
    pub indices: Vec<usize>,
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

    /// The pictures as they are stored, where batches can be made from that.
    pub fn album(&self) -> Option<Album> {
        Album::of(&self.cache)
    }

    /// How samples are normalised.
    pub fn normalisation(&self) -> &Normalisation {
        &self.normalisation
    }

    /// Whether training changes no colour, but only places pictures.
    pub fn only_places(&self) -> bool {
        let changes = self.augmentation.colour_changes(&self.cache.frame());
        !changes.contains(&true)
    }

    /// The batch of training step `step`, augmented: a pure function of its arguments.
    pub fn training_batch(
        &self,
        train: &[usize],
        batch_size: usize,
        seed: u64,
        step: u64,
    ) -> Result<Batch, UnreadableImage> {
        self.training(&mut Orders::new(train, batch_size, seed), step)
    }

    pub(crate) fn training(
        &self,
        orders: &mut Orders,
        step: u64,
    ) -> Result<Batch, UnreadableImage> {
        let (seed, first) = (orders.seed, orders.positions(step).start);
        self.batch(step, orders.step(step), |position, pixels| {
            let mut rng = stream(seed, "augment", first + position as u64);
            self.augmentation
                .apply(pixels, &self.cache.frame(), &mut rng);
        })
    }

    /// What the batch of training step `step` is made from, where that
    /// [only places](Self::only_places) pictures of the [`album`](Self::album): by the same draws.
    pub fn training_placements(
        &self,
        train: &[usize],
        batch_size: usize,
        seed: u64,
        step: u64,
    ) -> Result<PlacedBatch, UnreadableImage> {
        self.placements(&mut Orders::new(train, batch_size, seed), step)
    }

    pub(crate) fn placements(
        &self,
        orders: &mut Orders,
        step: u64,
    ) -> Result<PlacedBatch, UnreadableImage> {
        let indices = orders.step(step);
        self.check(&indices)?;
        let draw = |position| {
            let mut rng = stream(orders.seed, "augment", position);
            self.augmentation.placement(&mut rng)
        };
        Ok(PlacedBatch {
            step,
            placements: orders.positions(step).map(draw).collect(),
            labels: self.labels(&indices),
            indices,
        })
    }

    /// The pictures `indices` in this order, not augmented.
    pub fn evaluation_batch(&self, step: u64, indices: &[usize]) -> Result<Batch, UnreadableImage> {
        self.batch(step, indices.to_vec(), |_, _| {})
    }

    /// Refuses pictures that are unreadable: the first of `indices`.
    pub fn check(&self, indices: &[usize]) -> Result<(), UnreadableImage> {
        match indices.iter().find_map(|&index| self.cache.failure(index)) {
            Some(unreadable) => Err(unreadable),
            None => Ok(()),
        }
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
        Ok(Batch {
            step,
            pixels,
            labels: self.labels(&indices),
            indices,
        })
    }

    fn labels(&self, indices: &[usize]) -> Vec<Label> {
        let labels = indices.iter().map(|&index| self.labels[index].clone());
        labels.collect()
    }
}
