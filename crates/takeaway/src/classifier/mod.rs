//! A trained network ready to judge pictures: from an exported model, a run, or published weights.

mod imagenet;
mod pictures;
mod questions;
mod source;

pub use pictures::{Picture, PicturesError, find_pictures};
pub use questions::{Answer, Questions};
pub use source::SourceError;

use engine::{Maps, Model};
use formats::decode::{MAX_FILE_BYTES, decode, read_bounded};
use images::{ImageError, Task};
use rayon::prelude::*;

use crate::export::Preprocess;
use runs::memory::free_mib;
use runs::training::probabilities;

/// Most pictures that go through a network at once.
const LARGEST_BATCH: usize = 64;
/// Share of the free memory that a batch may take.
const MEMORY_SHARE: f64 = 0.25;

/// A network with everything that turns a picture into probabilities.
#[derive(Debug)]
pub struct Classifier {
    /// What it is, for messages.
    pub name: String,
    /// The network with its weights.
    pub model: Model,
    /// From a picture to what the network reads.
    pub preprocess: Preprocess,
    /// Classes, grades or findings, by index.
    pub classes: Vec<String>,
    /// The kind of question.
    pub task: Task,
    /// The study's own questions; none of published weights.
    pub questions: Option<Questions>,
    /// What the user has to know, such as an assumed preprocessing.
    pub warnings: Vec<String>,
}

impl Classifier {
    /// Pictures that go through the network at once: as many as a quarter of the free memory
    /// holds, were every layer's output kept; 1 to 64.
    pub fn batch_size(&self) -> usize {
        let per_picture = self
            .model
            .network()
            .cost()
            .map_or(1, |cost| cost.activations)
            * 4;
        let Some(free) = free_mib() else {
            return 1;
        };
        let held = free * MEMORY_SHARE * f64::from(1 << 20) / per_picture.max(1) as f64;
        (held as usize).clamp(1, LARGEST_BATCH)
    }

    /// Probabilities of each picture, by class; or why a picture cannot be judged.
    pub fn judge(&self, pictures: &[Picture]) -> Vec<Result<Vec<f64>, ImageError>> {
        let read = |picture: &Picture| {
            let bytes = read_bounded(&picture.path, MAX_FILE_BYTES)?;
            self.preprocess.apply(&decode(&bytes)?)
        };
        let pixels: Vec<Result<Vec<f32>, ImageError>> = pictures.par_iter().map(read).collect();
        let whole: Vec<f32> = pixels.iter().flatten().flatten().copied().collect();
        let count = pixels.iter().flatten().count();
        let mut rows = match count {
            0 => Vec::new(),
            _ => self.probabilities(whole, count),
        }
        .into_iter();
        let judged = pixels
            .into_iter()
            .map(|pixels| pixels.map(|_| rows.by_ref().take(self.classes.len()).collect()));
        judged.collect()
    }

    /// `[count, classes]` of preprocessed pictures.
    fn probabilities(&self, pixels: Vec<f32>, count: usize) -> Vec<f64> {
        let pixels = Maps::new(self.preprocess.input().batch(count), pixels);
        probabilities(&self.model.forward(&pixels), self.task)
    }
}
