use crate::input::positive_count;
use crate::uncertainty::influence::RunningMean;
use crate::{Clusters, Estimate, StatsError};

/// How much of Nadeau and Bengio's correction for overlapping training sets is made.
const OF_TRAINING: f64 = 0.5;

impl Estimate {
    /// The mean of a statistic over the folds of all `repeats`, each measured on the test cases of
    /// its fold and spread over all cases ([`spread`](Self::spread)), with its error over samples of
    /// clusters (patients).
    ///
    /// For an AUC ([`Delong::clustered_estimate`](crate::Delong::clustered_estimate)) it is the
    /// cross-validated AUC of LeDell, Petersen and van der Laan (Electronic Journal of Statistics
    /// 2015) with their influence of a case: in fold v of V, a positive case contributes (share of
    /// the fold's negatives below it − AUC_v) / (V m_v), a negative one (share of the fold's
    /// positives above it − AUC_v) / (V n_v), for m_v positive and n_v negative cases; and, beyond
    /// theirs, Obuchowski's factors I / (I − 1) for I patients of a class *in the fold*: without
    /// them folds with few patients of a class come out too certain. Scores of different networks
    /// are never put in one order. What a patient contributes by several pictures is added, in
    /// several repeats averaged, before it is squared.
    ///
    /// It speaks of the networks that were trained. `repeats`: at least 1, and a divisor of the
    /// number of folds. The values of the influence are one a cluster.
    pub fn over_folds(
        folds: &[Self],
        repeats: usize,
        clusters: &Clusters,
    ) -> Result<Self, StatsError> {
        positive_count("repeats of cross-validation", repeats)?;
        if !folds.len().is_multiple_of(repeats) {
            return Err(StatsError::LengthMismatch {
                what: "folds of all repeats",
                expected: folds.len().div_ceil(repeats) * repeats,
                found: folds.len(),
            });
        }
        let mut mean = RunningMean::default();
        for fold in folds {
            mean.add(fold)?;
        }
        let mean = mean.finish()?;
        let influence = mean.influence().summed_by(clusters)?;
        Ok(Self::new(mean.value(), influence))
    }

    /// The same mean as an estimate for *the way of training*, on other training sets of this
    /// size: the error is that over test patients times √(1 + `test_to_train` / 2).
    ///
    /// `test_to_train`: test cases over all folds of a repeat to training cases of one fold, k / (k − 1)
    /// for k folds when all the rest is trained on. Nadeau and Bengio (Machine Learning 2003)
    /// correct the variance S² of a fold to (1 / k + n_test / n_train) S². Here the influences'
    /// error, which all cases tell, stands for S² / k, which k folds tell; and half of their
    /// correction, as all of it, simulated with networks that are really trained, covers 97% to
    /// 99.8% where half covers 94% to 98.7% (the test `cross_validation`).
    pub fn of_procedure(&self, test_to_train: f64) -> Result<Self, StatsError> {
        if !(test_to_train.is_finite() && test_to_train >= 0.0) {
            return Err(StatsError::Parameter {
                parameter: "test cases for each training case",
                expected: "a finite number, 0 or more",
                found: test_to_train,
            });
        }
        let influence = self
            .influence()
            .scaled((1.0 + OF_TRAINING * test_to_train).sqrt());
        Ok(Self::new(self.value(), influence))
    }
}
