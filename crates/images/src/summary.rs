//! What a dataset looks like in numbers.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::cache::Cache;
use crate::dataset::{Dataset, Partition};
use crate::label::Task;
use crate::normalisation::Normalisation;
use crate::splits::Splits;

/// A dataset in numbers, as reports show it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Summary {
    /// Name of the source.
    pub name: String,
    /// The kind of question.
    pub task: Task,
    /// Names of the classes or findings.
    pub classes: Vec<String>,
    /// Channels of the stored pictures: 1 (grey) or 3 (RGB).
    pub channels: usize,
    /// Train, validation and test, in this order.
    pub splits: Vec<SplitSummary>,
    /// Columns of the stored pictures, in pixels; `None` if none is readable.
    pub width: Option<Extent>,
    /// Rows of the stored pictures, in pixels; `None` if none is readable.
    pub height: Option<Extent>,
    /// Mean and standard deviation of each channel over the framed training pictures.
    pub normalisation: Normalisation,
}

/// One split in numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SplitSummary {
    /// Which split.
    pub partition: Partition,
    /// Number of pictures.
    pub images: usize,
    /// Number of patients; `None` if any picture's is unknown.
    pub patients: Option<usize>,
    /// Pictures of each class, or with each finding present.
    pub present: Vec<usize>,
    /// Pictures for which each class or finding is unknown.
    pub unknown: Vec<usize>,
}

/// Range of a size, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Extent {
    /// Smallest.
    pub min: usize,
    /// Median; the lower one of two.
    pub median: usize,
    /// Greatest.
    pub max: usize,
}

impl Summary {
    /// Summarises `dataset` as split and as cached.
    pub fn of(dataset: &Dataset, cache: &Cache, splits: &Splits) -> Self {
        let stored: Vec<_> = (0..cache.len())
            .filter_map(|index| cache.stored(index))
            .collect();
        Self {
            name: dataset.name.clone(),
            task: dataset.task,
            classes: dataset.classes.clone(),
            channels: dataset.channels,
            splits: Partition::ALL
                .into_iter()
                .map(|partition| SplitSummary::of(dataset, partition, splits.part(partition)))
                .collect(),
            width: Extent::of(stored.iter().map(|stored| stored.size.width).collect()),
            height: Extent::of(stored.iter().map(|stored| stored.size.height).collect()),
            normalisation: cache.normalisation(&splits.train),
        }
    }
}

impl SplitSummary {
    /// Counts the pictures `indices`.
    pub fn of(dataset: &Dataset, partition: Partition, indices: &[usize]) -> Self {
        let count = |state: Option<bool>| {
            let class = |class| {
                let same = |&&i: &&usize| dataset.examples[i].label.has(class) == state;
                indices.iter().filter(same).count()
            };
            (0..dataset.classes.len()).map(class).collect()
        };
        let patients: Option<BTreeSet<&str>> = indices
            .iter()
            .map(|&index| dataset.examples[index].patient.as_deref())
            .collect();
        Self {
            partition,
            images: indices.len(),
            patients: patients.map(|patients| patients.len()),
            present: count(Some(true)),
            unknown: count(None),
        }
    }
}

impl Extent {
    fn of(mut sizes: Vec<usize>) -> Option<Self> {
        sizes.sort_unstable();
        let (min, max) = (*sizes.first()?, *sizes.last()?);
        Some(Self {
            min,
            median: sizes[(sizes.len() - 1) / 2],
            max,
        })
    }
}
