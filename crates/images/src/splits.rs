//! Training, validation and test sets that share no patient.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::dataset::{Dataset, Example, Partition};
use crate::label::Task;
use crate::strata::{Draw, Ties, divide};

/// Indices into `Dataset::examples`, ascending; no index and no patient is in two of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Splits {
    /// Pictures to learn from.
    pub train: Vec<usize>,
    /// Pictures to choose settings and stopping times on.
    pub validation: Vec<usize>,
    /// Pictures to report on.
    pub test: Vec<usize>,
}

/// Shares of the pictures, each from 0 to 1, together 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Fractions {
    /// Share to learn from, above 0.
    pub train: f64,
    /// Share to choose on.
    pub validation: f64,
    /// Share to report on.
    pub test: f64,
}

impl Default for Fractions {
    fn default() -> Self {
        Self {
            train: 0.7,
            validation: 0.1,
            test: 0.2,
        }
    }
}

impl Fractions {
    fn of(&self, partition: Partition) -> f64 {
        match partition {
            Partition::Train => self.train,
            Partition::Validation => self.validation,
            Partition::Test => self.test,
        }
    }
}

/// Why a dataset cannot be split.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SplitError {
    /// The shares are no shares.
    #[error(
        "fractions {train}, {validation}, {test}: expected numbers from 0 to 1 that sum to 1, \
         train above 0"
    )]
    Fractions {
        /// Share to learn from.
        train: f64,
        /// Share to choose on.
        validation: f64,
        /// Share to report on.
        test: f64,
    },
    /// Some pictures have a partition and some have none.
    #[error("{id} has no partition though others have; give one to every picture or to none")]
    PartlyAssigned {
        /// The first picture without.
        id: String,
    },
    /// There is nothing to learn from.
    #[error("the official split has no training pictures")]
    NoTraining,
    /// A patient is in two partitions.
    #[error(
        "patient {patient} is in {first} ({first_id}) and in {second} ({second_id}); drop the \
         official split to split by patient"
    )]
    PatientStraddles {
        /// The patient.
        patient: String,
        /// Partition of the first picture.
        first: &'static str,
        /// The first picture.
        first_id: String,
        /// Partition of the second picture.
        second: &'static str,
        /// The second picture.
        second_id: String,
    },
    /// A class is absent from a split, so no metric of it exists there.
    #[error(
        "class {class} has no example in {split}; collect more, merge classes, or change the \
         fractions or the official split"
    )]
    AbsentClass {
        /// Name of the class.
        class: String,
        /// `train`, `validation` or `test`.
        split: &'static str,
    },
}

impl Splits {
    /// The official split where there is one; what it lacks is carved from its training part.
    /// Otherwise a seeded one, by patient where patients are known, stratified by the patient's
    /// highest class or rarest finding.
    ///
    /// A class absent from a split is an error; an absent finding is not (see
    /// [`Splits::absent`]), because rare findings must not bar a multilabel dataset.
    pub fn of(dataset: &Dataset, fractions: Fractions, seed: u64) -> Result<Self, SplitError> {
        Self::divided(dataset, fractions, seed, false)
    }

    /// The same where an official split may have a patient in two parts: for who knows of the leak
    /// and says so.
    pub fn with_shared_patients(
        dataset: &Dataset,
        fractions: Fractions,
        seed: u64,
    ) -> Result<Self, SplitError> {
        Self::divided(dataset, fractions, seed, true)
    }

    fn divided(
        dataset: &Dataset,
        fractions: Fractions,
        seed: u64,
        shares_patients: bool,
    ) -> Result<Self, SplitError> {
        let Fractions {
            train,
            validation,
            test,
        } = fractions;
        let share = |f: f64| (0.0..=1.0).contains(&f);
        let whole = (train + validation + test - 1.0).abs() < 1e-6;
        if ![train, validation, test].into_iter().all(share) || train <= 0.0 || !whole {
            return Err(SplitError::Fractions {
                train,
                validation,
                test,
            });
        }
        let mut splits = Splits::official(&dataset.examples, shares_patients)?;
        let open: Vec<Partition> = Partition::ALL
            .into_iter()
            .filter(|&p| p == Partition::Train || splits.part(p).is_empty())
            .filter(|&p| fractions.of(p) > 0.0)
            .collect();
        if open.len() > 1 {
            let shares: Vec<f64> = open.iter().map(|&p| fractions.of(p)).collect();
            let pool = std::mem::take(&mut splits.train);
            let draw = Draw {
                seed,
                purpose: "split",
                ties: Ties::First,
            };
            let parts = divide(&dataset.examples, &pool, &shares, draw);
            for (partition, mut part) in open.into_iter().zip(parts) {
                part.sort_unstable();
                *splits.part_mut(partition) = part;
            }
        }
        if dataset.task != Task::Multilabel
            && let Some((class, split)) = splits.absent(dataset).into_iter().next()
        {
            return Err(SplitError::AbsentClass {
                class,
                split: split.name(),
            });
        }
        Ok(splits)
    }

    /// Classes or findings without an example in a split that is not empty.
    pub fn absent(&self, dataset: &Dataset) -> Vec<(String, Partition)> {
        let mut absent = Vec::new();
        for partition in Partition::ALL {
            let part = self.part(partition);
            for (index, class) in dataset.classes.iter().enumerate() {
                let present = |&i: &usize| dataset.examples[i].label.has(index) == Some(true);
                if !part.is_empty() && !part.iter().any(present) {
                    absent.push((class.clone(), partition));
                }
            }
        }
        absent
    }

    /// The indices of one partition.
    pub fn part(&self, partition: Partition) -> &[usize] {
        match partition {
            Partition::Train => &self.train,
            Partition::Validation => &self.validation,
            Partition::Test => &self.test,
        }
    }

    /// Takes pictures out of all parts; `unusable` is ascending.
    pub fn leave_out(&mut self, unusable: &[usize]) {
        for part in [&mut self.train, &mut self.validation, &mut self.test] {
            part.retain(|index| unusable.binary_search(index).is_err());
        }
    }

    fn part_mut(&mut self, partition: Partition) -> &mut Vec<usize> {
        match partition {
            Partition::Train => &mut self.train,
            Partition::Validation => &mut self.validation,
            Partition::Test => &mut self.test,
        }
    }

    /// The official split; without one, everything is in `train`. Pictures of named test sets are
    /// in none.
    fn official(examples: &[Example], shares_patients: bool) -> Result<Self, SplitError> {
        let mut splits = Splits::default();
        let own = || {
            examples
                .iter()
                .enumerate()
                .filter(|(_, e)| e.test_set.is_none())
        };
        if own().all(|(_, example)| example.partition.is_none()) {
            splits.train = own().map(|(index, _)| index).collect();
            return Ok(splits);
        }
        let mut patients: BTreeMap<&str, (&str, Partition)> = BTreeMap::new();
        for (index, example) in own() {
            let Some(partition) = example.partition else {
                return Err(SplitError::PartlyAssigned {
                    id: example.id.clone(),
                });
            };
            splits.part_mut(partition).push(index);
            let Some(patient) = &example.patient else {
                continue;
            };
            let (first_id, first) = *patients.entry(patient).or_insert((&example.id, partition));
            if first != partition && !shares_patients {
                return Err(SplitError::PatientStraddles {
                    patient: patient.clone(),
                    first: first.name(),
                    first_id: first_id.into(),
                    second: partition.name(),
                    second_id: example.id.clone(),
                });
            }
        }
        if splits.train.is_empty() {
            Err(SplitError::NoTraining)
        } else {
            Ok(splits)
        }
    }
}
