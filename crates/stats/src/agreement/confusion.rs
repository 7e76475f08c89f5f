use crate::StatsError;
use crate::input::{check_classes, same_length};

/// How often each class is predicted for each true class.
///
/// scikit-learn's `confusion_matrix(truth, predicted, labels=range(classes))`: rows are true
/// classes, columns predicted ones. It depends on how common the classes are; its row shares do
/// not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfusionMatrix {
    counts: Vec<u64>,
    classes: usize,
}

impl ConfusionMatrix {
    /// `truth`, `predicted`: one class per case, below `classes` (1 to 4,096, as the matrix has
    /// their square).
    pub fn new(truth: &[usize], predicted: &[usize], classes: usize) -> Result<Self, StatsError> {
        if !(1..=4096).contains(&classes) {
            return Err(StatsError::Parameter {
                parameter: "number of classes of a confusion matrix",
                expected: "1 to 4096",
                found: classes as f64,
            });
        }
        same_length("predicted", truth.len(), predicted.len())?;
        check_classes("truth", truth, classes)?;
        check_classes("predicted", predicted, classes)?;
        let mut counts = vec![0; classes * classes];
        for (truth, predicted) in truth.iter().zip(predicted) {
            counts[truth * classes + predicted] += 1;
        }
        Ok(Self { counts, classes })
    }

    /// Cases of each true class, by predicted class.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = &[u64]> {
        self.counts.chunks_exact(self.classes)
    }

    /// Share of the cases of a class that are predicted to be of it, its sensitivity, in `0..=1`;
    /// `None` without such cases. `class` is below the number of classes.
    pub fn recall(&self, class: usize) -> Option<f64> {
        let row = self.rows().nth(class)?;
        let cases: u64 = row.iter().sum();
        (cases > 0).then(|| row[class] as f64 / cases as f64)
    }

    /// Share of the cases predicted to be of a class that are, in `0..=1`; `None` where it is never
    /// predicted.
    pub fn precision(&self, class: usize) -> Option<f64> {
        let right = *self.rows().nth(class)?.get(class)?;
        let called: u64 = self.rows().map(|row| row[class]).sum();
        (called > 0).then(|| right as f64 / called as f64)
    }

    /// The cases of both.
    pub fn add(&mut self, other: &Self) -> Result<(), StatsError> {
        same_length(
            "counts of a confusion matrix",
            self.counts.len(),
            other.counts.len(),
        )?;
        let both = self.counts.iter_mut().zip(&other.counts);
        both.for_each(|(sum, count)| *sum += count);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_case_is_counted_once(
            cases in prop::collection::vec((0usize..4, 0usize..4), 1..80)
        ) {
            let (truth, predicted): (Vec<_>, Vec<_>) = cases.iter().copied().unzip();
            let matrix = ConfusionMatrix::new(&truth, &predicted, 4).expect("four classes");
            let total: u64 = matrix.rows().flatten().sum();
            prop_assert_eq!(total as usize, cases.len());
            for (class, row) in matrix.rows().enumerate() {
                let of = truth.iter().filter(|t| **t == class).count();
                prop_assert_eq!(row.iter().sum::<u64>() as usize, of);
                prop_assert_eq!(matrix.recall(class).is_some(), of > 0);
            }
            let turned = ConfusionMatrix::new(&predicted, &truth, 4).expect("four classes");
            for class in 0..4 {
                prop_assert_eq!(matrix.precision(class), turned.recall(class));
            }
        }
    }

    #[test]
    fn as_scikit_learn_counts() {
        // confusion_matrix([2, 0, 2, 2, 0, 1], [0, 0, 2, 2, 0, 2], labels=range(3)); precision_score
        // and recall_score with average=None: [2/3, 0, 2/3] and [1, 0, 2/3].
        let matrix = ConfusionMatrix::new(&[2, 0, 2, 2, 0, 1], &[0, 0, 2, 2, 0, 2], 3);
        let mut matrix = matrix.expect("three classes");
        let rows: Vec<_> = matrix.rows().map(<[u64]>::to_vec).collect();
        assert_eq!(rows, [[2, 0, 0], [0, 0, 1], [1, 0, 2]]);
        assert_eq!(matrix.recall(2), Some(2.0 / 3.0));
        assert_eq!(matrix.precision(1), None);
        matrix.add(&matrix.clone()).expect("as many classes");
        assert_eq!(matrix.rows().flatten().sum::<u64>(), 12);
        assert!(ConfusionMatrix::new(&[3], &[0], 3).is_err());
    }
}
