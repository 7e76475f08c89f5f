use crate::uncertainty::quantile::t_upper_tail;
use crate::{Interval, StatsError};

/// The mean of one number a fold, such as a difference of two arms, with the corrected resampled
/// t of Nadeau and Bengio (Machine Learning 2003): the folds' training sets overlap, so their
/// numbers are not independent, and the variance of the mean is (1 / J + n_test / n_train) S² for
/// J folds of all repeats and their sample variance S², with J − 1 degrees of freedom.
///
/// It uses the spread of the folds and nothing else: no patients, no influence. With five folds it
/// has four degrees of freedom.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ResampledMean {
    /// Mean over folds.
    pub mean: f64,
    /// Number of folds, all repeats together, at least 2.
    pub folds: usize,
    /// Sample standard deviation over folds.
    pub standard_deviation: f64,
    /// Standard error of the mean, for the procedure on another training set.
    pub standard_error: f64,
}

impl ResampledMean {
    /// `values`: one a fold, the mean over its seeds. `test_to_train`: test cases of a fold over
    /// its training cases, above 0.
    pub fn new(values: &[f64], test_to_train: f64) -> Result<Self, StatsError> {
        if values.len() < 2 {
            return Err(StatsError::Parameter {
                parameter: "number of folds",
                expected: "at least 2",
                found: values.len() as f64,
            });
        }
        if !(test_to_train.is_finite() && test_to_train > 0.0) {
            return Err(StatsError::Parameter {
                parameter: "test cases for each training case",
                expected: "a finite number above 0",
                found: test_to_train,
            });
        }
        crate::input::all_finite("numbers of folds", values)?;
        let count = values.len() as f64;
        // Relative to the first value, so that equal values have exactly no spread.
        let mean = values[0] + values.iter().map(|v| v - values[0]).sum::<f64>() / count;
        let squares: f64 = values.iter().map(|v| (v - mean).powi(2)).sum();
        let variance = squares / (count - 1.0);
        Ok(Self {
            mean,
            folds: values.len(),
            standard_deviation: variance.sqrt(),
            standard_error: ((count.recip() + test_to_train) * variance).sqrt(),
        })
    }

    /// Interval `mean ± t · standard_error`; flagged where the folds do not differ at all.
    /// `level`: 0.95 for a 95% interval.
    pub fn interval(&self, level: f64) -> Result<Interval, StatsError> {
        match self.standard_error {
            0.0 => Interval::degenerate(self.mean, level),
            error => Interval::student(self.mean, error, self.degrees_of_freedom(), level),
        }
    }

    /// Two-sided p value of no difference; `None` where the folds do not differ at all.
    pub fn p_difference(&self) -> Result<Option<f64>, StatsError> {
        if self.standard_error == 0.0 {
            return Ok(None);
        }
        let t = self.mean.abs() / self.standard_error;
        Ok(Some(2.0 * t_upper_tail(t, self.degrees_of_freedom())?))
    }

    /// Of the standard error: one less than folds.
    pub fn degrees_of_freedom(&self) -> f64 {
        self.folds as f64 - 1.0
    }
}
