use crate::uncertainty::interval::upper_probability;
use crate::uncertainty::quantile::normal_quantile;
use crate::{Counts, Interval, Method, StatsError};

/// How many times as likely a call is in a positive case as in a negative one.
///
/// Of a positive call (LR+) `sensitivity / (1 − specificity)`, of a negative call (LR−)
/// `(1 − sensitivity) / specificity`. It does not depend on prevalence; odds before the test
/// times the ratio are the odds after it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LikelihoodRatio {
    /// The ratio, above 0.
    pub ratio: f64,
    /// Standard error of its natural logarithm.
    pub log_standard_error: f64,
    /// Whether a cell of the table was zero, so that ½ was added to each of the four for the
    /// ratio and its error (Haldane's correction). Without it the ratio or its error would be
    /// zero or infinite.
    pub corrected: bool,
}

impl Counts {
    /// LR+, the ratio of a positive call. Needs positive and negative cases.
    pub fn positive_likelihood_ratio(&self) -> Result<LikelihoodRatio, StatsError> {
        self.likelihood_ratio(self.true_positives, self.false_positives)
    }

    /// LR−, the ratio of a negative call. Needs positive and negative cases.
    pub fn negative_likelihood_ratio(&self) -> Result<LikelihoodRatio, StatsError> {
        self.likelihood_ratio(self.false_negatives, self.true_negatives)
    }

    /// From the positive and the negative cases that are called alike.
    fn likelihood_ratio(&self, a: u64, b: u64) -> Result<LikelihoodRatio, StatsError> {
        let (m, n) = (self.positives(), self.negatives());
        if m == 0 || n == 0 {
            return Err(StatsError::OneClass {
                positives: m as usize,
                negatives: n as usize,
            });
        }
        let corrected = a == 0 || b == 0 || a == m || b == n;
        let add = if corrected { 0.5 } else { 0.0 };
        let (a, b) = (a as f64 + add, b as f64 + add);
        let (m, n) = (m as f64 + 2.0 * add, n as f64 + 2.0 * add);
        Ok(LikelihoodRatio {
            ratio: (a / m) / (b / n),
            log_standard_error: (1.0 / a - 1.0 / m + 1.0 / b - 1.0 / n).sqrt(),
            corrected,
        })
    }
}

impl LikelihoodRatio {
    /// The log method of Simel, Samsa and Matchar (Journal of Clinical Epidemiology 1991):
    /// `exp(ln LR ± z √(1/a − 1/m + 1/b − 1/n))` with `a` of `m` positive and `b` of `n` negative
    /// cases called so. `level`: 0.95 for a 95% interval. Cases count as independent.
    pub fn interval(&self, level: f64) -> Result<Interval, StatsError> {
        let reach = normal_quantile(upper_probability(level)?) * self.log_standard_error;
        Ok(Interval {
            lower: self.ratio * (-reach).exp(),
            upper: self.ratio * reach.exp(),
            level,
            method: Method::Log,
        })
    }
}
