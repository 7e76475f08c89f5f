//! Features of pictures: what one block sees.

use std::sync::atomic::{AtomicBool, Ordering};

use engine::Model;
use images::{Feed, UnreadableImage};
use stats::FeatureRows;

use crate::training::{batch_size, pixels};

/// Features `[pictures, channels]`, row-major: what a block puts out for a picture, averaged over
/// positions.
#[derive(Clone, Debug, PartialEq)]
pub struct Features {
    channels: usize,
    values: Vec<f32>,
}

impl Features {
    /// Takes `values` `[pictures, channels]`; `channels` is at least 1.
    pub fn new(channels: usize, values: Vec<f32>) -> Self {
        assert!(
            channels > 0 && values.len().is_multiple_of(channels),
            "{} values in rows of {channels}",
            values.len()
        );
        Self { channels, values }
    }

    /// Features of the pictures `examples` at the chosen `blocks`, by index, from one forward pass
    /// a picture. None once `stop` is set. `done` is told how many pictures are through.
    pub fn extract(
        model: &Model,
        feed: &Feed,
        examples: &[usize],
        samples: usize,
        blocks: &[usize],
        stop: &AtomicBool,
        done: impl Fn(usize),
    ) -> Result<Option<Vec<Self>>, UnreadableImage> {
        let mut all: Vec<Vec<f32>> = vec![Vec::new(); blocks.len()];
        let mut seen = 0;
        for (step, indices) in examples.chunks(batch_size(samples)).enumerate() {
            if stop.load(Ordering::Relaxed) {
                return Ok(None);
            }
            let found = model.features(&pixels(model, feed, step as u64, indices)?);
            for (values, block) in all.iter_mut().zip(blocks) {
                values.extend(&found[*block]);
            }
            seen += indices.len();
            done(seen);
        }
        let pictures = examples.len().max(1);
        let features = all.into_iter().map(|v| Self::new(v.len() / pictures, v));
        Ok(Some(features.collect()))
    }

    /// Width of a row.
    pub fn channels(&self) -> usize {
        self.channels
    }

    /// Height: pictures.
    pub fn pictures(&self) -> usize {
        self.values.len() / self.channels
    }

    /// All values, row by row.
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    /// The features of one picture `[channels]`.
    pub fn row(&self, picture: usize) -> &[f32] {
        &self.values[picture * self.channels..(picture + 1) * self.channels]
    }

    /// The pictures `rows`, which are some of these and have finite features, for a classifier.
    pub fn of<'a>(&'a self, rows: &'a [usize]) -> FeatureRows<'a> {
        FeatureRows::new(&self.values, self.channels, rows).expect("finite features of pictures")
    }

    /// Whether every value is a finite number.
    pub fn is_finite(&self) -> bool {
        self.values.iter().all(|v| v.is_finite())
    }
}
