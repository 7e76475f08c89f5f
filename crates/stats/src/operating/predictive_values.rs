use crate::uncertainty::interval::upper_probability;
use crate::uncertainty::quantile::normal_quantile;
use crate::{Counts, Interval, LikelihoodRatio, Method, StatsError};

/// What a call would mean where the prevalence is another than in the test cases.
///
/// Bayes' rule on sensitivity and specificity, which are taken as the same there. They need not
/// be: other prevalence often comes with milder or other disease.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PredictiveValues {
    /// Share of positive cases that the values are for, in `0..1`.
    pub prevalence: f64,
    /// Probability that a positive call is right, in `0..1`.
    pub positive: f64,
    /// Its interval.
    pub positive_interval: Interval,
    /// Probability that a negative call is right, in `0..1`.
    pub negative: f64,
    /// Its interval.
    pub negative_interval: Interval,
    /// Whether ½ was added to each cell, as one was zero: see [`LikelihoodRatio::corrected`].
    pub corrected: bool,
}

impl Counts {
    /// Predictive values at a prevalence strictly between 0 and 1.
    ///
    /// `logit PPV = ln LR+ + logit prevalence` and `logit NPV = −ln LR− − logit prevalence`, with
    /// the standard errors of the log likelihood ratios: the logit intervals of Mercaldo, Lau and
    /// Zhou (Statistics in Medicine 2007), the prevalence being known. `level`: 0.95 for a 95%
    /// interval. Cases count as independent.
    pub fn predictive_values_at(
        &self,
        prevalence: f64,
        level: f64,
    ) -> Result<PredictiveValues, StatsError> {
        if !(prevalence > 0.0 && prevalence < 1.0) {
            return Err(StatsError::Parameter {
                parameter: "prevalence",
                expected: "a number above 0 and below 1",
                found: prevalence,
            });
        }
        let odds = prevalence / (1.0 - prevalence);
        let of_positive = self.positive_likelihood_ratio()?;
        let of_negative = self.negative_likelihood_ratio()?;
        let (positive, positive_interval) = after(&of_positive, odds, 1.0, level)?;
        let (negative, negative_interval) = after(&of_negative, odds, -1.0, level)?;
        Ok(PredictiveValues {
            prevalence,
            positive,
            positive_interval,
            negative,
            negative_interval,
            corrected: of_positive.corrected || of_negative.corrected,
        })
    }
}

/// Probability that a call is right, by odds `(odds · ratio)^sign`, with its interval.
fn after(
    ratio: &LikelihoodRatio,
    odds: f64,
    sign: f64,
    level: f64,
) -> Result<(f64, Interval), StatsError> {
    let reach = normal_quantile(upper_probability(level)?) * ratio.log_standard_error;
    let centre = sign * (odds * ratio.ratio).ln();
    let expit = |x: f64| 1.0 / (1.0 + (-x).exp());
    let interval = Interval {
        lower: expit(centre - reach),
        upper: expit(centre + reach),
        level,
        method: Method::Logit,
    };
    Ok((expit(centre), interval))
}
