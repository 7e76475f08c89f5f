//! A dataset: labelled pictures that are decoded one at a time, when asked for.

use std::sync::Arc;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::error::UnreadableImage;
use crate::label::{Label, Task};
use crate::pictures::{Chosen, Pictures};
use formats::ImageError;
use formats::image::Image;

/// A part of a dataset's official split.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Partition {
    /// Pictures to learn from.
    Train,
    /// Pictures to choose settings and stopping times on.
    Validation,
    /// Pictures to report on.
    Test,
}

impl Partition {
    /// All three, in this order.
    pub const ALL: [Partition; 3] = [Partition::Train, Partition::Validation, Partition::Test];

    /// `train`, `validation` or `test`.
    pub fn name(self) -> &'static str {
        match self {
            Partition::Train => "train",
            Partition::Validation => "validation",
            Partition::Test => "test",
        }
    }

    /// The partition that a folder or a table cell names, in any letter case.
    pub fn parse(name: &str) -> Option<Partition> {
        match name.to_ascii_lowercase().as_str() {
            "train" | "training" => Some(Partition::Train),
            "val" | "valid" | "validation" => Some(Partition::Validation),
            "test" | "testing" => Some(Partition::Test),
            _ => None,
        }
    }
}

/// One picture's entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// File name relative to the root with `/` between folders, or array and row (`train/12`).
    pub id: String,
    /// What is known about the picture.
    pub label: Label,
    /// Whose picture it is, where known.
    pub patient: Option<String>,
    /// Its part of the official split, where there is one.
    pub partition: Option<Partition>,
    /// What else the source says of it, in the order of [`Dataset::attributes`]; empty = unknown.
    pub attributes: Vec<String>,
    /// The named test set that it belongs to, by its place in [`Dataset::test_sets`]; such pictures
    /// have no partition.
    pub test_set: Option<usize>,
}

/// Labelled pictures of one source.
#[derive(Clone)]
pub struct Dataset {
    /// Name of the source, for example `retinamnist`.
    pub name: String,
    /// The kind of question.
    pub task: Task,
    /// Names of the classes (or findings, for [`Task::Multilabel`]) by index.
    pub classes: Vec<String>,
    /// Channels of the stored pictures: 1 (grey) or 3 (RGB), by the first readable one.
    pub channels: usize,
    /// Names of test sets beside the split's own: reported on apart, never chosen on.
    pub test_sets: Vec<String>,
    /// What the source says of every picture beside its label: `sex`, `age`, `site` and so on.
    pub attributes: Vec<String>,
    /// One entry a picture.
    pub examples: Vec<Example>,
    /// The pictures themselves, in the order of `examples`.
    pub pictures: Arc<dyn Pictures>,
}

impl std::fmt::Debug for Dataset {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Dataset")
            .field("name", &self.name)
            .field("task", &self.task)
            .field("classes", &self.classes)
            .field("channels", &self.channels)
            .field("examples", &self.examples.len())
            .finish_non_exhaustive()
    }
}

impl Dataset {
    /// A dataset over any source; `channels` is found by decoding the first readable picture.
    pub fn new(
        name: String,
        task: Task,
        classes: Vec<String>,
        examples: Vec<Example>,
        pictures: Arc<dyn Pictures>,
    ) -> Self {
        let channels = (0..examples.len())
            .find_map(|index| pictures.read(index).ok())
            .map_or(1, |image| image.channels);
        Self {
            name,
            task,
            classes,
            channels,
            test_sets: Vec::new(),
            attributes: Vec::new(),
            examples,
            pictures,
        }
    }

    /// Number of pictures.
    pub fn len(&self) -> usize {
        self.examples.len()
    }

    /// Whether there are no pictures.
    pub fn is_empty(&self) -> bool {
        self.examples.is_empty()
    }

    /// Decodes picture `index` at its stored size.
    pub fn image(&self, index: usize) -> Result<Image, UnreadableImage> {
        self.pictures
            .read(index)
            .map_err(|reason| self.unreadable(index, reason))
    }

    /// The pictures `indices` alone, in that order.
    pub fn only(&self, indices: &[usize]) -> Self {
        Self {
            examples: indices
                .iter()
                .map(|index| self.examples[*index].clone())
                .collect(),
            pictures: Arc::new(Chosen {
                pictures: Arc::clone(&self.pictures),
                indices: indices.into(),
            }),
            ..self.clone()
        }
    }

    /// Decodes every picture and returns all that cannot be, by index.
    pub fn check(&self) -> Vec<UnreadableImage> {
        (0..self.len())
            .into_par_iter()
            .filter_map(|index| self.image(index).err())
            .collect()
    }

    /// SHA-256, in hexadecimal, over the decoder, the classes and every picture's id, label,
    /// patient, partition and the digest of its content; for a picture whose bytes cannot be read,
    /// the reason stands for that digest.
    pub fn content_hash(&self) -> String {
        let entries: Vec<_> = (0..self.len())
            .into_par_iter()
            .map(|index| match self.pictures.digest(index) {
                Ok(digest) => self.entry_hash(index, &digest),
                Err(reason) => self.entry_hash(index, reason.to_string().as_bytes()),
            })
            .collect();
        let mut hash = Sha256::new();
        field(&mut hash, self.pictures.decoder().as_bytes());
        field(&mut hash, format!("{:?}", self.task).as_bytes());
        for class in &self.classes {
            field(&mut hash, class.as_bytes());
        }
        entries.iter().for_each(|entry| hash.update(entry));
        format!("{:x}", hash.finalize())
    }

    fn entry_hash(&self, index: usize, content: &[u8]) -> [u8; 32] {
        let example = &self.examples[index];
        let mut hash = Sha256::new();
        field(&mut hash, example.id.as_bytes());
        field(&mut hash, format!("{:?}", example.label).as_bytes());
        field(&mut hash, format!("{:?}", example.patient).as_bytes());
        field(&mut hash, format!("{:?}", example.partition).as_bytes());
        if let Some(name) = example.test_set.and_then(|set| self.test_sets.get(set)) {
            field(&mut hash, name.as_bytes());
        }
        for (name, value) in self.attributes.iter().zip(&example.attributes) {
            field(&mut hash, name.as_bytes());
            field(&mut hash, value.as_bytes());
        }
        field(&mut hash, content);
        hash.finalize().into()
    }

    fn unreadable(&self, index: usize, reason: ImageError) -> UnreadableImage {
        UnreadableImage {
            index,
            path: self.examples[index].id.clone(),
            reason,
        }
    }
}

// Length first, so that no two sequences of fields share their bytes.
fn field(hash: &mut Sha256, bytes: &[u8]) {
    hash.update((bytes.len() as u64).to_le_bytes());
    hash.update(bytes);
}
