//! Cross-validation: every patient is a test patient once a repeat.

use crate::dataset::{Dataset, Example};
use crate::splits::Splits;
use crate::strata::{Draw, Ties, divide};

/// How a data set is divided for cross-validation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Folding {
    /// Parts of a repeat, at least 2; each is tested once.
    pub folds: usize,
    /// How often it is divided anew, at least 1.
    pub repeats: usize,
    /// Share of the pictures outside the tested part that is chosen on, above 0 and below 1.
    pub validation: f64,
    /// Seed of the division.
    pub seed: u64,
}

impl Folding {
    /// The splits of all folds, those of a repeat together, in order. Pictures of named test sets
    /// are in none; parts that the data bring are not looked at.
    ///
    /// Patients stay together, and classes or findings in proportion: iterative stratification
    /// over patients by their highest class or rarest finding, as in a [split](Splits::of), where
    /// what is left over of one class goes to the folds that have fewest pictures. The folds of a
    /// repeat do not depend on how many repeats there are.
    pub fn splits(&self, dataset: &Dataset) -> Vec<Splits> {
        let own = |index: &usize| dataset.examples[*index].test_set.is_none();
        let pool: Vec<usize> = (0..dataset.len()).filter(own).collect();
        let of_repeat = |repeat| self.of_repeat(&dataset.examples, &pool, repeat);
        (0..self.repeats).flat_map(of_repeat).collect()
    }

    fn of_repeat(&self, examples: &[Example], pool: &[usize], repeat: usize) -> Vec<Splits> {
        let draw = Draw {
            seed: self.seed,
            purpose: &format!("folds/{repeat}"),
            ties: Ties::Emptiest,
        };
        let tested = divide(examples, pool, &vec![1.0; self.folds], draw);
        let tested = tested.into_iter().enumerate();
        tested
            .map(|(fold, mut test)| {
                test.sort_unstable();
                let draw = Draw {
                    seed: self.seed,
                    purpose: &format!("folds/{repeat}/{fold}/validation"),
                    ties: Ties::First,
                };
                let is_left = |index: &usize| test.binary_search(index).is_err();
                let left: Vec<usize> = pool.iter().copied().filter(is_left).collect();
                let shares = [1.0 - self.validation, self.validation];
                let mut parts = divide(examples, &left, &shares, draw);
                parts.iter_mut().for_each(|part| part.sort_unstable());
                let mut parts = parts.into_iter();
                Splits {
                    train: parts.next().unwrap_or_default(),
                    validation: parts.next().unwrap_or_default(),
                    test,
                }
            })
            .collect()
    }
}
