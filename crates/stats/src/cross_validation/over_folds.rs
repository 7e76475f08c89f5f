use crate::input::positive_count;
use crate::uncertainty::influence::RunningMean;
use crate::{Estimate, StatsError};

impl Estimate {
    /// The mean of a statistic over the folds of all `repeats`, each measured on the test cases of
    /// its fold and spread over all cases ([`spread`](Self::spread)), in the same order.
    ///
    /// For an AUC it is the cross-validated AUC of LeDell, Petersen and van der Laan (Electronic
    /// Journal of Statistics 2015) with their influence of a case: in fold v of V, a positive case
    /// contributes (share of the fold's negatives below it − AUC_v) / (V m_v), a negative one
    /// (share of the fold's positives above it − AUC_v) / (V n_v), for m_v positive and n_v negative
    /// cases. As in DeLong's variance, m_v (m_v − 1) stands for m_v²: without it folds with few
    /// cases of a class come out too certain. Scores of different networks are never put in one
    /// order. The contributions of a case in several repeats are averaged *before* they are
    /// squared, as those of several pictures of a patient are added
    /// ([`by_cluster`](Self::by_cluster)).
    ///
    /// The error is that over samples of patients; it speaks of the networks that were trained.
    /// `repeats`: at least 1, and a divisor of the number of folds.
    pub fn over_folds(folds: &[Self], repeats: usize) -> Result<Self, StatsError> {
        positive_count("repeats of cross-validation", repeats)?;
        if !folds.len().is_multiple_of(repeats) {
            return Err(StatsError::LengthMismatch {
                what: "folds of all repeats",
                expected: folds.len().div_ceil(repeats) * repeats,
                found: folds.len(),
            });
        }
        let mut mean = RunningMean::default();
        let mut tested = 0;
        for fold in folds {
            mean.add(fold)?;
            tested += fold.influence().participants();
        }
        let mean = mean.finish()?;
        let influence = mean.influence().clone().of_participants(tested / repeats);
        Ok(Self::new(mean.value(), influence))
    }

    /// The same mean as an estimate for *the way of training*, on other training sets of this
    /// size: the error is that over test patients times √(1 + `test_to_train`).
    ///
    /// `test_to_train`: test cases over all folds of a repeat to training cases of one fold, k / (k − 1)
    /// for k folds when all the rest is trained on. It is Nadeau and Bengio's correction (Machine
    /// Learning 2003) of the variance S² of a fold, (1 / k + n_test / n_train) S², with the
    /// influences' error, which all cases tell, in place of S² / k, which k folds tell.
    pub fn of_procedure(&self, test_to_train: f64) -> Result<Self, StatsError> {
        if !(test_to_train.is_finite() && test_to_train >= 0.0) {
            return Err(StatsError::Parameter {
                parameter: "test cases for each training case",
                expected: "a finite number, 0 or more",
                found: test_to_train,
            });
        }
        let influence = self.influence().scaled((1.0 + test_to_train).sqrt());
        Ok(Self::new(self.value(), influence))
    }
}
