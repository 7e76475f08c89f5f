//! Which pictures a run trains on, chooses on, and reports on.

use images::{Partition, Splits};
use serde::{Deserialize, Serialize};

use crate::identity::identity;

/// A division of the data, by positions in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Split {
    /// Digest of the three lists: what the specification of a run refers to.
    pub id: String,
    /// Examples to train on.
    pub train: Vec<usize>,
    /// Examples to choose checkpoints on.
    pub validation: Vec<usize>,
    /// Examples to report on, and never to choose on.
    pub test: Vec<usize>,
}

impl Split {
    /// The examples of a partition.
    pub fn partition(&self, partition: Partition) -> &[usize] {
        match partition {
            Partition::Train => &self.train,
            Partition::Validation => &self.validation,
            Partition::Test => &self.test,
        }
    }
}

impl From<Splits> for Split {
    fn from(splits: Splits) -> Self {
        let Splits {
            train,
            validation,
            test,
        } = splits;
        Self {
            id: identity(&[&train, &validation, &test]),
            train,
            validation,
            test,
        }
    }
}
