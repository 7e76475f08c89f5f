//! Which pictures a run trains on, chooses on, and reports on.

use std::collections::BTreeSet;

use images::{Dataset, Partition, Splits};
use serde::{Deserialize, Serialize};

use crate::identity::identity;

/// A division of the data, by positions in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Split {
    /// Digest of the lists: what the specification of a run refers to.
    pub id: String,
    /// Examples to train on.
    pub train: Vec<usize>,
    /// Examples to choose checkpoints on.
    pub validation: Vec<usize>,
    /// Examples to report on, and never to choose on.
    pub test: Vec<usize>,
    /// Named test sets: reported on apart, never chosen on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub test_sets: Vec<TestSet>,
    /// Those of `validation` that evaluations look at, in its order; empty where they look at all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    looked_at: Vec<usize>,
}

/// A named test set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TestSet {
    /// Its name in the specification.
    pub name: String,
    /// Its examples.
    pub examples: Vec<usize>,
}

impl Split {
    /// The split of a data set by `splits`, with its named test sets but for the examples of
    /// `unusable`.
    pub(crate) fn new(splits: Splits, dataset: &Dataset, unusable: &[usize]) -> Self {
        let Splits {
            train,
            validation,
            test,
        } = splits;
        let set = |(place, name): (usize, &String)| {
            let own = |index: &usize| {
                dataset.examples[*index].test_set == Some(place)
                    && unusable.binary_search(index).is_err()
            };
            TestSet {
                name: name.clone(),
                examples: (0..dataset.len()).filter(own).collect(),
            }
        };
        let test_sets: Vec<TestSet> = dataset.test_sets.iter().enumerate().map(set).collect();
        let id = match test_sets.is_empty() {
            true => identity(&[&train, &validation, &test]),
            false => identity(&([&train, &validation, &test], &test_sets)),
        };
        Self {
            id,
            train,
            validation,
            test,
            test_sets,
            looked_at: Vec::new(),
        }
    }

    /// The same with evaluations that look at `images` pictures at most.
    pub(crate) fn looking_at(self, images: Option<usize>, dataset: &Dataset) -> Self {
        let fewer = images.filter(|images| *images < self.validation.len());
        let looked_at = fewer.map(|n| images::looked_at(&dataset.examples, &self.validation, n));
        Self {
            looked_at: looked_at.unwrap_or_default(),
            ..self
        }
    }

    /// The validation examples that evaluations look at.
    pub fn looked_at(&self) -> &[usize] {
        match self.looked_at.is_empty() {
            true => &self.validation,
            false => &self.looked_at,
        }
    }

    /// Their places in `validation`.
    pub fn looked_at_places(&self) -> Vec<usize> {
        let looked_at: BTreeSet<usize> = self.looked_at().iter().copied().collect();
        let places = self.validation.iter().enumerate();
        let seen = places.filter(|(_, example)| looked_at.contains(example));
        seen.map(|(place, _)| place).collect()
    }

    /// The examples of a partition.
    pub fn partition(&self, partition: Partition) -> &[usize] {
        match partition {
            Partition::Train => &self.train,
            Partition::Validation => &self.validation,
            Partition::Test => &self.test,
        }
    }
}
